/* SPDX-License-Identifier: MIT */
#include "reload_round.h"

#include "mem.h"
#include "text.h"

#define RESTART "restart" /* is remembered like a unit */
#define ERRAND_DEADLINE 30.0 /* seconds, beside those of the jobs */

struct unit_wait {
	struct reload_round *round; /* borrowed */
	const char *unit; /* borrowed from the wish */
	struct reload *reload; /* under way, or NULL */
};

struct reload_round {
	struct reload_round_wish wish;
	struct unit_wait *waits; /* owned; one a unit */
	struct reload *by_deploy; /* all units, under way, or NULL */
	struct reload *restart; /* under way, or NULL */
	size_t running;
	bool is_denied; /* a unit has to be reloaded by acmed-deploy */
	bool has_asked_deploy;
	char *waits_for; /* owned, or NULL */
	struct error err; /* the first one */
	ev_timer timer; /* when nothing is left to do */
};

static bool knows(const struct reload_round *round, const char *unit)
{
	return reloads_knows(round->wish.reloads, round->wish.certificate,
		round->wish.version, unit);
}

static void remember(struct reload_round *round, const char *unit)
{
	reloads_remember(round->wish.reloads, round->wish.certificate,
		round->wish.version, unit);
}

static void note_stopped(struct reload_round *round, const char *unit)
{
	if (!round->waits_for)
		round->waits_for = mem_string(unit);
}

static void note_error(struct reload_round *round, const struct error *err)
{
	if (round->err.kind == ERROR_NONE)
		round->err = *err;
}

static void free_round(struct reload_round *round)
{
	for (size_t i = 0; i < round->wish.units->count; i++)
		reload_cancel(round->waits[i].reload);
	reload_cancel(round->by_deploy);
	reload_cancel(round->restart);
	ev_timer_stop(round->wish.loop, &round->timer);
	free(round->waits);
	free(round->waits_for);
	free(round);
}

static void end(struct reload_round *round)
{
	struct error err = round->err;
	bool is_failed = err.kind != ERROR_NONE;
	cleanup(string) char *waits_for = take(round->waits_for);
	void *data = round->wish.data;
	void (*on_end)(void *, const char *, const struct error *) =
		round->wish.on_end;

	if (!is_failed && !waits_for)
		reloads_forget(round->wish.reloads, round->wish.certificate);
	free_round(round);
	on_end(data, is_failed ? NULL : waits_for, is_failed ? &err : NULL);
}

static void on_timer(struct ev_loop *loop, ev_timer *timer, int events)
{
	(void)loop;
	(void)events;
	end(timer->data);
}

static void note_result(
	struct reload_round *round, const struct reload_result *result)
{
	switch (result->result) {
	case BUS_DONE:
		return;
	case BUS_NOT_RUNNING:
		note_stopped(round, result->unit);
		return;
	case BUS_NO_UNIT:
	case BUS_CANNOT_RELOAD:
	case BUS_DENIED:
	case BUS_FAILED:
	case BUS_ABSENT:
		note_error(round, result->err);
	}
}

static void on_by_deploy(void *data, const struct reload_result *result)
{
	struct reload_round *round = data;

	round->by_deploy = NULL;
	round->running--;
	note_result(round, result);
	if (result->result == BUS_DONE)
		for (size_t i = 0; i < round->wish.units->count; i++)
			remember(round, round->wish.units->items[i]);
	if (!round->running)
		end(round);
}

static void ask_deploy(struct reload_round *round)
{
	const struct strings *units = round->wish.units;
	cleanup_text_value struct text what = {0};

	for (size_t i = 0; i < units->count; i++)
		text_addf(&what, "%s ", units->items[i]);
	round->has_asked_deploy = true;
	round->running++;
	round->by_deploy = reloads_join_deploy(round->wish.reloads,
		&(struct reload_errand){
			.step = "reload",
			.what = what.data,
			.deadline = ERRAND_DEADLINE +
				UNIT_JOB_DEADLINE * (double)units->count,
			.certificate = round->wish.certificate,
			.version = round->wish.version,
		},
		on_by_deploy, round);
}

/* One of those that run side by side has ended. */
static void finish_one(struct reload_round *round)
{
	if (--round->running)
		return;
	if (round->is_denied && !round->has_asked_deploy)
		ask_deploy(round);
	else
		end(round);
}

static void on_reloaded(void *data, const struct reload_result *result)
{
	struct unit_wait *wait = data;
	struct reload_round *round = wait->round;

	wait->reload = NULL;
	if (result->result == BUS_DENIED || result->result == BUS_ABSENT)
		round->is_denied = true;
	else
		note_result(round, result);
	if (result->result == BUS_DONE)
		remember(round, wait->unit);
	finish_one(round);
}

static void on_restarted(void *data, const struct reload_result *result)
{
	struct reload_round *round = data;

	round->restart = NULL;
	note_result(round, result);
	if (result->result == BUS_DONE)
		remember(round, RESTART);
	finish_one(round);
}

static void start_units(struct reload_round *round)
{
	const struct strings *units = round->wish.units;

	for (size_t i = 0; i < units->count; i++) {
		struct unit_wait *wait = &round->waits[i];
		*wait = (struct unit_wait){round, units->items[i], NULL};
		if (knows(round, wait->unit))
			continue;
		if (!reloads_may(round->wish.reloads)) {
			round->is_denied = true;
			continue;
		}
		round->running++;
		wait->reload = reloads_join(
			round->wish.reloads, wait->unit, on_reloaded, wait);
	}
}

static void start_restart(struct reload_round *round)
{
	if (!round->wish.restart[0] || knows(round, RESTART))
		return;
	round->running++;
	round->restart = reloads_join_deploy(round->wish.reloads,
		&(struct reload_errand){
			.step = RESTART,
			.what = round->wish.restart,
			.deadline = round->wish.restart_deadline,
			.certificate = round->wish.certificate,
			.version = round->wish.version,
		},
		on_restarted, round);
}

struct reload_round *reload_round_start(const struct reload_round_wish *wish)
{
	struct reload_round *round = mem_new(sizeof(*round));

	round->wish = *wish;
	round->waits =
		mem_new((wish->units->count + 1) * sizeof(*round->waits));
	ev_timer_init(&round->timer, on_timer, 0., 0.);
	round->timer.data = round;
	start_units(round);
	start_restart(round);
	if (!round->running && round->is_denied)
		ask_deploy(round);
	if (!round->running)
		ev_timer_start(wish->loop, &round->timer);
	return round;
}

void reload_round_cancel(struct reload_round *round)
{
	if (round)
		free_round(round);
}
