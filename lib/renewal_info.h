/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * ACME renewal information (RFC 9773): what the CA that issued a certificate
 * suggests, kept with the lineage over restarts.
 *
 * The time is drawn once from the window, uniformly, and again only when the
 * window changes. Everything is bound to one certificate by its identifier:
 * what was said of the one before never counts for the next (R7).
 */

#include "renewal_time.h"
#include "request.h"

#define RENEWAL_INFO_ID_MAX 128 /* certificate_facts.ari_id */

struct renewal_info {
	char id[RENEWAL_INFO_ID_MAX]; /* of the certificate; "": of none */
	int64_t start; /* the window; 0 and 0: none was told */
	int64_t end;
	int64_t selected; /* drawn from it */
	int64_t confirmed; /* when the window was last told */
	int64_t next; /* do not ask before; 0: at once */
	unsigned failures; /* in a row */
	char explanation[512]; /* a URL, cleaned; or "" */
};

/* What is asked: "DIRECTORY'S URL/ID" for a plain GET; free it with free().
 * NULL without memory. */
char *renewal_info_url(const char *base, const char *id);

/* From now on it is about the certificate of this id ("" when it has none):
 * what was said of another one is forgotten. */
void renewal_info_bind(struct renewal_info *info, const char *id);

/* When to ask next, at once where a clock that was ahead has put it off;
 * INT64_MAX for never: no identifier, or expired. */
int64_t renewal_info_due(
	const struct renewal_info *info, int64_t not_after, int64_t now);

/* Takes a reply in: a window that differs from the one before is drawn from
 * with `random` (0 to 1), and the next question is set. False with err when
 * it holds no sane window; call renewal_info_miss() then. */
bool renewal_info_read(struct renewal_info *info, const struct reply *reply,
	double random, int64_t now, struct error *err);

/* There was no answer of use: soon again for a passing fault, up to a cap,
 * else, as for a name that is not found, after six hours (RFC 9773 section
 * 4.3). */
void renewal_info_miss(struct renewal_info *info, const struct error *err,
	double random, int64_t now);

/* The time to renew the certificate of `id`: the selected one, which may be
 * earlier than `planned` without limit, and later to no later than half of
 * the slack before expiry. While the CA does not answer, a window that it has
 * not confirmed in the two days before `planned` moves it not to the late
 * side. */
int64_t renewal_info_time(const struct renewal_info *info, const char *id,
	int64_t planned, int64_t not_after, int64_t slack);

/* Who issued a certificate. Strings are borrowed; NULL or "": not known. */
struct renewal_origin {
	const char *directory;
	const char *account;
};

/* May an order for a successor say `replaces` (section 5): the same CA and
 * account, a CA that has renewal information, a certificate with an id. */
bool renewal_info_may_replace(const char *id,
	const struct renewal_origin *before, const struct renewal_origin *now,
	bool has_renewal_info);

/* Both directions of the form that is kept in the state. Nonsense reads as
 * nothing known. */
json_t *renewal_info_to_json(const struct renewal_info *info);
void renewal_info_from_json(struct renewal_info *info, const json_t *object);
