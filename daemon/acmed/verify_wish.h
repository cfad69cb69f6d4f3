/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * A wish to look, as a copy that outlives what it was made from.
 */

#include "verify.h"

void verify_wish_copy(struct verify_wish *copy, const struct verify_wish *wish);
void verify_wish_clear(struct verify_wish *copy);

/* The name to ask an endpoint for; NULL for an address. */
const char *verify_server_name(const struct config_endpoint *endpoint);
