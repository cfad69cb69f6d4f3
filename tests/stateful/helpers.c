/* SPDX-License-Identifier: MIT */
#include "helpers.h"

#include "answer.h"
#include "helper.h"
#include "json.h"
#include "mem.h"
#include "message.h"
#include "text.h"
#include "world.h"

#include <sys/queue.h>

#define SECONDS_EACH 0.001

struct helper_call {
	TAILQ_ENTRY(helper_call) entry;
	struct helper *helper; /* NULL: it was freed, the vault answers all the
				* same */
	json_t *request; /* owned */
	ev_timer timer;
	void (*on_reply)(
		void *data, const json_t *reply, const struct error *err);
	void *data;
	bool is_void; /* the loop died: the vault never hears of it, or has */
};

struct helper {
	struct ev_loop *loop;
	char *name; /* owned */
};

struct local_faults local_faults;

static TAILQ_HEAD(, helper_call) calls = TAILQ_HEAD_INITIALIZER(calls);
static struct vault vault = {.state = -1};
static int64_t probed;
static bool is_dead; /* the loop: its last words are lost */

/* Faults of the machine. */

static bool writes(const char *verb)
{
	static const char *const VERBS[] = {"placeholder", "account-save",
		"account-terms", "csr", "order-save", "order-drop", "stage",
		"switch", "rollback", "state-save", "machine-save", "probe"};

	for (size_t i = 0; i < sizeof(VERBS) / sizeof(*VERBS); i++)
		if (streq(verb, VERBS[i]))
			return true;
	return false;
}

static bool fails_once(unsigned *left, struct error *err)
{
	if (!*left)
		return false;
	--*left;
	fail_cause(err, ERROR_LOCAL, "L15", "too many open files");
	return true;
}

static bool is_faulty(const char *helper, const char *verb, struct error *err)
{
	if (streq(helper, "hand"))
		return fails_once(&local_faults.hand, err);
	if (streq(helper, "deploy"))
		return fails_once(&local_faults.deploy, err);
	if (streq(helper, "notify"))
		return fails_once(&local_faults.notify, err);
	if (!local_faults.disk || !writes(verb))
		return fails_once(&local_faults.vault, err);
	fail_cause(err, ERROR_LOCAL, "L1", "no space left on device");
	return true;
}

/* Answers. */

static json_t *ask_vault(const json_t *request, struct error *err)
{
	json_t *reply = verbs_answer(&vault, RIGHT_LOOP, request, err);

	if (!reply && vault.wants_key) {
		vault.wants_key = false;
		vault.made = key_generate(vault.wanted, err);
		vault.made_type = vault.wanted;
		reply = verbs_answer(&vault, RIGHT_LOOP, request, err);
		EVP_PKEY_free(take(vault.made));
	}
	return reply;
}

static json_t *answer(
	const char *helper, const json_t *request, struct error *err)
{
	const char *verb = member_string_or(request, "verb", "");

	if (is_faulty(helper, verb, err))
		return NULL;
	if (streq(helper, "notify"))
		return json_pack("{s:s}", "to", "root");
	if (streq(helper, "deploy"))
		return json_pack("{s:[], s:n}", "done", "waits_for");
	if (streq(helper, "hand") || streq(verb, "hello"))
		return json_object();
	if (streq(verb, "probe"))
		probed = world_truth();
	return ask_vault(request, err);
}

/* As it is on its way. */
static json_t *send(const json_t *value)
{
	struct error err = {0};
	size_t length = 0;
	cleanup(string) char *bytes = message_encode(value, &length, &err);

	hold(bytes != NULL, "%s", err.text);
	json_t *received = message_decode(bytes, length, &err);
	hold(received != NULL, "%s", err.text);
	return received;
}

static void drop(struct helper_call *call)
{
	TAILQ_REMOVE(&calls, call, entry);
	json_decref(call->request);
	free(call);
}

static void do_call(struct helper_call *call, const char *helper)
{
	struct error err = {0};
	cleanup(json) json_t *request = send(call->request);
	cleanup(json) json_t *reply = answer(helper, request, &err);
	void (*on_reply)(void *, const json_t *, const struct error *) =
		call->on_reply;
	void *data = call->data;

	hold(reply || err.kind != ERROR_NONE, "%s: neither reply nor error",
		member_string_or(request, "verb", "?"));
	if (!reply)
		world_say("%s refuses '%s': %s", helper,
			member_string_or(request, "verb", "?"), err.text);
	drop(call);
	if (!on_reply)
		return;
	cleanup(json) json_t *received = reply ? send(reply) : NULL;
	on_reply(data, received, received ? NULL : &err);
}

static void on_timer(struct ev_loop *loop, ev_timer *timer, int events)
{
	struct helper_call *call = timer->data;

	(void)loop;
	(void)events;
	do_call(call, call->helper->name);
}

/* The interface of daemon/acmed/helper.h. */

struct helper *helper_new(struct ev_loop *loop, const char *name,
	void (*on_end)(void *data, const struct error *err), void *data,
	struct error *err)
{
	struct helper *helper = mem_new(sizeof(*helper));

	(void)on_end;
	(void)data;
	(void)err;
	helper->loop = loop;
	helper->name = mem_string(name);
	return helper;
}

void helper_free(struct helper *helper)
{
	struct helper_call *next;

	if (!helper)
		return;
	for (struct helper_call *call = TAILQ_FIRST(&calls); call;
		call = next) {
		next = TAILQ_NEXT(call, entry);
		if (call->helper != helper)
			continue;
		ev_timer_stop(helper->loop, &call->timer);
		call->helper = NULL;
		call->on_reply = NULL;
		if (!streq(helper->name, "vault"))
			drop(call);
	}
	free(helper->name);
	free(helper);
}

struct helper_call *helper_call(struct helper *helper, json_t *request,
	double deadline,
	void (*on_reply)(
		void *data, const json_t *reply, const struct error *err),
	void *data)
{
	struct helper_call *call = mem_new(sizeof(*call));

	(void)deadline;
	call->helper = helper;
	call->request = request;
	call->on_reply = on_reply;
	call->data = data;
	call->is_void = is_dead;
	TAILQ_INSERT_TAIL(&calls, call, entry);
	ev_timer_init(&call->timer, on_timer, SECONDS_EACH, 0.);
	call->timer.data = call;
	ev_timer_start(helper->loop, &call->timer);
	return call;
}

/* What was sent is done all the same. */
void helper_cancel(struct helper_call *call)
{
	call->on_reply = NULL;
}

/* Life. */

void helpers_begin(void)
{
	struct error err = {0};

	is_dead = false;
	hold(vault_open(&vault, &err), "%s", err.text);
}

void helpers_crash(bool is_done)
{
	struct helper_call *call;
	struct error err;

	is_dead = true;
	TAILQ_FOREACH(call, &calls, entry)
	{
		if (is_done && !call->is_void)
			json_decref(answer(
				call->helper->name, call->request, &err));
		call->is_void = true;
	}
}

void helpers_end(void)
{
	while (!TAILQ_EMPTY(&calls)) {
		struct helper_call *call = TAILQ_FIRST(&calls);
		hold(!call->helper, "a helper was not freed");
		if (call->is_void)
			drop(call);
		else
			do_call(call, "vault");
	}
	vault_close(&vault);
	vault = (struct vault){.state = -1};
}

unsigned helpers_busy(void)
{
	const struct helper_call *call;
	unsigned count = 0;

	TAILQ_FOREACH(call, &calls, entry)
	count++;
	return count;
}

int64_t helpers_probed(void)
{
	return probed;
}
