/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Troubles that a human has to hear of. Who finds one says so here, each time
 * that it looks; what is new, has another cause or is worse than before goes
 * to the journal at once, and out to people as lib/telling has it.
 */

#include "event.h"
#include "telling.h"

struct alert;

/* The events are borrowed. Never NULL. */
struct alert *alert_new(struct events *events);
void alert_free(struct alert *alert);

/* The state of (source, subject) now; everything is copied. */
void alert_set(struct alert *alert, const struct alert_trouble *trouble);

/* It is well (again): told once if it had been told. */
void alert_clear(struct alert *alert, const char *source, const char *subject);
