/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * A TCP connection that is being made.
 */

#include "dns.h"

/* A socket that does not block, the caller's; -1 with err (TRANSIENT)
 * and errno. */
int dial(const struct dns_address *address, uint16_t port, struct error *err);
