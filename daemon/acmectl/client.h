/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * One call to the daemon over its control socket, blocking: ask, then take
 * the replies one by one.
 */

#include "error.h"

#include <jansson.h>

struct client;

/* NULL with err when no daemon answers there. */
struct client *client_new(struct error *err);
/* The same; what then takes longer than `seconds` each time fails. */
struct client *client_new_within(int seconds, struct error *err);
void client_free(struct client *client);

/* Sends a call of org.acmed.Control; takes the parameters. */
bool client_call(struct client *client, const char *method, json_t *parameters,
	bool is_more, struct error *err);

enum client_reply {
	CLIENT_MORE, /* a reply, others follow */
	CLIENT_LAST, /* the last reply */
	CLIENT_FAILED, /* an error: *reply is its parameters, err says it */
	CLIENT_BROKEN, /* the connection or what came over it */
};

/* Waits for the next reply. *reply is a new reference or NULL. For FAILED
 * err->kind is REFUSED when the daemon refused and else that of its job. */
enum client_reply client_next(
	struct client *client, json_t **reply, struct error *err);
