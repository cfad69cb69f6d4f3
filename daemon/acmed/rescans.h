/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The takings-in of the configuration: one runs at a time, who asks in the
 * middle of it waits for the next one.
 *
 * Callbacks come from the loop, never from inside a call of this header.
 */

#include "intake.h"

struct rescans;

/* The fleet is borrowed. on_end is called after each, before those who asked
 * for it are told. */
struct rescans *rescans_new(struct fleet *fleet,
	void (*on_end)(void *data, const struct intake_result *result),
	void *data);
/* Without callbacks. */
void rescans_free(struct rescans *rescans);

/* on_done may be NULL. */
void rescans_ask(struct rescans *rescans,
	void (*on_done)(void *data, const struct intake_result *result),
	void *data);
/* Asks again, each time after longer, while the last one was not finished for
 * a reason that passes by itself. When it is to be called next; INT64_MAX:
 * not for this. */
int64_t rescans_look(struct rescans *rescans, int64_t now);
/* The callback with this data will not come. */
void rescans_forget(struct rescans *rescans, const void *data);

bool rescans_are_running(const struct rescans *rescans);
