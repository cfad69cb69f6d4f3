/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Which addresses are this machine's: what its interfaces have now. Behind
 * address translation none of those that the world knows is.
 */

#include "dns.h"

bool own_addresses_have(const struct dns_address *address);
