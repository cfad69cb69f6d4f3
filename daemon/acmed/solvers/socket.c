/* SPDX-License-Identifier: MIT */
#include "publication.h"

#include "paths.h"

#include <stdio.h>

/* Answers behind a web server that keeps port 80 and passes the path on: a
 * Unix socket, or Listen=127.0.0.1:PORT. */

static void present(struct publication *publication)
{
	const struct strings *listen = &publication->wish.challenge->listen;
	struct doors *doors = publication->solvers->doors;
	char path[256];
	struct error err;

	snprintf(path, sizeof(path), "%s/http01.sock", paths_runtime());
	if (!listen->count && doors_have_adopted(doors, DOOR_UNIX))
		publication_report(publication, NULL);
	else if (door_set_open(&publication->doors, doors, listen, path, &err))
		publication_report(publication, NULL);
	else
		publication_report(publication, &err);
}

static void withdraw(struct publication *publication)
{
	door_set_close(&publication->doors);
}

const struct solver solver_socket = {
	.name = "socket",
	.sees_fetches = true,
	.present = present,
	.withdraw = withdraw,
};
