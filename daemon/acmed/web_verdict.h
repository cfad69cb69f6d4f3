/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What a fetch of our own answer says about the way of the CA to it
 * (failures.md, group H). No input or output.
 */

#include "finding.h"
#include "web_fetch.h"

/* All borrowed. */
struct web_view {
	const struct dns_address *address; /* where it was fetched */
	bool is_own; /* an address of this machine */
	const char *holder; /* who holds port 80 here, or "" */
	const char *folder; /* a web server is to serve it from, or NULL */
	const char *answer; /* what was published; NULL: nothing was */
	const struct web_fetch_result *result;
};

/* GOOD, or err says why not: H1, H4, H5, H6, H8, H9, H10, H12. */
enum finding_verdict web_verdict(
	const struct web_view *view, struct error *err);
