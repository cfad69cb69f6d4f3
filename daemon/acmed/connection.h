/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * One client of the control socket: NUL-terminated JSON messages in, replies
 * out, with caps on size and time. It knows framing and Varlink's outer form
 * (method, parameters, more, oneway), and no method.
 */

#include "error.h"

#include <ev.h>
#include <jansson.h>
#include <sys/types.h>

#define CONNECTION_MESSAGE_MAX (64 * 1024)
#define CONNECTION_OUTPUT_MAX (1024 * 1024)

struct connection;

/* One call; owned by the connection, which frees it after its last reply. */
struct call {
	struct connection *connection;
	char *method;
	json_t *parameters; /* an object, maybe empty */
	bool is_more; /* several replies are wanted */
	bool is_oneway; /* none is wanted */

	/* Of the method: what it waits for, and how that is stopped when the
	 * client goes away. */
	void *state;
	void (*on_cancel)(struct call *call);
	/* The output has drained: the next reply may come. Or NULL. */
	void (*on_drained)(struct call *call);
};

struct connection_owner {
	/* A call has come; it must be answered, now or later. */
	void (*on_call)(void *data, struct call *call);
	/* The connection has ended and is freed after this. */
	void (*on_close)(void *data, struct connection *connection);
	void *data;
};

/* Takes the descriptor. Never NULL. */
struct connection *connection_new(
	struct ev_loop *loop, int fd, const struct connection_owner *owner);
void connection_free(struct connection *connection);

/* Rights of the peer (SO_PEERCRED, SO_PEERGROUPS). */
uid_t connection_uid(const struct connection *connection);
bool connection_is_in_group(
	const struct connection *connection, const char *group);

/* One reply of several, more will come. Takes the parameters. */
void call_continue(struct call *call, json_t *parameters);
/* No reply yet: on_drained comes from the loop, as after one. */
void call_later(struct call *call);
/* The last reply: the call is gone, and the next one may come. */
void call_end(struct call *call, json_t *parameters);
/* An error instead; parameters may be NULL. */
void call_fail(struct call *call, const char *error, json_t *parameters);
