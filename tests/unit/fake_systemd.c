/* SPDX-License-Identifier: MIT */
#include "fake_systemd.h"

#include "text.h"
#include "unit_job.h"

#include <check.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <systemd/sd-bus.h>
#include <unistd.h>

#define NO_ERROR ""
#define LOG_NAME "calls"
#define UNJUDGED "unjudged" /* polkit's own unit is masked */

/* What becomes of a job, by the first part of the unit's name. */
static const struct behaviour {
	const char *prefix;
	const char *error; /* of the call, or NO_ERROR */
	const char *result; /* of the job; NULL: it is never removed */
	bool is_fast; /* removed before its path is told */
} BEHAVIOURS[] = {
	{"good", NO_ERROR, "done", false},
	{"acmed-hook@bad", NO_ERROR, "failed", false},
	{"acmed-hook", NO_ERROR, "done", false},
	{"fast", NO_ERROR, "done", true},
	{"refusing", NO_ERROR, "failed", false},
	{"slow", NO_ERROR, "timeout", false},
	{"canceled", NO_ERROR, "canceled", false},
	{"dependent", NO_ERROR, "dependency", false},
	{"stopped", NO_ERROR, "invalid", false},
	{"stuck", NO_ERROR, NULL, false},
	{"mute", NULL, NULL, false},
	{"acmed-probe", SYSTEMD_NAME ".NoSuchUnit", NULL, false},
	{"missing", SYSTEMD_NAME ".NoSuchUnit", NULL, false},
	{UNJUDGED, SYSTEMD_NAME ".UnitMasked", NULL, false},
	{"static", SYSTEMD_NAME ".JobTypeNotApplicable", NULL, false},
	{"denied", SD_BUS_ERROR_ACCESS_DENIED, NULL, false},
	{"asking", SD_BUS_ERROR_INTERACTIVE_AUTHORIZATION_REQUIRED, NULL,
		false},
};

static unsigned last_job;

static const struct behaviour *find(const char *unit)
{
	for (size_t i = 0; i < sizeof(BEHAVIOURS) / sizeof(*BEHAVIOURS); i++)
		if (text_starts_with(unit, BEHAVIOURS[i].prefix))
			return &BEHAVIOURS[i];
	abort();
}

static void note(const char *folder, const char *method, const char *unit)
{
	char path[96];
	char line[200];

	snprintf(path, sizeof(path), "%s/" LOG_NAME, folder);
	int length = snprintf(line, sizeof(line), "%s %s\n", method, unit);
	int file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	if (file < 0 || write(file, line, (size_t)length) != length)
		abort();
	close(file);
}

static void tell_removed(
	sd_bus *bus, unsigned id, const char *unit, const char *result)
{
	char job[64];

	snprintf(job, sizeof(job), SYSTEMD_PATH "/job/%u", id);
	sd_bus_emit_signal(bus, SYSTEMD_PATH, SYSTEMD_MANAGER, "JobRemoved",
		"uoss", id, job, unit, result);
}

static int play_job(sd_bus_message *call, const char *unit)
{
	const struct behaviour *behaviour = find(unit);
	sd_bus *bus = sd_bus_message_get_bus(call);
	unsigned id = ++last_job;
	char job[64];

	if (!behaviour->error)
		return 1;
	if (behaviour->error[0])
		return sd_bus_reply_method_errorf(call, behaviour->error,
			"the fake says no to %s",
			streq(behaviour->prefix, UNJUDGED) ? "polkit.service"
							   : unit);
	snprintf(job, sizeof(job), SYSTEMD_PATH "/job/%u", id);
	tell_removed(bus, 9999, "somebody.service", "failed");
	if (behaviour->is_fast)
		tell_removed(bus, id, unit, behaviour->result);
	sd_bus_reply_method_return(call, "o", job);
	if (!behaviour->is_fast && behaviour->result)
		tell_removed(bus, id, unit, behaviour->result);
	return 1;
}

static int on_call(sd_bus_message *call, void *data, sd_bus_error *error)
{
	const char *method = sd_bus_message_get_member(call);
	const char *unit = "";
	const char *mode;

	(void)error;
	if (!sd_bus_message_is_method_call(call, SYSTEMD_MANAGER, NULL))
		return 0;
	if (streq(method, "Subscribe"))
		return sd_bus_reply_method_return(call, "");
	if (sd_bus_message_read(call, "ss", &unit, &mode) < 0)
		return 0;
	note(data, method, unit);
	return play_job(call, unit);
}

static void be_manager(struct fake_systemd *systemd, int ready)
{
	sd_bus *bus = NULL;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (sd_bus_open_system(&bus) < 0 ||
		sd_bus_add_object(bus, NULL, SYSTEMD_PATH, on_call,
			systemd->folder) < 0 ||
		sd_bus_request_name(bus, SYSTEMD_NAME, 0) < 0)
		_exit(1);
	close(ready);
	while (sd_bus_process(bus, NULL) >= 0)
		if (sd_bus_wait(bus, UINT64_MAX) < 0)
			break;
	_exit(0);
}

/* The other side closes its end when it is ready. */
static void wait_for_end(int fd)
{
	char bytes[256];

	while (read(fd, bytes, sizeof(bytes)) > 0)
		;
	close(fd);
}

void fake_systemd_start_manager(struct fake_systemd *systemd)
{
	int ready[2];

	ck_assert_int_eq(pipe2(ready, O_CLOEXEC), 0);
	systemd->manager = fork();
	if (systemd->manager == 0)
		be_manager(systemd, ready[1]);
	close(ready[1]);
	wait_for_end(ready[0]);
}

static void end(pid_t *pid)
{
	if (*pid <= 0)
		return;
	kill(*pid, SIGKILL);
	waitpid(*pid, NULL, 0);
	*pid = 0;
}

void fake_systemd_stop_manager(struct fake_systemd *systemd)
{
	end(&systemd->manager);
}

static void write_configuration(const char *folder)
{
	char path[96];

	snprintf(path, sizeof(path), "%s/bus.conf", folder);
	FILE *file = fopen(path, "we");
	ck_assert_ptr_nonnull(file);
	fprintf(file,
		"<busconfig>"
		"<listen>unix:path=%s/bus</listen><auth>EXTERNAL</auth>"
		"<policy context=\"default\"><allow send_destination=\"*\"/>"
		"<allow own=\"*\"/><allow receive_sender=\"*\"/></policy>"
		"</busconfig>",
		folder);
	fclose(file);
}

void fake_systemd_start_bus(struct fake_systemd *systemd)
{
	char option[96];
	char byte;
	int ready[2];

	snprintf(option, sizeof(option), "--config-file=%s/bus.conf",
		systemd->folder);
	ck_assert_int_eq(pipe2(ready, O_CLOEXEC), 0);
	systemd->bus = fork();
	if (systemd->bus == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		dup2(ready[1], 1);
		execlp("dbus-daemon", "dbus-daemon", option, "--nofork",
			"--nopidfile", "--print-address=1", NULL);
		_exit(127);
	}
	close(ready[1]);
	ck_assert_int_eq(read(ready[0], &byte, 1), 1);
	close(ready[0]);
}

void fake_systemd_stop_bus(struct fake_systemd *systemd)
{
	char path[96];

	end(&systemd->bus);
	snprintf(path, sizeof(path), "%s/bus", systemd->folder);
	unlink(path);
}

bool fake_systemd_is_possible(void)
{
	int status = 0;
	pid_t child = fork();

	if (child == 0) {
		if (dup2(open("/dev/null", O_WRONLY | O_CLOEXEC), 1) == 1)
			execlp("dbus-daemon", "dbus-daemon", "--version", NULL);
		_exit(127);
	}
	return waitpid(child, &status, 0) == child && status == 0;
}

void fake_systemd_start(struct fake_systemd *systemd)
{
	char address[96];

	*systemd = (struct fake_systemd){.folder = "/tmp/acmed-unit-XXXXXX"};
	ck_assert_ptr_nonnull(mkdtemp(systemd->folder));
	write_configuration(systemd->folder);
	snprintf(address, sizeof(address), "unix:path=%s/bus", systemd->folder);
	setenv("DBUS_SYSTEM_BUS_ADDRESS", address, 1);
	fake_systemd_start_bus(systemd);
	fake_systemd_start_manager(systemd);
}

void fake_systemd_stop(struct fake_systemd *systemd)
{
	static const char *const FILES[] = {"bus.conf", LOG_NAME};
	char path[96];

	fake_systemd_stop_manager(systemd);
	fake_systemd_stop_bus(systemd);
	for (size_t i = 0; i < sizeof(FILES) / sizeof(*FILES); i++) {
		snprintf(
			path, sizeof(path), "%s/%s", systemd->folder, FILES[i]);
		unlink(path);
	}
	rmdir(systemd->folder);
}

unsigned fake_systemd_count(
	struct fake_systemd *systemd, const char *method, const char *unit)
{
	char path[96];
	char wanted[200];
	char line[200];
	unsigned count = 0;

	snprintf(path, sizeof(path), "%s/" LOG_NAME, systemd->folder);
	snprintf(wanted, sizeof(wanted), "%s %s\n", method, unit);
	FILE *file = fopen(path, "re");
	if (!file)
		return 0;
	while (fgets(line, sizeof(line), file))
		count += streq(line, wanted);
	fclose(file);
	return count;
}
