/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * systemd over D-Bus, as the unprivileged user: reloads of units, all that it
 * may ask for, and their results (sd-bus on libev, never the blocking call).
 *
 * Callbacks come from the loop, never from inside a call of this header.
 */

#include "error.h"
#include "unit_job.h"

#include <ev.h>
#include <stdbool.h>

struct bus;
struct bus_call;

/* Never NULL; connects when needed and again after the bus went away. */
struct bus *bus_new(struct ev_loop *loop);
/* Calls under way are dropped without a callback. */
void bus_free(struct bus *bus);

/* Another deadline of a reload than UNIT_JOB_DEADLINE, for tests. */
void bus_set_deadline(struct bus *bus, double seconds);

/* Asks for the job and waits for JobRemoved, at most 90 s. err (borrowed) is
 * set for everything but BUS_DONE. Never NULL. */
struct bus_call *bus_reload(struct bus *bus, const char *unit,
	void (*on_done)(
		void *data, enum bus_result result, const struct error *err),
	void *data);
void bus_cancel(struct bus_call *call);

/* May we reload units? Asks for a reload of acmed-probe.service, which does
 * not exist: BUS_NO_UNIT means yes, BUS_DENIED no, BUS_ABSENT no systemd. */
struct bus_call *bus_probe(struct bus *bus,
	void (*on_done)(
		void *data, enum bus_result result, const struct error *err),
	void *data);
