/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What a deployment does for its certificate, copied from the configuration,
 * which may be another one before it ends.
 */

#include "deploy.h"

struct deploy_plan {
	char *name; /* owned, as all below */
	char *file;
	unsigned version;
	struct strings reload; /* units */
	size_t hook_count;
	size_t restart_count; /* Restart= and its kin */
	char *restart; /* all of them: one certificate's is the same as
			  another's when this is; "": nothing */
	size_t export_count;
	bool is_blocked; /* its file has mistakes: Export and Hook= wait */
	char *reloaded; /* names what is reloaded, for messages; "": nothing */
};

void deploy_plan_fill(struct deploy_plan *plan, const struct deploy_wish *wish);
void deploy_plan_clear(struct deploy_plan *plan);

/* What is there to do, and may be done? */
bool deploy_plan_has_exports(const struct deploy_plan *plan);
bool deploy_plan_has_hooks(const struct deploy_plan *plan);
bool deploy_plan_has_reloads(const struct deploy_plan *plan);

/* Does something wait for the file? Then the first step that does. */
bool deploy_plan_waits(const struct deploy_plan *plan, enum deploy_step *step);
