/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * One errand of acmed-deploy or acmed-notify (verbs.h): a conversation of its
 * own with one request and one reply.
 *
 * Callbacks come from the loop, exactly one an errand; it is gone then.
 */

#include "error.h"

#include <ev.h>
#include <jansson.h>

struct errand;

struct errand_wish {
	const char *name; /* of the certificate; borrowed for the call */
	unsigned version;
	const char *step; /* "export", "hook", "restart", "reload" */
	double deadline; /* seconds */
	/* The reply is borrowed; exactly one of it and err is set. */
	void (*on_end)(
		void *data, const json_t *reply, const struct error *err);
	void *data;
};

/* The same for any helper and request, which is taken. Never NULL. */
struct errand *errand_ask(struct ev_loop *loop, const char *helper,
	json_t *request, double deadline,
	void (*on_end)(
		void *data, const json_t *reply, const struct error *err),
	void *data);

/* Never NULL. */
struct errand *errand_start(
	struct ev_loop *loop, const struct errand_wish *wish);
void errand_cancel(struct errand *errand);
