/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What the loop asks of the hand (verbs.h, HAND), with all of it checked that
 * can be: the loop is not trusted.
 */

#include "config.h"

/* Strings are borrowed from the request. */
struct wish {
	const char *name; /* of the certificate */
	const char *token; /* "" for dns-persist-01 */
	const char *answer; /* "" where there is none */
	const char *record_name;
	const char *record_value;
	struct identifier identifier;
};

/* What every request has. */
bool wish_read(const json_t *request, struct wish *wish, struct error *err);

/* Is what is to be published an answer to a challenge of this type, and
 * nothing else? */
bool wish_check(
	const struct wish *wish, enum challenge_type type, struct error *err);
