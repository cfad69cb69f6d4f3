/* SPDX-License-Identifier: MIT */
#include "renewal_stage.h"

#include "mem.h"

#define VAULT_DEADLINE 30.0

struct renewal_stage {
	struct renewal_stage_wish wish;
	struct helper_call *call;
	json_t *version; /* VERSION, or NULL */
	struct error err; /* kind NONE: none */
};

void renewal_stage_cancel(struct renewal_stage *stage)
{
	if (!stage)
		return;
	if (stage->call)
		helper_cancel(stage->call);
	json_decref(stage->version);
	free(stage);
}

static void end(struct renewal_stage *stage, bool is_order_dropped)
{
	const struct renewal_stage_wish *wish = &stage->wish;
	struct renewal_stage_result result = {
		.version = stage->version,
		.err = stage->err.kind == ERROR_NONE ? NULL : &stage->err,
		.is_order_dropped = is_order_dropped,
	};

	wish->on_end(wish->data, &result);
	renewal_stage_cancel(stage);
}

static json_t *make_request(const struct renewal_stage *stage, const char *verb)
{
	return json_pack("{s:s, s:s, s:b}", "verb", verb, "name",
		stage->wish.name, "dry", stage->wish.is_dry);
}

static void ask(struct renewal_stage *stage, json_t *request,
	void (*on_reply)(
		void *data, const json_t *reply, const struct error *err))
{
	stage->call = helper_call(
		stage->wish.vault, request, VAULT_DEADLINE, on_reply, stage);
}

/* Drop. What cannot be dropped is dropped by the next attempt. */

static void on_dropped(void *data, const json_t *reply, const struct error *err)
{
	struct renewal_stage *stage = data;

	(void)reply;
	(void)err;
	stage->call = NULL;
	end(stage, true);
}

static void drop(struct renewal_stage *stage)
{
	ask(stage, make_request(stage, "order-drop"), on_dropped);
}

/* Switch. */

static void on_switched(
	void *data, const json_t *reply, const struct error *err)
{
	struct renewal_stage *stage = data;

	stage->call = NULL;
	if (err) {
		stage->err = *err;
		end(stage, false);
		return;
	}
	json_decref(stage->version);
	stage->version = json_deep_copy(reply);
	end(stage, true);
}

static void switch_in(struct renewal_stage *stage)
{
	json_t *request = make_request(stage, "switch");

	json_object_set(
		request, "version", json_object_get(stage->version, "version"));
	ask(stage, request, on_switched);
}

/* Stage. */

/* A disk that is full today can take the chain tomorrow; a chain that does
 * not fit never will (K6). */
static void fail_stage(struct renewal_stage *stage, const struct error *err)
{
	stage->err = *err;
	if (err->kind != ERROR_LOCAL || stage->wish.is_dry)
		drop(stage);
	else
		end(stage, false);
}

static void on_staged(void *data, const json_t *reply, const struct error *err)
{
	struct renewal_stage *stage = data;

	stage->call = NULL;
	if (err) {
		fail_stage(stage, err);
		return;
	}
	stage->version = json_deep_copy(reply);
	if (stage->wish.is_dry)
		drop(stage);
	else
		switch_in(stage);
}

static struct renewal_stage *make(const struct renewal_stage_wish *wish)
{
	struct renewal_stage *stage = mem_new(sizeof(*stage));

	stage->wish = *wish;
	return stage;
}

struct renewal_stage *renewal_stage_start(
	const struct renewal_stage_wish *wish, const char *chain, size_t length)
{
	struct renewal_stage *stage = make(wish);
	json_t *request = make_request(stage, "stage");

	json_object_set_new(request, "chain", json_stringn(chain, length));
	if (wish->without)
		json_object_set(request, "without", (json_t *)wish->without);
	ask(stage, request, on_staged);
	return stage;
}

struct renewal_stage *renewal_stage_drop(const struct renewal_stage_wish *wish)
{
	struct renewal_stage *stage = make(wish);

	drop(stage);
	return stage;
}
