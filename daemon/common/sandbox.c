/* SPDX-License-Identifier: MIT */
#include "sandbox.h"

#include "paths.h"
#include "sandbox_calls.h"
#include "sandbox_files.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>

#define FOLDERS_MAX 32

static void report_wall(
	struct sandbox_report *report, const char *wall, bool is_up)
{
	size_t length = strlen(report->warning);

	if (is_up) {
		report->walls[report->count++] = wall;
		return;
	}
	if (errno == ENOMEM)
		abort(); /* who starts it again gets it with all walls */
	snprintf(report->warning + length, sizeof(report->warning) - length,
		"%s%s (%s)", length ? "; " : "", wall, strerror(errno));
}

/* What would refuse a call only says so: an update of libc is no outage. */
static void watch(
	const struct sandbox_wish *wish, struct sandbox_report *report)
{
	if (wish->calls != SANDBOX_CALLS_ANY &&
		!sandbox_calls_filter(wish->calls, true))
		report_wall(report, "seccomp's log", false);
	else
		snprintf(report->warning, sizeof(report->warning),
			"landlock is left out and seccomp only logs "
			"(Sandbox=log)");
}

static void lock(const struct sandbox_wish *wish, struct sandbox_report *report)
{
	int abi = sandbox_files_abi();

	if (!wish->skip_landlock) {
		report_wall(report, "landlock", sandbox_files_lock(wish, abi));
		sandbox_files_lack(abi, report->note, sizeof(report->note));
	}
	if (wish->calls != SANDBOX_CALLS_ANY)
		report_wall(report, "seccomp",
			sandbox_calls_filter(wish->calls, false));
}

void sandbox_apply(
	const struct sandbox_wish *wish, struct sandbox_report *report)
{
	*report = (struct sandbox_report){0};
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0); /* LimitCORE= stops no handler */
	report_wall(report, "no-new-privs",
		prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0);
	if (wish->only_logs)
		watch(wish, report);
	else
		lock(wish, report);
}

/* The wishes. */

/* The folders of lists that all end in NULL, one list behind the other. */
static void join(const char *out[static FOLDERS_MAX], const char *const *a,
	const char *const *b)
{
	size_t count = 0;

	for (; a && *a && count < FOLDERS_MAX - 1; a++)
		out[count++] = *a;
	for (; b && *b && count < FOLDERS_MAX - 1; b++)
		out[count++] = *b;
	out[count] = NULL;
}

/* sd_notify(3): most managers listen on a file. */
static bool has_abstract_manager(void)
{
	const char *socket = getenv("NOTIFY_SOCKET");

	return socket && *socket == '@';
}

const struct sandbox_wish *sandbox_loop(const char *const *also)
{
	static const char *read[FOLDERS_MAX];
	static const char *write[2];
	static struct sandbox_wish wish;
	const char *const folders[] = {"/etc", "/usr", "/lib", "/lib64", "/bin",
		"/opt", "/dev", "/run/systemd", "/run/resolvconf",
		"/run/NetworkManager", "/run/dbus", "/run/credentials",
		"/sys/fs/cgroup", "/sys/devices/system/cpu", "/proc/self",
		"/proc/sys", "/proc/net", paths_configuration(), paths_data(),
		paths_sockets(), getenv("CREDENTIALS_DIRECTORY"), NULL};

	join(read, folders, also);
	write[0] = paths_runtime();
	wish = (struct sandbox_wish){
		.read = read,
		.write = write,
		.has_abstract_manager = has_abstract_manager(),
		.calls = SANDBOX_CALLS_NETWORK,
	};
	return &wish;
}

const struct sandbox_wish *sandbox_vault(const char *const *also)
{
	static const char *read[FOLDERS_MAX];
	static const char *write[2];
	static struct sandbox_wish wish;
	const char *const folders[] = {"/etc", "/usr", "/lib", "/lib64",
		"/run/credentials", "/proc/self", paths_configuration(),
		paths_data(), getenv("CREDENTIALS_DIRECTORY"), NULL};

	join(read, folders, also);
	write[0] = paths_state();
	wish = (struct sandbox_wish){
		.read = read, .write = write, .calls = SANDBOX_CALLS_FILES};
	return &wish;
}
