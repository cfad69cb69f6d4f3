/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The messages that dnspython wrote (data/tsig-vectors.py).
 */

#include <stddef.h>

#define DNS_VECTOR_NOW 1790000000

/* The bytes of that name, which stay until the next call but one. */
const unsigned char *dns_vector(const char *name, size_t *length);
