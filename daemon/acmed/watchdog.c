/* SPDX-License-Identifier: MIT */
#include "watchdog.h"

#include "clock.h"
#include "mem.h"
#include "service.h"

#define ANSWER_DEADLINE 30.0
#define START_MORE 90 /* seconds, as long as systemd waits by itself */
#define START_EVERY 30.
#define MINUTE 55.0 /* moments that are a little early count */

struct watchdog {
	struct ev_loop *loop; /* borrowed */
	struct helper *vault; /* borrowed */
	struct helper_call *call; /* under way, or NULL */
	double last; /* when the vault was asked */
	ev_timer start; /* until it is over */
	ev_timer timer; /* only where a minute is too long */
};

static void on_answer(void *data, const json_t *reply, const struct error *err)
{
	struct watchdog *watchdog = data;

	(void)reply;
	watchdog->call = NULL;
	if (!err)
		service_watchdog_ping();
}

static void ask(struct watchdog *watchdog)
{
	if (watchdog->call)
		return;
	watchdog->last = clock_seconds();
	watchdog->call =
		helper_call(watchdog->vault, json_pack("{s:s}", "verb", "ping"),
			ANSWER_DEADLINE, on_answer, watchdog);
}

static void on_start(struct ev_loop *loop, ev_timer *timer, int events)
{
	(void)loop;
	(void)timer;
	(void)events;
	service_extend(START_MORE);
}

static void on_timer(struct ev_loop *loop, ev_timer *timer, int events)
{
	(void)loop;
	(void)events;
	ask(timer->data);
}

void watchdog_started(struct watchdog *watchdog)
{
	ev_timer_stop(watchdog->loop, &watchdog->start);
}

void watchdog_minute(struct watchdog *watchdog)
{
	if (clock_seconds() >= watchdog->last + MINUTE)
		ask(watchdog);
}

struct watchdog *watchdog_new(struct ev_loop *loop, struct helper *vault)
{
	struct watchdog *watchdog = mem_new(sizeof(*watchdog));
	double half = service_watchdog_interval() / 2;

	watchdog->loop = loop;
	watchdog->vault = vault;
	watchdog->last = -MINUTE;
	ev_timer_init(&watchdog->start, on_start, 0., START_EVERY);
	ev_timer_start(loop, &watchdog->start);
	ev_timer_init(&watchdog->timer, on_timer, half, half);
	watchdog->timer.data = watchdog;
	if (half > 0 && half < MINUTE)
		ev_timer_start(loop, &watchdog->timer);
	return watchdog;
}

void watchdog_free(struct watchdog *watchdog)
{
	if (!watchdog)
		return;
	if (watchdog->call)
		helper_cancel(watchdog->call);
	ev_timer_stop(watchdog->loop, &watchdog->start);
	ev_timer_stop(watchdog->loop, &watchdog->timer);
	free(watchdog);
}
