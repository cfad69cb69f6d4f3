/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * A helper program played inside the test, on the test's own loop: it
 * listens where paths_sockets() says and hands each packet to the test.
 */

#include <ev.h>
#include <jansson.h>

struct fake_helper {
	struct ev_loop *loop; /* borrowed */
	char path[108];
	int listening;
	int connection; /* -1: none (yet) */
	unsigned packets;
	ev_io accepting;
	ev_io reading;
	/* Called for every request; may be NULL. */
	void (*on_request)(struct fake_helper *helper, const json_t *request);
	void *data;
};

/* Moves RUNTIME_DIRECTORY to a new folder below /tmp and listens there. */
void fake_helper_start(
	struct fake_helper *helper, struct ev_loop *loop, const char *name);
void fake_helper_stop(struct fake_helper *helper);
void fake_helper_hang_up(struct fake_helper *helper);

void fake_helper_send(struct fake_helper *helper, const char *bytes, size_t);
/* Takes the reference; adds the id of the request. */
void fake_helper_reply(
	struct fake_helper *helper, const json_t *request, json_t *reply);
