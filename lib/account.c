/* SPDX-License-Identifier: MIT */
#include "account.h"

#include "account_step.h"
#include "mem.h"

#include <assert.h>
#include <string.h>

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

static enum account_step first_step(const struct account *account)
{
	if (account->url)
		return ACCOUNT_STEP_READ;
	if (account->binds || account->goal != ACCOUNT_OPEN)
		return ACCOUNT_STEP_FIND;
	return ACCOUNT_STEP_CREATE;
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
	account->step = first_step(account);
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
	if (account->out || !account_step_ask(account))
		return NULL;
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
		account_stop(account, err);
	else
		account_step_read(account, reply);
}

enum account_state account_state(const struct account *account)
{
	return account->state;
}

const char *account_url(const struct account *account)
{
	return account->state == ACCOUNT_FAILED ? NULL : account->url;
}

bool account_is_new(const struct account *account)
{
	return account->state == ACCOUNT_READY && account->is_new;
}

bool account_is_bound(const struct account *account)
{
	return account->state == ACCOUNT_READY && account->is_bound;
}

bool account_has_refused_contacts(const struct account *account)
{
	return account->has_refused_contacts;
}

const struct error *account_error(const struct account *account)
{
	return &account->error;
}
