/* SPDX-License-Identifier: MIT */
#include "hook_round.h"

#include "errand.h"
#include "mem.h"

#define PROGRAM_DEADLINE 130.0 /* seconds: that of acmed-deploy, and more */

struct hook_round {
	struct hook_round_wish wish;
	struct errand *errand; /* under way, or NULL */
	struct bus_call *call; /* under way, or NULL */
	size_t next; /* of the units */
	ev_timer turn; /* the next unit, or the end */
};

static void end(struct hook_round *round, const struct error *err)
{
	void *data = round->wish.data;
	void (*on_end)(void *, const struct error *) = round->wish.on_end;

	hook_round_cancel(round);
	on_end(data, err);
}

static void on_programs(
	void *data, const json_t *reply, const struct error *err)
{
	struct hook_round *round = data;

	(void)reply;
	round->errand = NULL;
	if (err)
		end(round, err);
	else
		ev_timer_start(round->wish.loop, &round->turn);
}

static void on_unit(void *data, enum bus_result result, const struct error *err)
{
	struct hook_round *round = data;

	round->call = NULL;
	if (result != BUS_DONE)
		end(round, err);
	else
		ev_timer_start(round->wish.loop, &round->turn);
}

static void on_turn(struct ev_loop *loop, ev_timer *timer, int events)
{
	struct hook_round *round = timer->data;
	const struct strings *units = round->wish.units;

	(void)loop;
	(void)events;
	if (round->next == units->count)
		end(round, NULL);
	else
		round->call = bus_job(round->wish.bus, BUS_START,
			units->items[round->next++], on_unit, round);
}

struct hook_round *hook_round_start(const struct hook_round_wish *wish)
{
	struct hook_round *round = mem_new(sizeof(*round));

	round->wish = *wish;
	ev_timer_init(&round->turn, on_turn, 0., 0.);
	round->turn.data = round;
	if (!wish->program_count) {
		ev_timer_start(wish->loop, &round->turn);
		return round;
	}
	round->errand = errand_start(wish->loop,
		&(struct errand_wish){
			.name = wish->certificate,
			.version = wish->version,
			.step = "hook",
			.deadline =
				PROGRAM_DEADLINE * (double)wish->program_count,
			.on_end = on_programs,
			.data = round,
		});
	return round;
}

void hook_round_cancel(struct hook_round *round)
{
	if (!round)
		return;
	ev_timer_stop(round->wish.loop, &round->turn);
	errand_cancel(round->errand);
	bus_cancel(round->call);
	free(round);
}
