/* SPDX-License-Identifier: MIT */
#include "publication.h"

/* A web server of our own on port 80 while a challenge is open, or for ever on
 * the socket that acmed-http01.socket hands over. */

static const char HTTP_PORT[] = "80";

static void present(struct publication *publication)
{
	const struct strings *listen = &publication->wish.challenge->listen;
	struct doors *doors = publication->solvers->doors;
	struct error err;

	if (!listen->count && doors_have_adopted(doors, DOOR_TCP))
		publication_report(publication, NULL);
	else if (door_set_open(
			 &publication->doors, doors, listen, HTTP_PORT, &err))
		publication_report(publication, NULL);
	else
		publication_report(publication, &err);
}

static void withdraw(struct publication *publication)
{
	door_set_close(&publication->doors);
}

const struct solver solver_standalone = {
	.name = "standalone",
	.sees_fetches = true,
	.present = present,
	.withdraw = withdraw,
};
