/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What must not be repeated although a stranger said it: a CA quotes the key
 * authorization that it had expected, a web server the one that it has.
 */

#include <stdbool.h>
#include <stddef.h>

/* The length of the thumbprint of a key authorization (RFC 8555, section 8.1)
 * that begins at bytes[at], else 0. */
size_t text_secret_length(const char *bytes, size_t at, size_t length);
