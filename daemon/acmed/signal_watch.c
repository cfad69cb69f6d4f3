/* SPDX-License-Identifier: MIT */
#include "signal_watch.h"

#include <signal.h>

static void on_signal(struct ev_loop *loop, ev_signal *signal, int events)
{
	const struct signal_watch *watch = signal->data;

	(void)loop;
	(void)events;
	if (signal->signum == SIGHUP)
		watch->on_hangup(watch->data);
	else
		watch->on_terminate(watch->data);
}

void signal_watch_start(struct signal_watch *watch)
{
	static const int NUMBERS[SIGNALS_WATCHED] = {SIGHUP, SIGTERM, SIGINT};

	signal(SIGPIPE, SIG_IGN);
	for (int i = 0; i < SIGNALS_WATCHED; i++) {
		ev_signal_init(&watch->signals[i], on_signal, NUMBERS[i]);
		watch->signals[i].data = watch;
		ev_signal_start(watch->loop, &watch->signals[i]);
		ev_unref(watch->loop);
	}
}
