/* SPDX-License-Identifier: MIT */
#include "deploy.h"

#include "deploy_plan.h"
#include "deployer.h"
#include "errand.h"
#include "mem.h"
#include "proof.h"
#include "reload_round.h"
#include "text.h"

/* Seconds, of errands: acmed-deploy's own, and more. */
#define EXPORT_DEADLINE 60.0
#define HOOK_DEADLINE 130.0
#define RESTART_DEADLINE 130.0

struct deployment {
	struct deployer *deployer; /* borrowed */
	struct deploy_plan plan;
	enum deploy_step step;
	bool is_look;
	ev_timer turn; /* the step begins */
	struct errand *errand; /* export or hooks under way, or NULL */
	struct reload_round *reloads; /* under way, or NULL */
	struct proof *proof; /* owned */
	bool is_reloaded;
	void (*on_step)(void *data, enum deploy_step step);
	void (*on_end)(void *data, const struct deploy_result *result);
	void *data; /* borrowed */
};

/* Everything under way ends; nobody is told. */
static void free_deployment(struct deployment *deployment)
{
	ev_timer_stop(deployment->deployer->loop, &deployment->turn);
	errand_cancel(deployment->errand);
	reload_round_cancel(deployment->reloads);
	proof_free(deployment->proof);
	deploy_plan_clear(&deployment->plan);
	free(deployment);
}

/* The one exit. */
static void end(struct deployment *deployment, struct deploy_result result)
{
	void (*on_end)(void *, const struct deploy_result *) =
		deployment->on_end;
	void *data = deployment->data;
	cleanup(string) char *waits_for = mem_string(result.waits_for);
	cleanup(json) json_t *endpoints = proof_known(deployment->proof);

	result.waits_for = waits_for;
	result.endpoints = endpoints;
	free_deployment(deployment);
	on_end(data, &result);
}

static void end_failed(struct deployment *deployment, enum deploy_step step,
	const struct error *err)
{
	struct deploy_result result = {
		.outcome = DEPLOY_FAILED,
		.step = step,
		.err = *err,
	};

	if (result.err.kind != ERROR_REFUSED)
		result.err.kind = ERROR_LOCAL;
	end(deployment, result);
}

/* The one writer of the step, which begins with the next turn of the loop. */
static void go(struct deployment *deployment, enum deploy_step step)
{
	deployment->step = step;
	ev_timer_start(deployment->deployer->loop, &deployment->turn);
}

/* Export and hooks: all of it by acmed-deploy, in one errand each. */

static void on_errand(void *data, const json_t *reply, const struct error *err)
{
	struct deployment *deployment = data;

	(void)reply;
	deployment->errand = NULL;
	if (err)
		end_failed(deployment, deployment->step, err);
	else
		go(deployment, deployment->step + 1);
}

static void start_errand(struct deployment *deployment, double deadline)
{
	deployment->errand = errand_start(deployment->deployer->loop,
		&(struct errand_wish){
			.name = deployment->plan.name,
			.version = deployment->plan.version,
			.step = deploy_step_name(deployment->step),
			.deadline = deadline,
			.on_end = on_errand,
			.data = deployment,
		});
}

static void run_export(struct deployment *deployment)
{
	start_errand(deployment, EXPORT_DEADLINE);
}

static void run_hooks(struct deployment *deployment)
{
	start_errand(deployment,
		HOOK_DEADLINE * (double)deployment->plan.hook_count);
}

/* Reload. */

static void on_reloaded(
	void *data, const char *waits_for, const struct error *err)
{
	struct deployment *deployment = data;

	deployment->reloads = NULL;
	if (err) {
		end_failed(deployment, DEPLOY_RELOAD, err);
		return;
	}
	if (waits_for) {
		end(deployment,
			(struct deploy_result){
				.outcome = DEPLOY_WAITS,
				.step = DEPLOY_RELOAD,
				.waits_for = waits_for,
			});
		return;
	}
	deployment->is_reloaded = true;
	go(deployment, DEPLOY_VERIFY);
}

static void run_reloads(struct deployment *deployment)
{
	const struct deploy_plan *plan = &deployment->plan;

	deployment->reloads = reload_round_start(&(struct reload_round_wish){
		.loop = deployment->deployer->loop,
		.reloads = deployment->deployer->reloads,
		.certificate = plan->name,
		.version = plan->version,
		.units = &plan->reload,
		.restart = plan->restart,
		.restart_deadline =
			RESTART_DEADLINE * (double)plan->restart_count,
		.on_end = on_reloaded,
		.data = deployment,
	});
}

/* Verify. */

/* A service that took no notice of its reload, or was started with an old
 * file, may do so of the next one. */
static void on_proved(void *data, const struct error *err)
{
	struct deployment *deployment = data;
	bool can_reload = proof_is_stale(deployment->proof) &&
		deploy_plan_has_reloads(&deployment->plan);

	if (!err) {
		go(deployment, DEPLOY_DONE);
		return;
	}
	end_failed(deployment, can_reload ? DEPLOY_RELOAD : DEPLOY_VERIFY, err);
}

static void run_proof(struct deployment *deployment)
{
	proof_start(deployment->proof,
		deployment->is_reloaded ? deployment->plan.reloaded : "",
		on_proved, deployment);
}

/* Export and Hook=/path that wait for their file are not done yet. */
static void conclude(struct deployment *deployment)
{
	struct deploy_result result = {
		.outcome = proof_has_known(deployment->proof) ? DEPLOY_SERVED
							      : DEPLOY_UNPROVEN,
		.step = DEPLOY_DONE,
	};
	enum deploy_step step;

	if (!deployment->is_look &&
		deploy_plan_waits(&deployment->plan, &step)) {
		result.outcome = DEPLOY_WAITS;
		result.step = step;
		result.waits_for = deployment->plan.file;
	}
	end(deployment, result);
}

static const struct {
	const char *name;
	bool (*is_due)(const struct deploy_plan *plan); /* NULL: always */
	void (*run)(struct deployment *deployment);
} STEPS[] = {
	[DEPLOY_EXPORT] = {"export", deploy_plan_has_exports, run_export},
	[DEPLOY_HOOK] = {"hook", deploy_plan_has_hooks, run_hooks},
	[DEPLOY_RELOAD] = {"reload", deploy_plan_has_reloads, run_reloads},
	[DEPLOY_VERIFY] = {"verify", NULL, run_proof},
	[DEPLOY_DONE] = {"done", NULL, conclude},
};

static void on_turn(struct ev_loop *loop, ev_timer *timer, int events)
{
	struct deployment *deployment = timer->data;
	enum deploy_step step = deployment->step;

	(void)loop;
	(void)events;
	while (STEPS[step].is_due && !STEPS[step].is_due(&deployment->plan))
		step++;
	deployment->step = step;
	if (deployment->on_step && step != DEPLOY_DONE)
		deployment->on_step(deployment->data, step);
	STEPS[step].run(deployment);
}

const char *deploy_step_name(enum deploy_step step)
{
	return STEPS[step].name;
}

bool deploy_step_parse(const char *name, enum deploy_step *step)
{
	for (size_t i = 0; i < sizeof(STEPS) / sizeof(*STEPS); i++)
		if (streq(name, STEPS[i].name)) {
			*step = (enum deploy_step)i;
			return true;
		}
	return false;
}

static struct deployment *begin(struct deployer *deployer,
	const struct deploy_wish *wish, double patience)
{
	struct deployment *deployment = mem_new(sizeof(*deployment));

	deployment->deployer = deployer;
	deployment->on_step = wish->on_step;
	deployment->on_end = wish->on_end;
	deployment->data = wish->data;
	deploy_plan_fill(&deployment->plan, wish);
	deployment->proof = proof_new(&(struct proof_wish){
		.loop = deployer->loop,
		.verify = deployer->verify,
		.certificate = wish->certificate,
		.facts = wish->facts,
		.issued = wish->issued,
		.was_served = wish->was_served,
		.known = wish->endpoints,
		.patience = patience,
	});
	ev_timer_init(&deployment->turn, on_turn, 0., 0.);
	deployment->turn.data = deployment;
	return deployment;
}

struct deployment *deploy_start(
	struct deployer *deployer, const struct deploy_wish *wish)
{
	bool is_told = !deploy_tells_nobody(wish->certificate);
	struct deployment *deployment =
		begin(deployer, wish, is_told ? deployer->patience : 0);

	go(deployment, wish->from);
	return deployment;
}

struct deployment *deploy_look(
	struct deployer *deployer, const struct deploy_wish *wish)
{
	struct deployment *deployment = begin(deployer, wish, 0);

	deployment->is_look = true;
	go(deployment, DEPLOY_VERIFY);
	return deployment;
}

void deploy_cancel(struct deployment *deployment)
{
	if (deployment)
		free_deployment(deployment);
}
