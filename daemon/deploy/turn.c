/* SPDX-License-Identifier: MIT */
#include "turn.h"

#include "mem.h"
#include "monotonic.h"
#include "paths.h"
#include "rest.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#define PATIENCE 50.0 /* seconds; the loop has a little more */
#define LOOK 50 /* milliseconds between two tries */

/* FNV-1a, of which a lock takes 31 bits everywhere. */
static uint32_t number_of(const char *certificate)
{
	uint32_t number = 2166136261;

	for (; *certificate; certificate++)
		number = (number ^ (unsigned char)*certificate) * 16777619;
	return number & INT32_MAX;
}

/* Only root can open it, as only root can write into its folder: nobody else
 * can hold a turn. */
static int open_lock(struct error *err)
{
	cleanup(string) char *path =
		mem_format("%s/deploy.lock", paths_sockets());
	int lock = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);

	if (lock < 0)
		fail_errno(err, errno, "cannot open '%s'", path);
	return lock;
}

/* Who has closed only his half of it still reads. */
static bool is_wanted(
	const struct turn *turn, int milliseconds, struct error *err)
{
	struct pollfd end = {.fd = turn->conversation};
	int ready = poll(&end, 1, milliseconds);

	if (ready < 0)
		rest_after_failure();
	return ready <= 0 ||
		fail(err, ERROR_LOCAL, "nobody waits for it any more");
}

bool turn_is_wanted(const struct turn *turn, struct error *err)
{
	return is_wanted(turn, 0, err);
}

/* A byte of the file for each certificate, so that it is one file. */
static bool wait_for_it(
	const struct turn *turn, const char *certificate, struct error *err)
{
	struct flock byte = {
		.l_type = F_WRLCK,
		.l_whence = SEEK_SET,
		.l_start = turn->number,
		.l_len = 1,
	};
	double deadline = monotonic_now() + PATIENCE;

	while (fcntl(turn->lock, F_OFD_SETLK, &byte) < 0) {
		if (errno != EAGAIN && errno != EACCES)
			return fail_errno(err, errno,
				"cannot lock the exports of '%s'", certificate);
		if (monotonic_now() > deadline)
			return fail_cause(err, ERROR_LOCAL, "P6",
				"another acmed-deploy is still at the exports "
				"of '%s': does a file system hang?",
				certificate);
		if (!is_wanted(turn, LOOK, err))
			return false;
	}
	return true;
}

bool turn_take(struct turn *turn, const char *certificate, int conversation,
	struct error *err)
{
	*turn = (struct turn){
		.lock = open_lock(err),
		.conversation = conversation,
		.number = number_of(certificate),
	};
	if (turn->lock < 0)
		return false;
	if (wait_for_it(turn, certificate, err))
		return true;
	turn_leave(turn);
	return false;
}

void turn_leave(struct turn *turn)
{
	close(turn->lock);
	turn->lock = -1;
}
