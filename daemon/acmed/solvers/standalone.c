/* SPDX-License-Identifier: MIT */
#include "publication.h"

/* A server of our own while a challenge is open, on port 80 or 443; or for ever
 * on the socket that acmed-http01.socket or acmed-tlsalpn01.socket hands over. */

static void present(struct publication *publication)
{
	entrance_open(publication, DOOR_TCP);
}

const struct solver solver_standalone = {
	.sees_fetches = true,
	.present = present,
	.withdraw = entrance_close,
	.explain = entrance_explain,
};
