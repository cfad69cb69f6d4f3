/* SPDX-License-Identifier: MIT */

/*
 * acmed-deploy: does as root what the configuration says of exports, hooks
 * and reloads. It is started with one conversation (LISTEN_FDS), answers one
 * request and ends.
 */

#include "handed_socket.h"
#include "one_shot.h"
#include "task.h"
#include "wipe.h"

#include <sys/prctl.h>
#include <sys/stat.h>

/* Keys pass through this process. */
static void harden(void)
{
	wipe_everything();
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	umask(077);
}

static json_t *answer(const char *main_file, const json_t *request)
{
	return task_answer(main_file, request, HANDED_SOCKET);
}

int main(int argc, char **argv)
{
	const struct one_shot deploy = {
		.name = "acmed-deploy", .answer = answer};

	harden();
	return one_shot_run(&deploy, argc, argv);
}
