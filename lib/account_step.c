/* SPDX-License-Identifier: MIT */
#include "account_step.h"

#include "json.h"
#include "mem.h"
#include "problem.h"
#include "text.h"

#include <string.h>

/* The one writer of the step. */
static void go(struct account *account, enum account_step step)
{
	account->step = step;
}

void account_stop(struct account *account, const struct error *err)
{
	account->error = *err;
	account->state = ACCOUNT_FAILED;
	go(account, ACCOUNT_STEP_END);
}

/* What the CA says of the account; a missing status counts as valid. */
static bool is_usable(
	const struct account *account, const json_t *object, struct error *err)
{
	const char *status = member_string_or(object, "status", "valid");

	if (streq(status, "valid"))
		return true;
	return fail_cause(err, ERROR_REFUSED, "A2",
		"the account '%.200s' is '%.40s' at the CA", account->url,
		status);
}

/* The Location is the account's name for good (A01); a reply that was asked
 * by the URL needs none. */
static bool keep_url(
	struct account *account, const struct reply *reply, struct error *err)
{
	if (account->url)
		return true;
	if (!reply->location || !url_is_https(reply->location))
		return fail(err, ERROR_TRANSIENT,
			"the CA gave the account no https URL: '%.200s'",
			reply->location ? reply->location : "");
	account->url = strdup(reply->location);
	return account->url || fail_memory(err);
}

/* Those of an account that was found by its key, where the CA keeps any. */
static bool has_others(const struct account *account, const json_t *object)
{
	const json_t *contacts = json_object_get(object, "contact");

	return account->step == ACCOUNT_STEP_FIND &&
		json_array_size(contacts) > 0 &&
		!json_equal(contacts, account->contacts);
}

static void finish(struct account *account)
{
	account->error = (struct error){0};
	account->state = ACCOUNT_READY;
	go(account, ACCOUNT_STEP_END);
}

/* A reply that holds the account. */
static void accept(struct account *account, const struct reply *reply)
{
	struct error err = {0};
	cleanup(json) json_t *object = reply_object(reply, "the account", &err);

	if (!object || !keep_url(account, reply, &err) ||
		!is_usable(account, object, &err))
		return account_stop(account, &err);
	account->is_bound = json_is_object(
		json_object_get(object, "externalAccountBinding"));
	if (account->goal == ACCOUNT_CLOSE)
		return go(account, ACCOUNT_STEP_CLOSE);
	if (account->goal == ACCOUNT_OPEN &&
		(!account->has_contacts || has_others(account, object)))
		return go(account, ACCOUNT_STEP_UPDATE);
	finish(account);
}

/* A known URL: is it still good? */
static bool read_ask(struct account *account, struct error *err)
{
	return request_set(&account->request, REQUEST_BY_ACCOUNT, account->url,
		       "") ||
		fail_memory(err);
}

/* It is gone, or the CA cannot show accounts: SSL.com answers in words of its
 * gateway. Its key tells which (A12). */
static bool is_no_answer(const struct reply *reply)
{
	if (problem_is(reply, "accountDoesNotExist") ||
		problem_is(reply, "serverInternal") || reply->status == 404 ||
		reply->status == 405)
		return true;
	return reply->status >= 400 && reply->status <= 499 &&
		reply->status != 408 && reply->status != 429 &&
		!reply_is_html(reply) && !problem_is_typed(reply);
}

static void read_read(struct account *account, const struct reply *reply)
{
	if (!is_no_answer(reply))
		return accept(account, reply);
	free(take(account->url));
	go(account, ACCOUNT_STEP_FIND);
}

/* The CA does not know the URL: does it know the key (A12, A3)? */
static bool find_ask(struct account *account, struct error *err)
{
	return request_set_json(&account->request, REQUEST_BY_KEY,
		       account->directory->new_account,
		       json_pack("{s:b}", "onlyReturnExisting", 1)) ||
		fail_memory(err);
}

/* Some CAs look for a binding before they look for the key. */
static bool is_unknown_key(
	const struct account *account, const struct reply *reply)
{
	return problem_is(reply, "accountDoesNotExist") ||
		(account->binds &&
			problem_is(reply, "externalAccountRequired"));
}

static void find_read(struct account *account, const struct reply *reply)
{
	struct error refused = account->error;

	if (account->goal != ACCOUNT_OPEN || !is_unknown_key(account, reply))
		return accept(account, reply);
	if (refused.kind != ERROR_NONE)
		return account_stop(account, &refused);
	go(account, ACCOUNT_STEP_CREATE);
}

/* Consent is given by a human only (A03). */
static bool may_create(const struct account *account, struct error *err)
{
	const struct directory *directory = account->directory;

	if (directory->terms && !account->agree_to_terms)
		return fail_cause(err, ERROR_REFUSED, "A1",
			"the CA wants its terms to be agreed to: read '%.250s' "
			"and set AgreeToTerms=yes",
			directory->terms);
	if (directory->eab_required && !account->binds)
		return fail_cause(err, ERROR_REFUSED, "A4",
			"the CA at '%.250s' wants an external account binding, "
			"and none is configured",
			directory->url);
	return true;
}

static json_t *create_payload(const struct account *account)
{
	json_t *payload = json_object();

	if (account->agree_to_terms)
		json_object_set_new(
			payload, "termsOfServiceAgreed", json_true());
	if (json_array_size(account->contacts))
		json_object_set(payload, "contact", account->contacts);
	return payload;
}

static bool create_ask(struct account *account, struct error *err)
{
	enum request_signer signer =
		account->binds ? REQUEST_BY_BOUND_KEY : REQUEST_BY_KEY;

	if (!may_create(account, err))
		return false;
	return request_set_json(&account->request, signer,
		       account->directory->new_account,
		       create_payload(account)) ||
		fail_memory(err);
}

/* A refused address costs the mails of the CA, not the account (A6). */
static bool dislikes_contact(const struct reply *reply)
{
	return problem_is(reply, "invalidContact") ||
		problem_is(reply, "unsupportedContact");
}

/* What a CA says to a key identifier that it does not know, or not any more,
 * and to a wrong MAC (failures.md A4). */
static bool dislikes_binding(const struct reply *reply)
{
	return problem_is(reply, "externalAccountRequired") ||
		problem_is(reply, "unauthorized") ||
		problem_is(reply, "malformed");
}

/* A binding works once, and a request whose reply was lost may have been sent
 * again: the key is looked up once more (E05). */
static void refuse_binding(struct account *account, const struct reply *reply)
{
	struct error err = {0};

	problem_from_reply(reply, &err);
	if (streq(err.code, "A2"))
		return account_stop(account, &err);
	fail_cause(&account->error, ERROR_REFUSED, "A4",
		"the CA refuses the external account binding: %s", err.text);
	go(account, ACCOUNT_STEP_FIND);
}

static void create_read(struct account *account, const struct reply *reply)
{
	if (json_array_size(account->contacts) && dislikes_contact(reply)) {
		json_array_clear(account->contacts);
		account->has_refused_contacts = true;
		return go(account, ACCOUNT_STEP_CREATE);
	}
	if (account->binds && dislikes_binding(reply))
		return refuse_binding(account, reply);
	account->has_contacts = true;
	account->is_new = reply->status == 201; /* 200: it existed (A01) */
	accept(account, reply);
}

/* Other contacts than the CA was told (RFC 8555 section 7.3.2). */
static bool update_ask(struct account *account, struct error *err)
{
	return request_set_json(&account->request, REQUEST_BY_ACCOUNT,
		       account->url,
		       json_pack("{s:O}", "contact", account->contacts)) ||
		fail_memory(err);
}

static void update_read(struct account *account, const struct reply *reply)
{
	account->has_contacts = true;
	if (dislikes_contact(reply)) {
		account->has_refused_contacts = true;
		return finish(account);
	}
	accept(account, reply);
}

/* For good (RFC 8555 section 7.3.6). */
static bool close_ask(struct account *account, struct error *err)
{
	return request_set(&account->request, REQUEST_BY_ACCOUNT, account->url,
		       "{\"status\":\"deactivated\"}") ||
		fail_memory(err);
}

static void close_read(struct account *account, const struct reply *reply)
{
	struct error err = {0};

	if (reply_is_ok(reply))
		return finish(account);
	problem_from_reply(reply, &err);
	account_stop(account, &err);
}

static const struct step_row {
	bool (*ask)(struct account *account, struct error *err);
	void (*read)(struct account *account, const struct reply *reply);
} STEPS[] = {
	[ACCOUNT_STEP_READ] = {read_ask, read_read},
	[ACCOUNT_STEP_FIND] = {find_ask, find_read},
	[ACCOUNT_STEP_CREATE] = {create_ask, create_read},
	[ACCOUNT_STEP_UPDATE] = {update_ask, update_read},
	[ACCOUNT_STEP_CLOSE] = {close_ask, close_read},
	[ACCOUNT_STEP_END] = {NULL, NULL},
};

bool account_step_ask(struct account *account)
{
	const struct step_row *step = &STEPS[account->step];
	struct error err = {0};

	if (!step->ask)
		return false;
	if (step->ask(account, &err))
		return true;
	account_stop(account, &err);
	return false;
}

void account_step_read(struct account *account, const struct reply *reply)
{
	STEPS[account->step].read(account, reply);
}
