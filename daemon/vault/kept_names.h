/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The names that an issuance is for: all that are configured, or, where
 * DropDeadNames= allows it, those but what the request names in "without".
 */

#include "config.h"

struct kept_names {
	struct identifier *list; /* owned */
	size_t count;
};

/* False with err: it names too many, the first, or what is not configured. */
bool kept_names_read(const struct config_certificate *certificate,
	const json_t *request, struct kept_names *out, struct error *err);
void kept_names_clear(struct kept_names *kept);

#define cleanup_kept_names __attribute__((__cleanup__(kept_names_clear)))
