/* SPDX-License-Identifier: MIT */
#include "deploy_plan.h"

#include "mem.h"
#include "text.h"

#define NAMES_MAX 120

static char *name_reloads(const struct deploy_plan *plan)
{
	const struct strings *units = &plan->reload;
	cleanup_text_value struct text names = {.limit = NAMES_MAX};

	if (!deploy_plan_has_reloads(plan))
		return mem_string("");
	for (size_t i = 0; i < units->count; i++)
		text_addf(&names, "%s%s", i ? ", " : "", units->items[i]);
	if (!units->count || names.failed)
		return mem_string("the service");
	return text_take(&names);
}

/* A line each, whatever blanks a word has. */
static char *name_restart(const struct config_deploy *deploy)
{
	cleanup_text_value struct text what = {0};

	for (size_t i = 0; i < deploy->restart.count; i++)
		text_addf(&what, "unit %s\n", deploy->restart.items[i]);
	for (size_t i = 0; i < deploy->reload_command.count; i++)
		text_addf(&what, "word %s\n", deploy->reload_command.items[i]);
	if (deploy->reload_signal)
		text_addf(&what, "signal %d %s\n", deploy->reload_signal,
			deploy->reload_pid_file);
	return mem_string(what.data ? what.data : "");
}

void deploy_plan_fill(struct deploy_plan *plan, const struct deploy_wish *wish)
{
	const struct config_certificate *certificate = wish->certificate;
	const struct config_deploy *deploy = &certificate->deploy;

	*plan = (struct deploy_plan){
		.name = mem_string(certificate->name),
		.file = mem_string(certificate->file),
		.version = wish->version,
		.is_blocked = wish->wait_for_file,
		.export_count = certificate->export_count,
		.hook_count = deploy->hook_count,
		.restart_count = deploy->restart.count +
			(deploy->reload_command.count > 0) +
			(deploy->reload_signal != 0),
	};
	for (size_t i = 0; i < deploy->reload.count; i++)
		strings_add(&plan->reload, deploy->reload.items[i]);
	plan->restart = name_restart(deploy);
	plan->reloaded = name_reloads(plan);
}

void deploy_plan_clear(struct deploy_plan *plan)
{
	strings_clear(&plan->reload);
	free(plan->name);
	free(plan->file);
	free(plan->restart);
	free(plan->reloaded);
}

bool deploy_plan_has_exports(const struct deploy_plan *plan)
{
	return plan->export_count && !plan->is_blocked;
}

bool deploy_plan_has_hooks(const struct deploy_plan *plan)
{
	return plan->hook_count && !plan->is_blocked;
}

bool deploy_plan_has_reloads(const struct deploy_plan *plan)
{
	return plan->reload.count || plan->restart_count;
}

bool deploy_plan_waits(const struct deploy_plan *plan, enum deploy_step *step)
{
	*step = plan->export_count ? DEPLOY_EXPORT : DEPLOY_HOOK;
	return plan->is_blocked && (plan->export_count || plan->hook_count);
}

bool deploy_tells_nobody(const struct config_certificate *certificate)
{
	const struct config_deploy *deploy = &certificate->deploy;

	return !deploy->reload.count && !deploy->restart.count &&
		!deploy->reload_command.count && !deploy->reload_signal &&
		!deploy->hook_count;
}
