/* SPDX-License-Identifier: MIT */
#include "key_rollover.h"

#include "json.h"
#include "key_change.h"
#include "mem.h"

#define KEY_DEADLINE 120.0 /* an RSA key on a slow machine */

struct key_rollover {
	struct key_rollover_wish wish;
	struct key_change *machine; /* while the CA is asked */
	struct exchange_call *call;
	struct helper_call *vault_call;
	struct error err; /* kind NONE: none */
};

void key_rollover_cancel(struct key_rollover *rollover)
{
	if (!rollover)
		return;
	if (rollover->call)
		exchange_cancel(rollover->call);
	if (rollover->vault_call)
		helper_cancel(rollover->vault_call);
	key_change_free(rollover->machine);
	free(rollover);
}

/* The one exit. */
static void end(struct key_rollover *rollover, const struct error *err)
{
	const struct key_rollover_wish *wish = &rollover->wish;

	wish->on_end(wish->data, err);
	key_rollover_cancel(rollover);
}

static void ask_vault(struct key_rollover *rollover, json_t *request,
	void (*on_reply)(
		void *data, const json_t *reply, const struct error *err))
{
	const struct ca_settings *settings = rollover->wish.settings;

	json_object_set_new(request, "ca", json_string(settings->name));
	json_object_set_new(
		request, "staging", json_boolean(settings->staging));
	rollover->vault_call = helper_call(rollover->wish.vault, request,
		KEY_DEADLINE, on_reply, rollover);
}

/* Last: the vault keeps the key that the CA goes by. */

static void on_settled(void *data, const json_t *reply, const struct error *err)
{
	struct key_rollover *rollover = data;

	(void)reply;
	rollover->vault_call = NULL;
	if (!err && rollover->err.kind != ERROR_NONE)
		err = &rollover->err;
	end(rollover, err);
}

static void settle(struct key_rollover *rollover)
{
	enum key_change_state state = key_change_state(rollover->machine);
	bool is_new = state == KEY_CHANGE_NEW;

	if (!is_new)
		rollover->err = *key_change_error(rollover->machine);
	if (state == KEY_CHANGE_UNSETTLED) {
		end(rollover, &rollover->err);
		return;
	}
	ask_vault(rollover,
		json_pack("{s:s, s:s}", "verb", "key-change-settle", "goes_by",
			is_new ? "new" : "old"),
		on_settled);
}

/* Second: the CA. Without a reply and an error it is the first step. */
static void on_reply(
	void *data, const struct reply *reply, const struct error *err)
{
	struct key_rollover *rollover = data;

	rollover->call = NULL;
	if (reply || err)
		key_change_done(rollover->machine, reply, err);
	const struct request *request = key_change_next(rollover->machine);
	if (request)
		rollover->call = exchange_post(
			rollover->wish.exchange, request, on_reply, rollover);
	else
		settle(rollover);
}

static void ask_ca(struct key_rollover *rollover, bool is_resumed)
{
	const struct key_rollover_wish *wish = &rollover->wish;
	struct error err;

	rollover->machine =
		key_change_new(wish->directory, wish->url, is_resumed, &err);
	if (rollover->machine)
		on_reply(rollover, NULL, NULL);
	else
		end(rollover, &err);
}

/* First: the vault makes the key. */

static void on_begun(void *data, const json_t *reply, const struct error *err)
{
	struct key_rollover *rollover = data;

	rollover->vault_call = NULL;
	if (err)
		end(rollover, err);
	else
		ask_ca(rollover, member_bool_or(reply, "resumed", false));
}

/* A key that is there already needs no permit any more; none is made for a
 * CA that changes no keys. */
static void on_pinged(void *data, const json_t *reply, const struct error *err)
{
	struct key_rollover *rollover = data;

	(void)reply;
	rollover->vault_call = NULL;
	if (err)
		end(rollover, err);
	else
		ask_ca(rollover, rollover->wish.is_resumed);
}

struct key_rollover *key_rollover_start(const struct key_rollover_wish *wish)
{
	struct key_rollover *rollover = mem_new(sizeof(*rollover));

	bool begins = !wish->is_resumed && wish->directory->key_change;

	rollover->wish = *wish;
	ask_vault(rollover,
		json_pack(
			"{s:s}", "verb", begins ? "key-change-begin" : "ping"),
		begins ? on_begun : on_pinged);
	return rollover;
}
