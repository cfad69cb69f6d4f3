/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Troubles that a human has to hear of. Who finds one says so here, each time
 * that it looks; what is new, has another cause or is worse than before goes
 * to the journal at once, and out to people as lib/telling has it.
 */

#include "event.h"
#include "helper.h"
#include "teller.h"

struct alert;

/* Loop and events are borrowed. Never NULL. Until alert_open() the journal is
 * all there is. */
struct alert *alert_new(struct ev_loop *loop, struct events *events);
void alert_free(struct alert *alert);

/* Opens the ways out. Both are borrowed until alert_close(). */
void alert_open(struct alert *alert, struct http *http, struct helper *vault);
/* What is on its way is dropped; it is told after the next start. */
void alert_close(struct alert *alert);

/* Takes in what was told before the restart; the vault has said hello. */
void alert_load(struct alert *alert);
/* Goes by these settings from now on. */
void alert_configure(struct alert *alert, const struct config_daemon *settings);
/* Says in the journal that nobody would be told, if that is so. */
void alert_warn(struct alert *alert);

/* The state of (source, subject) now; everything is copied. An alert of NULL
 * is nobody to tell. */
void alert_set(struct alert *alert, const struct alert_trouble *trouble);

/* It is well (again): told once if it had been told. */
void alert_clear(struct alert *alert, const char *source, const char *subject);

/* Forgets what speaks of certificates that are no more, or that this source
 * looks at no more. */
void alert_sweep(struct alert *alert,
	bool (*is_there)(
		void *data, const char *source, const char *certificate),
	void *data);

/* Tells what is due; to be called at least once a minute. */
void alert_look(struct alert *alert);

/* Why nobody would be told, or NULL; static. */
const char *alert_nobody(const struct alert *alert);
/* Of the interface: {"nobody_told", "troubles", "channels"}. */
json_t *alert_describe(const struct alert *alert);
/* NULL before alert_open(). */
struct teller *alert_teller(const struct alert *alert);
