/* SPDX-License-Identifier: MIT */
#include "vitals.h"

#include "client.h"
#include "mem.h"
#include "paths.h"

#include <errno.h>
#include <sys/statvfs.h>
#include <time.h>

#define PATIENCE 10 /* seconds */
#define LEAST_ROOM (1024 * 1024) /* bytes */

/* A clock that goes shows another time a moment later. */
static bool check_clock(struct error *err)
{
	const struct timespec moment = {.tv_nsec = 50000000};
	struct timespec before;
	struct timespec after;

	clock_gettime(CLOCK_REALTIME, &before);
	nanosleep(&moment, NULL);
	clock_gettime(CLOCK_REALTIME, &after);
	return before.tv_sec != after.tv_sec ||
		before.tv_nsec != after.tv_nsec ||
		fail_cause(err, ERROR_LOCAL, "C1", "the clock stands still");
}

/* A daemon that hangs takes connections, but never answers. */
static bool check_daemon(struct error *err)
{
	struct client *client = client_new_within(PATIENCE, err);
	json_t *reply = NULL;
	bool is_alive = client &&
		client_call(client, "Status",
			json_pack("{s:s}", "pattern", "-"), true, err) &&
		client_next(client, &reply, err) != CLIENT_BROKEN;

	json_decref(reply);
	client_free(client);
	if (!is_alive)
		snprintf(err->code, sizeof(err->code), "M1");
	return is_alive;
}

static bool check_room(struct error *err)
{
	struct statvfs disk;

	if (statvfs(paths_state(), &disk) < 0)
		return fail_errno(
			err, errno, "the state folder '%s'", paths_state());
	bool has_bytes = disk.f_bavail * disk.f_frsize >= LEAST_ROOM;
	bool has_inodes = !disk.f_files || disk.f_favail;
	if (has_bytes && has_inodes)
		return true;
	return fail_cause(err, ERROR_LOCAL, "L1",
		"the disk of '%s' is full: no %s left", paths_state(),
		has_bytes ? "inodes" : "space");
}

bool vitals_check(struct error *err)
{
	return check_clock(err) && check_room(err) && check_daemon(err);
}
