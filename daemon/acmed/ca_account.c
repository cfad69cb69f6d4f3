/* SPDX-License-Identifier: MIT */
#include "ca_account.h"

#include "json.h"
#include "key_rollover.h"
#include "mem.h"
#include "text.h"

#define VAULT_DEADLINE 30.0

struct ca_account {
	struct ca_account_wish wish;
	struct account *machine; /* while the CA is asked */
	char *url; /* owned, or NULL */
	char *known; /* owned: of an earlier run, or NULL */
	char *thumbprint; /* owned, or NULL */
	const struct request *request; /* borrowed from the machine */
	void (*on_reply)(
		void *data, const struct reply *reply, const struct error *err);
	void (*ask_vault)(struct ca_account *account);
	struct error unsettled; /* kind NONE: none, or not tried */
	struct exchange_call *call;
	struct helper_call *vault_call;
	struct key_rollover *rollover; /* one that was not settled, or NULL */
};

void ca_account_cancel(struct ca_account *account)
{
	if (!account)
		return;
	if (account->call)
		exchange_cancel(account->call);
	if (account->vault_call)
		helper_cancel(account->vault_call);
	key_rollover_cancel(account->rollover);
	account_free(account->machine);
	free(account->url);
	free(account->known);
	free(account->thumbprint);
	free(account);
}

/* The one exit. */
static void end(struct ca_account *account, const struct error *err)
{
	const struct ca_account_wish *wish = &account->wish;

	wish->on_end(wish->data, err ? NULL : account->url,
		err ? NULL : account->thumbprint, err);
	ca_account_cancel(account);
}

static json_t *make_request(const struct ca_account *account, const char *verb)
{
	const struct ca_settings *settings = account->wish.settings;

	return json_pack("{s:s, s:s, s:b}", "verb", verb, "ca", settings->name,
		"staging", settings->staging);
}

/* Last: the vault keeps the URL. */

static void tell(const struct ca_account *account, int priority,
	const struct error *err, const char *text, const char *url)
{
	const struct event event = {
		.name = "account",
		.priority = priority,
		.ca = account->wish.settings->name,
		.err = err,
	};

	events_emit(account->wish.events, &event, "CA '%s': %s%s",
		account->wish.settings->name, text, url);
}

/* What a human should know of an account that was made, found or changed. */
static void tell_all(const struct ca_account *account)
{
	const struct account *machine = account->machine;
	bool is_new = account_is_new(machine);
	bool is_other = account->known && !streq(account->known, account->url);
	struct error err;

	fail_cause(&err, ERROR_REFUSED, "A6", "contact refused");
	if (is_other)
		tell(account, LOG_WARNING, NULL,
			is_new ? "it did not know our account any more; CAA "
				 "records that name one need the new one: "
			       : "our account has another URL there, which CAA "
				 "records have to name: ",
			account->url);
	else if (!account->known)
		tell(account, LOG_NOTICE, NULL,
			is_new ? "an account is made: "
			       : "our account is found by its key: ",
			account->url);
	if (is_new && account->wish.settings->eab_key_id &&
		!account_is_bound(machine))
		tell(account, LOG_WARNING, NULL,
			"it does not say that it took the external account "
			"binding of ",
			account->url);
	if (account_has_refused_contacts(machine))
		tell(account, LOG_WARNING, &err,
			"it refuses the contact address; without it goes ",
			account->url);
}

static void on_saved(void *data, const json_t *reply, const struct error *err)
{
	struct ca_account *account = data;

	(void)reply;
	account->vault_call = NULL;
	if (!err)
		tell_all(account);
	end(account, err);
}

static void save(struct ca_account *account, bool is_end,
	void (*on_done)(
		void *data, const json_t *reply, const struct error *err))
{
	json_t *request = make_request(account, "account-save");

	free(account->url);
	account->url = mem_string(account_url(account->machine));
	json_object_set_new(request, "url", json_string(account->url));
	json_object_set_new(request, "directory",
		json_string(account->wish.settings->directory));
	json_object_set_new(request, "has_contacts", json_boolean(is_end));
	account->vault_call = helper_call(
		account->wish.vault, request, VAULT_DEADLINE, on_done, account);
}

/* Second: the CA. */

/* The vault signs by this URL from now on. */
static void on_kept(void *data, const json_t *reply, const struct error *err)
{
	struct ca_account *account = data;

	(void)reply;
	account->vault_call = NULL;
	if (err)
		end(account, err);
	else
		account->call = exchange_post(account->wish.exchange,
			account->request, account->on_reply, account);
}

static void send_next(struct ca_account *account, const struct request *request)
{
	const char *found = account_url(account->machine);

	account->request = request;
	if (found && (!account->url || !streq(found, account->url)))
		save(account, false, on_kept);
	else
		account->call = exchange_post(account->wish.exchange, request,
			account->on_reply, account);
}

/* A step of the machine; without a reply and an error the first one. */
static void on_reply(
	void *data, const struct reply *reply, const struct error *err)
{
	struct ca_account *account = data;

	account->call = NULL;
	if (reply || err)
		account_done(account->machine, reply, err);
	const struct request *request = account_next(account->machine);
	if (request)
		send_next(account, request);
	else if (account_state(account->machine) == ACCOUNT_FAILED)
		end(account, account_error(account->machine));
	else
		save(account, true, on_saved);
}

static void ask_ca(struct ca_account *account)
{
	const struct ca_settings *settings = account->wish.settings;
	struct account_wish wish = {
		.url = account->url,
		.contacts = (const char *const *)settings->contacts.items,
		.contact_count = settings->contacts.count,
		.updates_contacts = account->url != NULL,
		.agree_to_terms = settings->agree_to_terms,
		.binds = settings->eab_key_id != NULL,
	};
	struct error err;

	account->on_reply = on_reply;
	account->machine = account_new(account->wish.directory, &wish, &err);
	if (account->machine)
		on_reply(account, NULL, NULL);
	else
		end(account, &err);
}

/* First: the vault, which knows the URL of an earlier run. One of another
 * directory is of no use. */

static const char *known_url(
	const struct ca_account *account, const json_t *reply)
{
	if (!streq(member_string_or(reply, "directory", ""),
		    account->wish.settings->directory))
		return NULL;
	return member_string_or(reply, "url", NULL);
}

/* Another key was ordered, and a crash or the network came between. */

static void on_settled(void *data, const struct error *err)
{
	struct ca_account *account = data;

	account->rollover = NULL;
	if (err)
		account->unsettled = *err;
	if (err)
		tell(account, LOG_WARNING, err,
			"the account's new key is not in force: ", err->text);
	else
		tell(account, LOG_NOTICE, NULL,
			"the account has its new key: ", account->url);
	account->ask_vault(account);
}

static void settle(struct ca_account *account)
{
	struct key_rollover_wish wish = {
		.vault = account->wish.vault,
		.exchange = account->wish.exchange,
		.settings = account->wish.settings,
		.directory = account->wish.directory,
		.url = account->url,
		.is_resumed = true,
		.on_end = on_settled,
		.data = account,
	};

	account->rollover = key_rollover_start(&wish);
}

static bool take_facts(
	struct ca_account *account, const json_t *reply, struct error *err)
{
	const char *thumbprint = member_string(reply, "thumbprint", err);

	if (!thumbprint)
		return false;
	free(account->thumbprint);
	free(account->known);
	account->thumbprint = mem_string(thumbprint);
	account->known = mem_string(known_url(account, reply));
	if (!account->known || !member_bool_or(reply, "closed", false))
		return true;
	return fail_cause(err, ERROR_REFUSED, "A2",
		"the account '%.200s' was deactivated with acmectl",
		account->known);
}

static void on_key(void *data, const json_t *reply, const struct error *failed)
{
	struct ca_account *account = data;
	struct error err;

	account->vault_call = NULL;
	if (failed || !take_facts(account, reply, &err)) {
		end(account, failed ? failed : &err);
		return;
	}
	free(account->url);
	account->url =
		account->wish.is_lost ? NULL : mem_string(account->known);
	bool is_changing =
		account->url && member_bool_or(reply, "changing", false);
	if (is_changing && account->unsettled.kind != ERROR_NONE)
		end(account, &account->unsettled);
	else if (is_changing)
		settle(account);
	else if (!account->url ||
		member_bool_or(reply, "updates_contacts", false))
		ask_ca(account);
	else
		end(account, NULL);
}

static void ask_vault(struct ca_account *account)
{
	account->vault_call = helper_call(account->wish.vault,
		make_request(account, "account"), VAULT_DEADLINE, on_key,
		account);
}

struct ca_account *ca_account_start(const struct ca_account_wish *wish)
{
	struct ca_account *account = mem_new(sizeof(*account));

	account->wish = *wish;
	account->ask_vault = ask_vault;
	ask_vault(account);
	return account;
}
