/* SPDX-License-Identifier: MIT */
#include "rollout.h"

#include "backoff.h"
#include "duration.h"
#include "plan.h"
#include "random.h"
#include "text.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define WAIT_FOR_UNIT 60 /* seconds between two looks at a stopped unit */

struct rollout {
	struct fleet *fleet;
	struct lineage *lineage; /* borrowed; outlives the rollout */
	struct snapshot *snapshot;
	struct deployment *deployment;
	enum deploy_step running; /* DEPLOY_DONE: none yet */
	void (*on_end)(void *data, const struct error *err);
	void *data;
};

static void free_rollout(struct rollout *rollout)
{
	snapshot_unref(rollout->snapshot);
	free(rollout);
}

static void end(struct rollout *rollout, const struct error *err)
{
	struct fleet *fleet = rollout->fleet;
	struct lineage *lineage = rollout->lineage;
	void (*on_end)(void *, const struct error *) = rollout->on_end;
	void *data = rollout->data;

	free_rollout(rollout);
	lineage->job = JOB_NONE;
	fleet_save(fleet, lineage, NULL, NULL);
	fleet_changed(fleet, lineage);
	on_end(data, err);
}

static bool tells_nobody(const struct lineage *lineage)
{
	return lineage->certificate &&
		deploy_tells_nobody(lineage->certificate);
}

static const char *failure_word(const struct lineage *lineage)
{
	if (lineage->deploy.is_lost)
		return "not served as it should be: ";
	return tells_nobody(lineage) ? "installed, "
				     : "installed, but not deployed: ";
}

static void note_failure(
	struct fleet *fleet, struct lineage *lineage, const struct error *err)
{
	struct lineage_deploy *deploy = &lineage->deploy;
	char wait[DURATION_SIZE];
	int64_t now = time(NULL);

	deploy->failures++;
	deploy->is_untold = tells_nobody(lineage);
	deploy->err = *err;
	deploy->waits_for[0] = '\0';
	deploy->next = now +
		backoff_delay(BACKOFF_Q6, deploy->failures,
			lineage->facts.not_after - now, 0, random_real());
	duration_format(deploy->next - now, wait);
	fleet_tell(fleet, lineage,
		&(struct event){
			.name = "deploy-failed",
			.priority = LOG_WARNING,
			.err = err,
			.attempt = deploy->failures,
			.next = deploy->next,
		},
		"%s%s; next try in %s", failure_word(lineage), err->text, wait);
}

static void note_wait(struct rollout *rollout, const char *unit)
{
	struct lineage *lineage = rollout->lineage;
	bool is_unit = lineage->deploy.step == DEPLOY_RELOAD;
	bool is_news = !streq(lineage->deploy.waits_for, unit);

	snprintf(lineage->deploy.waits_for, sizeof(lineage->deploy.waits_for),
		"%s", unit);
	lineage->deploy.next = time(NULL) + WAIT_FOR_UNIT;
	lineage->deploy.failures = 0;
	lineage->deploy.err = (struct error){0};
	if (is_news)
		fleet_tell(rollout->fleet, lineage,
			&(struct event){
				.name = "deployed",
				.priority = LOG_NOTICE,
				.next = is_unit ? lineage->deploy.next : 0,
			},
			"installed, waits for %s, which %s", unit,
			is_unit ? "is not running" : "has mistakes");
}

static void tell_again(struct rollout *rollout)
{
	fleet_tell(rollout->fleet, rollout->lineage,
		&(struct event){.name = "verified", .priority = LOG_NOTICE},
		"serial %s is served again", rollout->lineage->facts.serial);
}

static void tell_seen(struct rollout *rollout)
{
	size_t count = json_array_size(rollout->lineage->endpoints);

	fleet_tell(rollout->fleet, rollout->lineage,
		&(struct event){.name = "verified", .priority = LOG_INFO},
		"seen on the wire, at %zu endpoint%s", count,
		count == 1 ? "" : "s");
}

static void tell_done(struct rollout *rollout, bool is_served)
{
	struct lineage *lineage = rollout->lineage;

	fleet_tell(rollout->fleet, lineage,
		&(struct event){
			.name = is_served ? "renewed" : "deployed",
			.priority = LOG_INFO,
			.next = plan_renewal_time(lineage),
		},
		"%s serial %s %s",
		is_served ? "renewed:"
			: tells_nobody(lineage)
			? "installed, nothing reloads it:"
			: "installed, unproven:",
		lineage->facts.serial,
		is_served ? "is served"
			  : "is not seen anywhere, no endpoint is known");
}

static void note_success(struct rollout *rollout, bool is_served)
{
	struct lineage *lineage = rollout->lineage;
	bool was_lost = lineage->deploy.is_lost;

	if (is_served && !was_lost)
		tell_seen(rollout);
	lineage->deploy.step = DEPLOY_DONE;
	lineage->deploy.is_lost = false;
	lineage->deploy.is_owed = false;
	lineage->deploy.is_untold = false;
	lineage->deploy.failures = 0;
	lineage->deploy.next = 0;
	lineage->deploy.err = (struct error){0};
	lineage->deploy.waits_for[0] = '\0';
	if (is_served && was_lost)
		tell_again(rollout);
	else
		tell_done(rollout, is_served);
}

/* What people want to see in the history; that it is served has an event of
 * its own at the end. */
static void note_done(struct rollout *rollout, enum deploy_step step)
{
	static const struct {
		const char *event;
		const char *text;
	} DONE[] = {
		[DEPLOY_EXPORT] = {"exported", "its files are exported"},
		[DEPLOY_HOOK] = {"hooked", "its hooks have run"},
		[DEPLOY_RELOAD] = {"reloaded", "its services are reloaded"},
		[DEPLOY_DONE] = {0},
	};

	if (DONE[step].event)
		fleet_tell(rollout->fleet, rollout->lineage,
			&(struct event){
				.name = DONE[step].event,
				.priority = LOG_INFO,
			},
			"%s", DONE[step].text);
}

static void on_step(void *data, enum deploy_step step)
{
	struct rollout *rollout = data;

	note_done(rollout, rollout->running);
	rollout->running = step;
	rollout->lineage->deploy.step = step;
	fleet_tell(rollout->fleet, rollout->lineage,
		&(struct event){.name = "step", .priority = LOG_DEBUG},
		"deploy: %s", deploy_step_name(step));
	fleet_save(rollout->fleet, rollout->lineage, NULL, NULL);
}

static void on_deployed(void *data, const struct deploy_result *result)
{
	struct rollout *rollout = data;
	struct lineage *lineage = rollout->lineage;

	rollout->deployment = NULL;
	lineage->deploy.step = result->step;
	lineage->deploy.outcome = result->outcome;
	if (result->endpoints) {
		json_decref(lineage->endpoints);
		lineage->endpoints = json_deep_copy(result->endpoints);
	}
	switch (result->outcome) {
	case DEPLOY_SERVED:
		note_success(rollout, true);
		break;
	case DEPLOY_UNPROVEN:
		note_success(rollout, false);
		break;
	case DEPLOY_WAITS:
		note_wait(rollout, result->waits_for);
		break;
	case DEPLOY_FAILED:
		note_failure(rollout->fleet, lineage, &result->err);
		end(rollout, &result->err);
		return;
	}
	end(rollout, NULL);
}

bool rollout_can_tell(const struct lineage *lineage)
{
	return lineage->deploy.is_untold && lineage->certificate &&
		!tells_nobody(lineage);
}

/* What has come into the configuration since is not done yet, nor is what its
 * mistakes left out. */
static enum deploy_step first_step(const struct lineage *lineage)
{
	if (lineage->deploy.is_owed && !lineage->waits_for_file)
		return DEPLOY_EXPORT;
	return lineage->deploy.step == DEPLOY_VERIFY &&
			rollout_can_tell(lineage)
		? DEPLOY_HOOK
		: lineage->deploy.step;
}

struct rollout *rollout_start(struct fleet *fleet, struct lineage *lineage,
	void (*on_end)(void *data, const struct error *err), void *data)
{
	struct rollout *rollout = calloc(1, sizeof(*rollout));

	if (!rollout)
		abort();
	rollout->fleet = fleet;
	rollout->lineage = lineage;
	rollout->snapshot = snapshot_ref(fleet->snapshot);
	rollout->running = DEPLOY_DONE;
	rollout->on_end = on_end;
	rollout->data = data;
	lineage->job = JOB_DEPLOY;
	struct deploy_wish wish = {
		.certificate = lineage->certificate,
		.version = lineage->version,
		.facts = &lineage->facts,
		.from = first_step(lineage),
		.wait_for_file = lineage->waits_for_file != NULL,
		.issued = lineage->issued[0],
		.was_served = lineage_was_served(lineage),
		.endpoints = lineage->endpoints,
		.on_step = on_step,
		.on_end = on_deployed,
		.data = rollout,
	};
	if (wish.from < DEPLOY_RELOAD)
		lineage->deploy.is_owed = wish.wait_for_file;
	rollout->deployment = deploy_start(fleet->deployer, &wish);
	return rollout;
}

void rollout_cancel(struct rollout *rollout)
{
	if (!rollout)
		return;
	deploy_cancel(rollout->deployment);
	rollout->lineage->job = JOB_NONE;
	free_rollout(rollout);
}

void rollout_reopen(struct fleet *fleet, struct lineage *lineage,
	const struct deploy_result *result)
{
	lineage->deploy.step = result->step;
	lineage->deploy.outcome = result->outcome;
	lineage->deploy.is_lost = true;
	note_failure(fleet, lineage, &result->err);
}
