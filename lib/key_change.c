/* SPDX-License-Identifier: MIT */
#include "key_change.h"

#include "json.h"
#include "jws.h"
#include "key.h"
#include "mem.h"
#include "problem.h"

#include <assert.h>

enum step {
	STEP_LOOK, /* an earlier run may have sent it */
	STEP_CHANGE,
	STEP_TRY_NEW,
	STEP_TRY_OLD,
	STEP_END,
};

struct key_change {
	const struct directory *directory; /* borrowed */
	char *url; /* owned, of the account */
	enum step step;
	enum key_change_state state;
	bool out; /* the request waits for its reply */
	struct request request;
	struct error error;
};

/* The one writer of the step. */
static void go(struct key_change *change, enum step step)
{
	change->step = step;
}

static void end(struct key_change *change, enum key_change_state state)
{
	change->state = state;
	go(change, STEP_END);
}

/* Does the reply speak of a key that the CA does not go by? Anything else
 * (an outage, a portal) tells nothing. */
static bool is_foreign_key(const struct reply *reply)
{
	return !reply_is_html(reply) && reply->status >= 400 &&
		reply->status <= 499 && reply->status != 408 &&
		reply->status != 429;
}

static void give_up(struct key_change *change, const struct reply *reply)
{
	if (change->error.kind == ERROR_NONE)
		problem_from_reply(reply, &change->error);
	end(change, KEY_CHANGE_UNSETTLED);
}

/* A POST-as-GET of the account by one key (A08). */
static bool try_new_ask(struct key_change *change)
{
	return request_set(
		&change->request, REQUEST_BY_NEXT_KEY, change->url, "");
}

static bool try_old_ask(struct key_change *change)
{
	return request_set(
		&change->request, REQUEST_BY_ACCOUNT, change->url, "");
}

/* Nothing speaks for the new key yet: then it is sent (again). */
static void look_read(struct key_change *change, const struct reply *reply)
{
	if (reply_is_ok(reply))
		return end(change, KEY_CHANGE_NEW);
	if (is_foreign_key(reply))
		return go(change,
			change->directory->key_change ? STEP_CHANGE
						      : STEP_TRY_OLD);
	give_up(change, reply);
}

static bool change_ask(struct key_change *change)
{
	return request_set(&change->request, REQUEST_KEY_CHANGE,
		change->directory->key_change, "");
}

/* A conflict (409) may be our own change of an earlier time. */
static void change_read(struct key_change *change, const struct reply *reply)
{
	if (!reply_is_ok(reply))
		problem_from_reply(reply, &change->error);
	go(change, STEP_TRY_NEW);
}

static void try_new_read(struct key_change *change, const struct reply *reply)
{
	if (reply_is_ok(reply))
		return end(change, KEY_CHANGE_NEW);
	if (is_foreign_key(reply))
		return go(change, STEP_TRY_OLD);
	give_up(change, reply);
}

static void try_old_read(struct key_change *change, const struct reply *reply)
{
	if (!reply_is_ok(reply))
		return give_up(change, reply);
	if (change->error.kind == ERROR_NONE)
		fail(&change->error, ERROR_TRANSIENT,
			"the CA took the new key and goes by the old one");
	end(change, KEY_CHANGE_OLD);
}

static const struct step_row {
	bool (*ask)(struct key_change *change);
	void (*read)(struct key_change *change, const struct reply *reply);
} STEPS[] = {
	[STEP_LOOK] = {try_new_ask, look_read},
	[STEP_CHANGE] = {change_ask, change_read},
	[STEP_TRY_NEW] = {try_new_ask, try_new_read},
	[STEP_TRY_OLD] = {try_old_ask, try_old_read},
	[STEP_END] = {NULL, NULL},
};

struct key_change *key_change_new(const struct directory *directory,
	const char *url, bool is_resumed, struct error *err)
{
	if (!directory->key_change && !is_resumed) {
		fail(err, ERROR_REFUSED,
			"the CA at '%.250s' changes no account keys",
			directory->url);
		return NULL;
	}
	struct key_change *change = calloc(1, sizeof(*change));
	if (!change || !(change->url = strdup(url))) {
		free(change);
		fail_memory(err);
		return NULL;
	}
	change->directory = directory;
	go(change, is_resumed ? STEP_LOOK : STEP_CHANGE);
	return change;
}

void key_change_free(struct key_change *change)
{
	if (!change)
		return;
	free(change->url);
	request_clear(&change->request);
	free(change);
}

const struct request *key_change_next(struct key_change *change)
{
	const struct step_row *step = &STEPS[change->step];

	if (change->out || !step->ask)
		return NULL;
	if (!step->ask(change)) {
		fail_memory(&change->error);
		end(change, KEY_CHANGE_UNSETTLED);
		return NULL;
	}
	change->out = true;
	return &change->request;
}

/* The reply to the change itself may be lost: the CA is asked what became of
 * it. When the network is gone that fails as well. */
void key_change_done(struct key_change *change, const struct reply *reply,
	const struct error *err)
{
	assert(!reply != !err);
	if (!change->out)
		return;
	change->out = false;
	if (!err) {
		STEPS[change->step].read(change, reply);
		return;
	}
	change->error = *err;
	if (change->step == STEP_CHANGE)
		go(change, STEP_TRY_NEW);
	else
		end(change, KEY_CHANGE_UNSETTLED);
}

enum key_change_state key_change_state(const struct key_change *change)
{
	return change->state;
}

const struct error *key_change_error(const struct key_change *change)
{
	return &change->error;
}

char *key_change_payload(EVP_PKEY *new_key, const EVP_PKEY *old_key,
	const char *account, const char *url, struct error *err)
{
	const struct jws_header header = {.url = url};
	json_t *jwk = key_to_jwk(old_key, err);

	if (!jwk)
		return NULL;
	cleanup(json) json_t *payload =
		json_pack("{s:s, s:o}", "account", account, "oldKey", jwk);
	cleanup(string) char *text = payload ? json_write(payload) : NULL;
	if (!text) {
		fail_memory(err);
		return NULL;
	}
	return jws_sign(new_key, &header, text, err);
}
