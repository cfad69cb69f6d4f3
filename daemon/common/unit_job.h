/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What systemd says of a job on a unit, told apart by one table: errors of
 * the call and results of JobRemoved (org.freedesktop.systemd1(5)). The loop
 * and acmed-deploy ask for jobs, each in its own way; no bus is used here.
 */

#include "error.h"

#include <stdbool.h>

#define SYSTEMD_NAME "org.freedesktop.systemd1"
#define SYSTEMD_PATH "/org/freedesktop/systemd1"
#define SYSTEMD_MANAGER "org.freedesktop.systemd1.Manager"

#define UNIT_JOB_DEADLINE 90.0 /* seconds */

enum bus_verb {
	BUS_RELOAD,
	BUS_START, /* acmed-deploy only */
	BUS_RESTART, /* acmed-deploy only */
};

enum bus_result {
	BUS_DONE,
	BUS_NOT_RUNNING, /* the unit is stopped: not a failure of ours */
	BUS_NO_UNIT, /* there is no such unit */
	BUS_CANNOT_RELOAD, /* it has no ExecReload= */
	BUS_DENIED, /* polkit says no, or is missing */
	BUS_FAILED, /* the job's result is in err (P3) */
	BUS_ABSENT, /* no systemd or no bus here */
};

/* "ReloadUnit", "StartUnit", "RestartUnit". */
const char *unit_job_method(enum bus_verb verb);

/* The result of a job that was removed ("done", "failed"); err is written for
 * everything but BUS_DONE. */
enum bus_result unit_job_result(enum bus_verb verb, const char *unit,
	const char *result, struct error *err);

/* A call that was refused, by the name and the text of its D-Bus error. */
enum bus_result unit_job_refusal(enum bus_verb verb, const char *unit,
	const char *name, const char *text, struct error *err);

/* No job removed in UNIT_JOB_DEADLINE. */
enum bus_result unit_job_timeout(
	enum bus_verb verb, const char *unit, struct error *err);
