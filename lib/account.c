/* SPDX-License-Identifier: MIT */
#include "account.h"

#include "json.h"
#include "mem.h"
#include "problem.h"
#include "text.h"

#include <assert.h>
#include <string.h>

enum step {
	STEP_READ,
	STEP_FIND,
	STEP_CREATE,
	STEP_UPDATE,
	STEP_CLOSE,
	STEP_END,
};

struct account {
	const struct directory *directory; /* borrowed */
	enum account_goal goal;
	char *url; /* owned */
	json_t *contacts; /* owned array */
	bool has_contacts; /* the CA was told them */
	bool agree_to_terms;
	bool binds;
	bool is_bound;
	enum step step;
	enum account_state state;
	bool out; /* the request waits for its reply */
	bool is_new;
	struct request request;
	struct error error;
};

/* The one writer of the step. */
static void go(struct account *account, enum step step)
{
	account->step = step;
}

static void stop(struct account *account, const struct error *err)
{
	account->error = *err;
	account->state = ACCOUNT_FAILED;
	go(account, STEP_END);
}

/* What the CA says of the account; a missing status counts as valid. */
static bool is_usable(
	const struct account *account, const json_t *object, struct error *err)
{
	const char *status = member_string_or(object, "status", "valid");

	if (streq(status, "valid"))
		return true;
	return fail_cause(err, ERROR_REFUSED, "A2",
		"the account '%.200s' is '%.40s' at the CA",
		account->url ? account->url : "", status);
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

static void finish(struct account *account)
{
	account->state = ACCOUNT_READY;
	go(account, STEP_END);
}

/* A reply that holds the account. */
static void accept(struct account *account, const struct reply *reply)
{
	struct error err = {0};
	cleanup(json) json_t *object = reply_object(reply, "the account", &err);

	if (!object || !keep_url(account, reply, &err) ||
		!is_usable(account, object, &err))
		return stop(account, &err);
	account->is_bound = json_is_object(
		json_object_get(object, "externalAccountBinding"));
	if (account->goal == ACCOUNT_CLOSE)
		return go(account, STEP_CLOSE);
	if (account->goal == ACCOUNT_OPEN && !account->has_contacts)
		return go(account, STEP_UPDATE);
	finish(account);
}

/* A known URL: is it still good? */
static bool read_ask(struct account *account, struct error *err)
{
	return request_set(&account->request, REQUEST_BY_ACCOUNT, account->url,
		       "") ||
		fail_memory(err);
}

static void read_read(struct account *account, const struct reply *reply)
{
	if (!problem_is(reply, "accountDoesNotExist") && reply->status != 404)
		return accept(account, reply);
	free(take(account->url));
	go(account, STEP_FIND);
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
	if (account->goal != ACCOUNT_OPEN || !is_unknown_key(account, reply))
		return accept(account, reply);
	go(account, STEP_CREATE);
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

static void create_read(struct account *account, const struct reply *reply)
{
	if (json_array_size(account->contacts) && dislikes_contact(reply)) {
		json_array_clear(account->contacts);
		return go(account, STEP_CREATE);
	}
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
	if (dislikes_contact(reply))
		return finish(account);
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
	stop(account, &err);
}

static const struct step_row {
	bool (*ask)(struct account *account, struct error *err);
	void (*read)(struct account *account, const struct reply *reply);
} STEPS[] = {
	[STEP_READ] = {read_ask, read_read},
	[STEP_FIND] = {find_ask, find_read},
	[STEP_CREATE] = {create_ask, create_read},
	[STEP_UPDATE] = {update_ask, update_read},
	[STEP_CLOSE] = {close_ask, close_read},
	[STEP_END] = {NULL, NULL},
};

static json_t *copy_contacts(const struct account_wish *wish)
{
	json_t *contacts = json_array();

	for (size_t i = 0; i < wish->contact_count; i++)
		json_array_append_new(contacts, json_string(wish->contacts[i]));
	return contacts;
}

static bool copy_wish(struct account *account, const struct account_wish *wish)
{
	account->goal = wish->goal;
	account->agree_to_terms = wish->agree_to_terms;
	account->has_contacts = !wish->updates_contacts;
	account->binds = wish->binds;
	if (wish->url && !(account->url = strdup(wish->url)))
		return false;
	account->contacts = copy_contacts(wish);
	return json_array_size(account->contacts) == wish->contact_count;
}

static enum step first_step(const struct account *account)
{
	if (account->url)
		return STEP_READ;
	if (account->binds || account->goal != ACCOUNT_OPEN)
		return STEP_FIND;
	return STEP_CREATE;
}

struct account *account_new(const struct directory *directory,
	const struct account_wish *wish, struct error *err)
{
	struct account *account = calloc(1, sizeof(*account));

	if (!account || !copy_wish(account, wish)) {
		account_free(account);
		fail_memory(err);
		return NULL;
	}
	account->directory = directory;
	go(account, first_step(account));
	return account;
}

void account_free(struct account *account)
{
	if (!account)
		return;
	free(account->url);
	json_decref(account->contacts);
	request_clear(&account->request);
	free(account);
}

const struct request *account_next(struct account *account)
{
	const struct step_row *step = &STEPS[account->step];
	struct error err = {0};

	if (account->out || !step->ask)
		return NULL;
	if (!step->ask(account, &err)) {
		stop(account, &err);
		return NULL;
	}
	account->out = true;
	return &account->request;
}

void account_done(struct account *account, const struct reply *reply,
	const struct error *err)
{
	assert(!reply != !err);
	if (!account->out)
		return;
	account->out = false;
	if (err)
		return stop(account, err);
	STEPS[account->step].read(account, reply);
}

enum account_state account_state(const struct account *account)
{
	return account->state;
}

const char *account_url(const struct account *account)
{
	return account->state == ACCOUNT_READY ? account->url : NULL;
}

bool account_is_new(const struct account *account)
{
	return account->state == ACCOUNT_READY && account->is_new;
}

bool account_is_bound(const struct account *account)
{
	return account->state == ACCOUNT_READY && account->is_bound;
}

const struct error *account_error(const struct account *account)
{
	return &account->error;
}
