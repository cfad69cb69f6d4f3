/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * All that one certificate wants reloaded, once: Reload= units side by side,
 * by the loop or by acmed-deploy, and what only acmed-deploy may do
 * (Restart=, ReloadCommand=, ReloadSignal=). Each is shared with other
 * certificates that want the same (reloads.h), and what is done already with
 * this version is left out.
 */

#include "reloads.h"

struct reload_round;

struct reload_round_wish {
	struct ev_loop *loop;
	struct reloads *reloads; /* borrowed, as all below */
	const char *certificate;
	unsigned version;
	const struct strings *units; /* Reload= */
	const char *restart; /* deploy_plan.h; "": nothing */
	double restart_deadline;
	/* Once, from the loop: err when one failed, else the unit that is not
	 * running, or NULL for both. The round is gone then. */
	void (*on_end)(
		void *data, const char *waits_for, const struct error *err);
	void *data;
};

/* There is something to do. Never NULL. */
struct reload_round *reload_round_start(const struct reload_round_wish *wish);
void reload_round_cancel(struct reload_round *round);
