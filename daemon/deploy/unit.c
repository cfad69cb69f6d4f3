/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include "monotonic.h"
#include "text.h"

#include <stdio.h>
#include <stdlib.h>
#include <systemd/sd-bus.h>

#define MICROSECONDS 1e6

struct job {
	sd_bus *bus; /* owned */
	char path[256]; /* "" before it is known */
	char result[64]; /* "" before it is removed */
};

/* Signals wait in sd-bus's queue until the path is known. */
static int on_removed(sd_bus_message *message, void *data, sd_bus_error *error)
{
	struct job *job = data;
	const char *path;
	const char *unit;
	const char *result;
	uint32_t id;

	(void)error;
	if (sd_bus_message_read(message, "uoss", &id, &path, &unit, &result) >=
			0 &&
		streq(path, job->path))
		snprintf(job->result, sizeof(job->result), "%s", result);
	return 0;
}

static int connect_bus(struct job *job)
{
	int error = sd_bus_open_system(&job->bus);

	if (error >= 0)
		error = sd_bus_match_signal(job->bus, NULL, SYSTEMD_NAME,
			SYSTEMD_PATH, SYSTEMD_MANAGER, "JobRemoved", on_removed,
			job);
	if (error >= 0)
		error = sd_bus_call_method(job->bus, SYSTEMD_NAME, SYSTEMD_PATH,
			SYSTEMD_MANAGER, "Subscribe", NULL, NULL, "");
	return error;
}

/* A restart would start a unit that somebody has stopped. */
static bool is_stopped(struct job *job, const char *unit)
{
	sd_bus_message *reply = NULL;
	const char *path;
	char *state = NULL;
	bool is_inactive = false;

	if (sd_bus_call_method(job->bus, SYSTEMD_NAME, SYSTEMD_PATH,
		    SYSTEMD_MANAGER, "LoadUnit", NULL, &reply, "s",
		    unit) >= 0 &&
		sd_bus_message_read(reply, "o", &path) >= 0 &&
		sd_bus_get_property_string(job->bus, SYSTEMD_NAME, path,
			"org.freedesktop.systemd1.Unit", "ActiveState", NULL,
			&state) >= 0)
		is_inactive = streq(state, "inactive");
	sd_bus_message_unref(reply);
	free(state);
	return is_inactive;
}

/* Until the job is removed; false at the deadline or when the bus dies. */
static bool wait_for_job(struct job *job)
{
	double deadline = monotonic_now() + UNIT_JOB_DEADLINE;

	while (!job->result[0]) {
		double left = deadline - monotonic_now();
		int more = sd_bus_process(job->bus, NULL);
		if (more < 0 || left <= 0)
			return false;
		if (more == 0 &&
			sd_bus_wait(job->bus, (uint64_t)(left * MICROSECONDS)) <
				0)
			return false;
	}
	return true;
}

static enum bus_result run(struct job *job, enum bus_verb verb,
	const char *unit, sd_bus_error *reason, struct error *err)
{
	sd_bus_message *reply = NULL;
	const char *path = NULL;
	int error = connect_bus(job);

	if (error < 0)
		return unit_job_refusal(verb, unit, SD_BUS_ERROR_NO_SERVER,
			strerror(-error), err);
	if (verb == BUS_RESTART && is_stopped(job, unit)) {
		fail_cause(err, ERROR_LOCAL, "P1", "'%s' is not running", unit);
		return BUS_NOT_RUNNING;
	}
	error = sd_bus_call_method(job->bus, SYSTEMD_NAME, SYSTEMD_PATH,
		SYSTEMD_MANAGER, unit_job_method(verb), reason, &reply, "ss",
		unit, "replace");
	if (error >= 0 && sd_bus_message_read(reply, "o", &path) >= 0)
		snprintf(job->path, sizeof(job->path), "%s", path);
	sd_bus_message_unref(reply);
	if (!job->path[0])
		return unit_job_refusal(verb, unit,
			reason->name ? reason->name : "", reason->message, err);
	if (!wait_for_job(job))
		return unit_job_timeout(verb, unit, err);
	return unit_job_result(verb, unit, job->result, err);
}

enum bus_result unit_do(enum bus_verb verb, const char *unit, struct error *err)
{
	struct job job = {0};
	sd_bus_error reason = SD_BUS_ERROR_NULL;
	enum bus_result result = run(&job, verb, unit, &reason, err);

	sd_bus_error_free(&reason);
	sd_bus_close_unref(job.bus);
	return result;
}
