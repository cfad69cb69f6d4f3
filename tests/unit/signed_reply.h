/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What a name server answers that knows the key (RFC 8945 section 5.3).
 */

#include "tsig.h"

#include <stdint.h>

/* To the update with this number and MAC, which is in base64url like what is
 * given; free() it. */
char *signed_reply(const struct tsig_key *key, const char *mac, uint16_t id,
	enum dns_code code);
