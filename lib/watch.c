/* SPDX-License-Identifier: MIT */
#include "watch.h"

#define PAUSE_FIRST 0.01
#define PAUSE_MAX 5.0
#define TROUBLES_MAX 3

void watch_start(struct watch *watch)
{
	*watch = (struct watch){.next = PAUSE_FIRST};
}

static void set_pause(struct watch *watch, double retry_after)
{
	if (retry_after > 0) {
		watch->pause = retry_after;
		return;
	}
	watch->pause = watch->next;
	watch->next *= 2;
	if (watch->next > PAUSE_MAX)
		watch->next = PAUSE_MAX;
}

bool watch_wait(struct watch *watch, double retry_after, struct error *err)
{
	if (retry_after > WATCH_RETRY_AFTER_MAX) {
		fail(err, ERROR_LIMITED, "the CA asks to wait %.0f s",
			retry_after);
		if (err)
			err->retry_after = retry_after;
		return false;
	}
	watch->troubles = 0;
	set_pause(watch, retry_after);
	return true;
}

bool watch_survives(struct watch *watch, const struct error *trouble)
{
	if (trouble->kind != ERROR_TRANSIENT && trouble->kind != ERROR_LIMITED)
		return false;
	if (trouble->retry_after > WATCH_RETRY_AFTER_MAX ||
		++watch->troubles > TROUBLES_MAX)
		return false;
	set_pause(watch, trouble->retry_after);
	return true;
}
