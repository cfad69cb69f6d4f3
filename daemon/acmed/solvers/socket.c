/* SPDX-License-Identifier: MIT */
#include "publication.h"

/* Answers behind a web server that keeps port 80 and passes the path on, or
 * keeps port 443 and passes acme-tls/1 on: on a Unix socket, or
 * Listen=127.0.0.1:PORT. */

static void present(struct publication *publication)
{
	entrance_open(publication, DOOR_UNIX);
}

const struct solver solver_socket = {
	.sees_fetches = true,
	.present = present,
	.withdraw = entrance_close,
	.explain = entrance_explain,
};
