/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Asks a CA for our account, as it is asked for before an order (POST-as-GET,
 * RFC 8555 section 7.3.3; by its key when it has another URL now): is it still
 * valid, or, where there is none yet, could one be made? It writes nothing at
 * the CA.
 *
 * The callbacks come from the loop and never from inside a call of this
 * header; after on_end the look is gone.
 */

#include "finding.h"
#include "fleet.h"

struct account_look;

struct account_look_wish {
	struct fleet *fleet; /* borrowed */
	const struct config_ca *ca; /* borrowed for the call */
	void (*on_finding)(void *data, const struct finding *finding);
	/* Not to be asked again for so long, when the CA said that, or 0. */
	void (*on_end)(void *data, int64_t retry_after);
	void *data;
};

/* Never NULL. */
struct account_look *account_look_start(const struct account_look_wish *wish);
void account_look_cancel(struct account_look *look); /* NULL is fine */

/* What the facts of account_task.h and the directory (or NULL) say; GOOD, BAD
 * with err, UNKNOWN when the CA did not say. */
enum finding_verdict account_look_judge(const struct ca_settings *settings,
	const struct directory *directory, const json_t *facts,
	struct error *err);
