/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * A conversation with one of our helper programs (daemon/common/verbs.h) on
 * the loop: requests are queued, never block, and are answered in any order.
 *
 * At most HELPER_OUTSTANDING requests are out; the rest wait in a queue. The
 * loop always reads. When the helper goes away, or sends nonsense, every
 * call gets an error (LOCAL, code M9) and then on_end is called once;
 * no callback ever comes from inside helper_call() or helper_free().
 */

#include "error.h"

#include <ev.h>
#include <jansson.h>

#define HELPER_OUTSTANDING 64

struct helper;
struct helper_call;

/* Connects to `name`'s socket in paths_sockets() ("vault"). NULL with err.
 * on_end may free the helper. */
struct helper *helper_new(struct ev_loop *loop, const char *name,
	void (*on_end)(void *data, const struct error *err), void *data,
	struct error *err);
/* Closes; outstanding calls are dropped without a callback. */
void helper_free(struct helper *helper);

/* Sends a request, whose reference it takes; it adds the id. `deadline` in
 * seconds (then the call fails LOCAL and the helper counts as hanging). The
 * reply is borrowed by on_reply; exactly one of reply and err is set. The
 * call is gone after its callback. Never NULL. */
struct helper_call *helper_call(struct helper *helper, json_t *request,
	double deadline,
	void (*on_reply)(
		void *data, const json_t *reply, const struct error *err),
	void *data);

/* The callback will not come. */
void helper_cancel(struct helper_call *call);
