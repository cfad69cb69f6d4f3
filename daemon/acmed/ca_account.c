/* SPDX-License-Identifier: MIT */
#include "ca_account.h"

#include "json.h"
#include "mem.h"
#include "text.h"

#define VAULT_DEADLINE 30.0

struct ca_account {
	struct ca_account_wish wish;
	struct account *machine; /* while the CA is asked */
	char *url; /* owned, or NULL */
	char *thumbprint; /* owned, or NULL */
	struct exchange_call *call;
	struct helper_call *vault_call;
};

void ca_account_cancel(struct ca_account *account)
{
	if (!account)
		return;
	if (account->call)
		exchange_cancel(account->call);
	if (account->vault_call)
		helper_cancel(account->vault_call);
	account_free(account->machine);
	free(account->url);
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

static void on_saved(void *data, const json_t *reply, const struct error *err)
{
	struct ca_account *account = data;

	(void)reply;
	account->vault_call = NULL;
	end(account, err);
}

static void save(struct ca_account *account)
{
	json_t *request = make_request(account, "account-save");

	json_object_set_new(request, "url", json_string(account->url));
	json_object_set_new(request, "directory",
		json_string(account->wish.settings->directory));
	account->vault_call = helper_call(account->wish.vault, request,
		VAULT_DEADLINE, on_saved, account);
}

/* Second: the CA. */

/* A step of the machine; without a reply and an error the first one. */
static void on_reply(
	void *data, const struct reply *reply, const struct error *err)
{
	struct ca_account *account = data;

	account->call = NULL;
	if (reply || err)
		account_done(account->machine, reply, err);
	const struct request *request = account_next(account->machine);
	if (request) {
		account->call = exchange_post(
			account->wish.exchange, request, on_reply, account);
		return;
	}
	if (account_state(account->machine) == ACCOUNT_FAILED) {
		end(account, account_error(account->machine));
		return;
	}
	free(account->url);
	account->url = mem_string(account_url(account->machine));
	save(account);
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

	account->machine = account_new(account->wish.directory, &wish, &err);
	if (account->machine)
		on_reply(account, NULL, NULL);
	else
		end(account, &err);
}

/* First: the vault, which knows the URL of an earlier run. One of another
 * directory is of no use. */

static bool is_known(const struct ca_account *account, const json_t *reply)
{
	return !account->wish.is_lost && member_string_or(reply, "url", NULL) &&
		streq(member_string_or(reply, "directory", ""),
			account->wish.settings->directory);
}

static void on_key(void *data, const json_t *reply, const struct error *failed)
{
	struct ca_account *account = data;
	struct error err;

	account->vault_call = NULL;
	if (failed) {
		end(account, failed);
		return;
	}
	account->thumbprint =
		mem_string(member_string(reply, "thumbprint", &err));
	if (!account->thumbprint) {
		end(account, &err);
		return;
	}
	if (!is_known(account, reply)) {
		ask_ca(account);
		return;
	}
	account->url = mem_string(member_string_or(reply, "url", NULL));
	if (member_bool_or(reply, "updates_contacts", false))
		ask_ca(account);
	else
		end(account, NULL);
}

struct ca_account *ca_account_start(const struct ca_account_wish *wish)
{
	struct ca_account *account = mem_new(sizeof(*account));

	account->wish = *wish;
	account->vault_call =
		helper_call(wish->vault, make_request(account, "account"),
			VAULT_DEADLINE, on_key, account);
	return account;
}
