/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Problem documents (RFC 7807, RFC 8555 section 6.7): from the type and the
 * words of a CA to an error, by one table.
 */

#include "error.h"

#include <jansson.h>

struct reply;

/* The ACME part of a type ("urn:ietf:params:acme:error:badNonce" gives
 * "badNonce"), the old "urn:acme:error:" too; "" for another URI. Borrowed. */
const char *problem_type(const json_t *problem);

/* What a problem document means: kind, cause, the CA's words with those of
 * the subproblems by name. Used for replies and for the `error` of orders,
 * authorizations and challenges. */
void problem_to_error(const json_t *problem, long status, struct error *err);

/* The time of "retry after 2026-11-21 05:24:12 UTC" in the words of a limit,
 * which Let's Encrypt writes where it sends no Retry-After; false: none. */
bool problem_deadline(const struct reply *reply, int64_t *when);

/* What a reply that is not 2xx means; the body may be HTML or empty. */
void problem_from_reply(const struct reply *reply, struct error *err);

/* Is the reply a problem of any ACME type? */
bool problem_is_typed(const struct reply *reply);

/* Is the reply a problem of this ACME type? Never looks at words. */
bool problem_is(const struct reply *reply, const char *type);
