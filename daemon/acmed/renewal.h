/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * One attempt: an order driven to its chain, the answers published, the
 * version staged and switched in. It ends once, with one result; `schedule`
 * decides what follows. Nothing that a server reads changes before the
 * switch.
 *
 * Callbacks come from the loop, never from inside a call of this header.
 */

#include "ca.h"
#include "config.h"
#include "renewal_info.h"
#include "solver.h"

struct renewal;

struct renewal_result {
	bool is_issued; /* staged and switched in; dry: it would be */
	const json_t *version; /* borrowed VERSION of verbs.h: switched in, or
				 * staged; or NULL */
	struct error err; /* when not */
	const json_t *blockers; /* names that the CA could not validate */
	struct renewal_origin origin; /* borrowed; whom it was asked of */
};

struct renewal_wish {
	struct ev_loop *loop;
	struct helper *vault;
	struct solvers *solvers;
	struct ca *ca; /* one more user for the time of the attempt */
	const struct config_certificate *certificate; /* borrowed until the
							 end, as the next */
	const struct config_ca *issuer; /* what is configured of the CA */
	const json_t *order; /* in flight, or NULL; borrowed for the call */
	const json_t *without; /* names that are left out, borrowed until the
				* end; or NULL */
	bool is_dry; /* staging directory, keeps nothing */
	/* What it is to replace (RFC 9773 section 5), borrowed until the end:
	 * its id, "" or NULL for none, and who issued it. */
	const char *ari_id;
	struct renewal_origin origin;
	/* Every step, for the log: "order" or an identifier, from, to. */
	void (*on_step)(void *data, const char *subject, const char *from,
		const char *to);
	/* A wish that the CA did not grant; or NULL. */
	void (*on_warning)(void *data, const char *text);
	/* The order in flight as it is now saved, NULL when dropped; takes the
	 * reference. */
	void (*on_order)(void *data, json_t *order);
	void (*on_end)(void *data, const struct renewal_result *result);
	void *data;
};

/* Never NULL. */
struct renewal *renewal_start(const struct renewal_wish *wish);

/* Stops without a callback; what was published is withdrawn. */
void renewal_cancel(struct renewal *renewal);
