/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Troubles that a human has to hear of. Who finds one says so here, each time
 * that it looks; what is new, has another cause or is worse than before goes
 * to the journal at once, and out to people as lib/telling has it.
 */

#include "event.h"
#include "telling.h"

#include <ev.h>

struct alert;

/* Loop and events are borrowed. Never NULL. */
struct alert *alert_new(struct ev_loop *loop, struct events *events);
void alert_free(struct alert *alert);

/* The state of (source, subject) now; everything is copied. An alert of NULL
 * is nobody to tell. */
void alert_set(struct alert *alert, const struct alert_trouble *trouble);

/* It is well (again): told once if it had been told. */
void alert_clear(struct alert *alert, const char *source, const char *subject);

/* Forgets what speaks of certificates that are no more. */
void alert_sweep(struct alert *alert,
	bool (*is_there)(void *data, const char *certificate), void *data);

/* Tells what is due; to be called once a minute. */
void alert_look(struct alert *alert);
