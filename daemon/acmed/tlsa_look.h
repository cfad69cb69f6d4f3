/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Do the TLSA records of the endpoints that serve a certificate cover its key
 * (P11)? Who renews with a new key has to publish it.
 *
 * The callback comes once, from the loop and never from inside a call of this
 * header; the look is gone then.
 */

#include "dns_call.h"
#include "finding.h"

struct tlsa_look;

struct tlsa_look_wish {
	const struct dns_tools *tools; /* borrowed */
	const json_t *endpoints; /* labels: ["host:port"...]; kept */
	const char *leaf; /* path of its PEM; for the call */
	/* BAD with err (borrowed); GOOD also when there are no records; UNKNOWN
	 * when a name server would not say. */
	void (*on_end)(void *data, enum finding_verdict verdict,
		const struct error *err);
	void *data;
};

/* Never NULL. */
struct tlsa_look *tlsa_look_start(const struct tlsa_look_wish *wish);
void tlsa_look_cancel(struct tlsa_look *look); /* NULL is fine */
