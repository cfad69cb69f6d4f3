/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What NotifyURLFile= holds, and a message in the shape that the service
 * behind it takes.
 *
 * The file's first line is the URL; further ones may be
 *   Shape=ntfy|slack|generic   else it is chosen by the host
 *   Token=WORD                 sent as "Authorization: Bearer WORD"
 *   TrustFile=/path            what its TLS is trusted by, not the system's
 */

#include "error.h"
#include "telling.h"

enum notify_shape {
	NOTIFY_GENERIC, /* all we know, as an object */
	NOTIFY_NTFY,
	NOTIFY_SLACK, /* Mattermost and Discord (with /slack) take it too */
};

struct notify_url {
	enum notify_shape shape;
	char *url; /* owned: where it is sent to */
	char *host; /* owned: all that may be shown of it */
	char *topic; /* owned: of ntfy; NULL for the others */
	char *authorization; /* owned: "Bearer WORD", or NULL */
	char *trust_file; /* owned, or NULL */
};

/* Reads the text of the file. False with err, which has nothing of it but
 * numbers of lines. */
bool notify_url_read(
	struct notify_url *out, const char *text, struct error *err);
/* Wipes it too. */
void notify_url_clear(struct notify_url *url);

/* The body of the POST (application/json), free it with free(). `when` is
 * now. */
char *notify_url_body(const struct notify_url *url,
	const struct telling_message *message, const char *host, int64_t when);
