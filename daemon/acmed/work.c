/* SPDX-License-Identifier: MIT */
#include "work.h"

#include "attempt.h"
#include "failover.h"
#include "mem.h"
#include "notices.h"
#include "pacing.h"
#include "plan.h"
#include "rollout.h"
#include "text.h"
#include "work_waits.h"

#include <time.h>

#define MOST_JOBS 64
#define MOST_AGAIN (MOST_JOBS / 4) /* deployments that were tried before */
#define VAULT_DEADLINE 30.0
#define PLACEHOLDER_PAUSE 60 /* seconds between two tries to make one */

/* What is under way for one lineage: exactly one of the three. */
struct job {
	struct job *next;
	struct work *work;
	struct lineage *lineage;
	struct attempt *attempt;
	struct rollout *rollout;
	bool is_again; /* a rollout that was tried before */
	struct helper_call *call; /* placeholder, rollback */
	struct lineage_deploy before; /* the rollback */
};

struct work {
	struct fleet *fleet;
	struct job *jobs;
	unsigned count;
	struct work_waits *waits;
	void (*on_free)(void *data);
	void (*on_doubt)(void *data);
	void *data;
};

/* Jobs. */

static struct job *add_job(struct work *work, struct lineage *lineage)
{
	struct job *job = mem_new(sizeof(*job));

	job->work = work;
	job->lineage = lineage;
	job->next = work->jobs;
	work->jobs = job;
	work->count++;
	return job;
}

static void drop_job(struct job *job)
{
	struct job **link = &job->work->jobs;

	while (*link != job)
		link = &(*link)->next;
	*link = job->next;
	job->work->count--;
	free(job);
}

/* A job of one request about this lineage. It takes the request over. */
static struct job *ask_vault(struct work *work, struct lineage *lineage,
	json_t *request,
	void (*on_reply)(
		void *data, const json_t *reply, const struct error *err))
{
	struct job *job = add_job(work, lineage);

	lineage->job = JOB_DEPLOY;
	job->call = helper_call(
		work->fleet->vault, request, VAULT_DEADLINE, on_reply, job);
	return job;
}

/* What follows (a deployment behind an issuance) begins at once, so that who
 * waits sees the end of all. */
static void end_job(struct job *job, const struct error *err)
{
	struct work *work = job->work;
	struct lineage *lineage = job->lineage;

	drop_job(job);
	if ((err && !lineage->is_forced) || !work_begin(work, lineage))
		work_waits_end(work->waits, lineage, err);
	work->on_free(work->data);
}

static void on_end(void *data, const struct error *err)
{
	end_job(data, err);
}

static void on_placeholder(
	void *data, const json_t *reply, const struct error *err)
{
	struct job *job = data;
	struct error failed;

	job->lineage->job = JOB_NONE;
	if (!err &&
		!lineage_set_version(job->lineage,
			json_object_get(reply, "installed"), &failed))
		err = &failed;
	if (err) {
		lineage_set_unplaced(job->lineage, err);
		job->lineage->placeholder_after =
			time(NULL) + PLACEHOLDER_PAUSE;
		fleet_tell(job->work->fleet, job->lineage,
			&(struct event){.name = "error",
				.priority = LOG_WARNING,
				.err = err},
			"no placeholder: %s", err->text);
	} else {
		notices_placeholder(job->work->fleet, job->lineage);
	}
	fleet_changed(job->work->fleet, job->lineage);
	end_job(job, err);
}

static void make_placeholder(struct work *work, struct lineage *lineage)
{
	ask_vault(work, lineage,
		json_pack("{s:s, s:s}", "verb", "placeholder", "name",
			lineage->name),
		on_placeholder);
}

struct work_wait *work_await(struct work *work, struct lineage *lineage,
	void (*on_idle)(
		void *data, struct lineage *lineage, const struct error *err),
	void *data)
{
	return work_waits_add(work->waits, lineage, on_idle, data);
}

/* Shares: what hardly comes to an end leaves room for the others. */

/* One that is not to be seen takes minutes, each time. */
static bool may_deploy_again(const struct work *work)
{
	unsigned count = 0;

	for (const struct job *job = work->jobs; job; job = job->next)
		count += job->is_again;
	return count < MOST_AGAIN;
}

/* A program that answers challenges is waited for in a line without a deadline,
 * and with an order in flight. */
static bool may_use_command(
	const struct work *work, const struct config_certificate *certificate)
{
	int64_t orders = work->fleet->snapshot->config->daemon.max_orders;
	int64_t most = orders < MOST_JOBS ? orders : MOST_JOBS;
	int64_t count = 0;

	for (const struct job *job = work->jobs; job; job = job->next)
		if (job->attempt && job->lineage->certificate)
			count += config_shares_command(
				job->lineage->certificate, certificate);
	return count < config_command_share(certificate, most);
}

static bool is_again(const struct lineage *lineage, const struct plan *plan)
{
	return plan->action == PLAN_DEPLOY && lineage->deploy.next;
}

/* Who waits at a terminal is not kept waiting for others. */
static bool has_room(const struct work *work, const struct lineage *lineage,
	const struct plan *plan)
{
	if (work->count >= MOST_JOBS)
		return false;
	if (lineage_is_awaited(lineage))
		return true;
	if (is_again(lineage, plan))
		return may_deploy_again(work);
	return plan->action != PLAN_ISSUE ||
		may_use_command(work, lineage->certificate);
}

bool work_begin(struct work *work, struct lineage *lineage)
{
	struct plan plan = plan_next(lineage, time(NULL));
	struct job *job;

	if (plan.action == PLAN_NOTHING || plan.when > time(NULL) ||
		!has_room(work, lineage, &plan))
		return false;
	if (plan.action == PLAN_PLACEHOLDER) {
		make_placeholder(work, lineage);
		return true;
	}
	if (plan.action == PLAN_ISSUE)
		failover_begin(lineage, time(NULL));
	if (plan.action == PLAN_ISSUE &&
		pacing_holds(work->fleet, lineage, time(NULL)))
		return false;
	if (plan.is_urgent)
		fleet_tell(work->fleet, lineage,
			&(struct event){
				.name = "attempt", .priority = LOG_NOTICE},
			"its windows are ignored: the next one is too late");
	job = add_job(work, lineage);
	job->is_again = is_again(lineage, &plan);
	if (plan.action == PLAN_SWITCH)
		job->attempt =
			attempt_switch(work->fleet, lineage, on_end, job);
	else if (plan.action == PLAN_ISSUE)
		job->attempt =
			attempt_start(work->fleet, lineage, false, on_end, job);
	else
		job->rollout = rollout_start(work->fleet, lineage, on_end, job);
	return true;
}

void work_hasten(struct work *work, struct lineage *lineage)
{
	lineage->is_forced = true;
	if (lineage->deploy.step != DEPLOY_VERIFY)
		return;
	for (struct job *job = work->jobs; job; job = job->next)
		if (job->lineage == lineage && job->rollout) {
			rollout_cancel(take(job->rollout));
			end_job(job, NULL);
			return;
		}
}

void work_begin_dry(struct work *work, struct lineage *lineage)
{
	struct job *job = add_job(work, lineage);

	job->attempt = attempt_start(work->fleet, lineage, true, on_end, job);
}

/* Its order would not fit the CSR, which the vault makes for what is
 * configured now. The next attempt drops it. */
static void restart(struct job *job)
{
	struct lineage *lineage = job->lineage;

	attempt_cancel(take(job->attempt));
	lineage->is_running = false;
	lineage->is_outdated = false;
	lineage->is_forced = lineage->certificate != NULL;
	end_job(job, NULL);
}

void work_restart_outdated(struct work *work)
{
	for (struct job *job = work->jobs, *next; job; job = next) {
		const struct lineage *lineage = job->lineage;
		next = job->next;
		if (job->attempt && lineage->is_running &&
			(lineage->is_outdated || !lineage->certificate))
			restart(job);
	}
}

/* Rollback: held, so that the plan does not renew it at once. */

static void on_rolled_back(
	void *data, const json_t *reply, const struct error *err)
{
	struct job *job = data;
	struct lineage *lineage = job->lineage;
	struct error failed;

	lineage->job = JOB_NONE;
	if (!err && !lineage_set_version(lineage, reply, &failed))
		err = &failed;
	if (!err) {
		lineage->is_held = true;
		lineage->held_until = 0;
		lineage->staged = 0;
		lineage->deploy =
			(struct lineage_deploy){.step = DEPLOY_EXPORT};
		fleet_tell(job->work->fleet, lineage,
			&(struct event){
				.name = "rolled-back", .priority = LOG_NOTICE},
			"back to version %u, serial %s, and on hold",
			lineage->version, lineage->facts.serial);
		fleet_save(job->work->fleet, lineage, NULL, NULL);
	} else if (err->kind == ERROR_REFUSED) {
		lineage->deploy = job->before;
		fleet_save(job->work->fleet, lineage, NULL, NULL);
	} else {
		job->work->on_doubt(job->work->data);
	}
	fleet_changed(job->work->fleet, lineage);
	end_job(job, err);
}

void work_begin_rollback(struct work *work, struct lineage *lineage)
{
	struct lineage_deploy before = lineage->deploy;

	/* Should it be in doubt, what is live then is deployed. */
	lineage->deploy = (struct lineage_deploy){.step = DEPLOY_EXPORT};
	fleet_save(work->fleet, lineage, NULL, NULL);
	ask_vault(work, lineage,
		json_pack("{s:s, s:s, s:i}", "verb", "rollback", "name",
			lineage->name, "version", (int)lineage->version),
		on_rolled_back)
		->before = before;
}

struct work *work_new(struct fleet *fleet, void (*on_free)(void *data),
	void (*on_doubt)(void *data), void *data)
{
	struct work *work = mem_new(sizeof(*work));

	work->fleet = fleet;
	work->on_free = on_free;
	work->on_doubt = on_doubt;
	work->data = data;
	work->waits = work_waits_new(fleet->loop);
	return work;
}

static void cancel_job(struct job *job)
{
	attempt_cancel(job->attempt);
	rollout_cancel(job->rollout);
	if (job->call)
		helper_cancel(job->call);
	drop_job(job);
}

void work_free(struct work *work)
{
	if (!work)
		return;
	while (work->jobs)
		cancel_job(work->jobs);
	work_waits_free(work->waits);
	free(work);
}
