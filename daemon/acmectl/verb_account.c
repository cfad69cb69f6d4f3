/* SPDX-License-Identifier: MIT */

/*
 * account: how the account at a CA is, another key for it, its end.
 */

#include "ask.h"
#include "json.h"
#include "mem.h"
#include "permit.h"
#include "table.h"
#include "text.h"

#include <stdio.h>

static void print_row(const char *title, const char *text)
{
	if (text && *text)
		printf("  %-13s%s\n", title, text);
}

static char *join(const json_t *list)
{
	struct text words = {.limit = 65536};

	for (size_t i = 0; i < json_array_size(list); i++)
		text_addf(&words, "%s%s", i ? " " : "",
			json_string_value(json_array_get(list, i)));
	return text_take(&words);
}

static void print_list(const json_t *account, const char *name)
{
	char *words cleanup(string) = join(json_object_get(account, name));

	print_row(name, words);
}

static const char *status_of(const json_t *account)
{
	const char *status = member_string_or(account, "status", NULL);

	if (!status)
		return NULL;
	if (streq(status, "none"))
		return "none; it is made with the first certificate";
	if (streq(status, "unknown"))
		return "unknown to the CA; another is made when it is needed";
	if (streq(status, "deactivated"))
		return "deactivated: the CA issues nothing for it any more";
	if (streq(status, "revoked"))
		return "revoked by the CA, which alone can say why";
	return status;
}

static void print_account(const json_t *account)
{
	const json_t *error = json_object_get(account, "error");

	printf("%s\n", member_string_or(account, "ca", ""));
	print_row("account", member_string_or(account, "url", NULL));
	print_row("status", status_of(account));
	print_row("key", member_string_or(account, "key", NULL));
	print_row("in a token", member_string_or(account, "token", NULL));
	print_row("thumbprint", member_string_or(account, "thumbprint", NULL));
	print_list(account, "contacts");
	print_list(account, "certificates");
	table_print_pin(account);
	if (member_bool_or(account, "changing", false))
		print_row("new key", "made, not yet confirmed by the CA");
	if (error)
		print_row("error", member_string_or(error, "text", ""));
}

static void show(void *data, const json_t *reply)
{
	const json_t *accounts = json_object_get(reply, "accounts");

	(void)data;
	for (size_t i = 0; i < json_array_size(accounts); i++)
		print_account(json_array_get(accounts, i));
	if (!json_array_size(accounts))
		puts("there is no account yet");
}

static int call(const struct arguments *arguments, const char *method,
	const char *ca, void (*on_reply)(void *data, const json_t *reply),
	void *data)
{
	json_t *parameters = json_object();

	if (ca)
		json_object_set_new(parameters, "ca", json_string(ca));
	return ask(arguments, method, parameters, false, on_reply, data);
}

static int show_accounts(const struct arguments *arguments)
{
	return call(arguments, "Account", arguments->names[1], show, NULL);
}

/* Of the changes the CA may be left out where there is but one. */

static void keep(void *data, const json_t *reply)
{
	json_t **accounts = data;

	*accounts = json_incref(json_object_get(reply, "accounts"));
}

static const json_t *find(const json_t *accounts, const char *ca)
{
	for (size_t i = 0; i < json_array_size(accounts); i++) {
		const json_t *account = json_array_get(accounts, i);
		if (!ca || streq(member_string_or(account, "ca", ""), ca))
			return account;
	}
	return NULL;
}

/* What is to be changed; NULL with the status to end with. */
static json_t *choose(const struct arguments *arguments, int *status)
{
	struct arguments quiet = *arguments;
	json_t *accounts cleanup(json) = NULL;

	quiet.is_json = false;
	*status = call(&quiet, "Account", NULL, keep, &accounts);
	if (*status)
		return NULL;
	const json_t *found = find(accounts, arguments->names[1]);
	*status = EXIT_FAILED;
	if (!arguments->names[1] && json_array_size(accounts) > 1)
		ask_fail(*status, "which CA? acmectl account show lists them");
	else if (!found || !json_object_get(found, "url"))
		ask_fail(*status, "there is no account at CA '%s'",
			found ? member_string_or(found, "ca", "")
				: arguments->names[1] ? arguments->names[1]
						      : "");
	else
		return json_incref((json_t *)found);
	return NULL;
}

static int change(const struct arguments *arguments, const char *method,
	const char *what, const char *ca)
{
	struct error err;
	json_t *permit = json_pack(
		"{s:s, s:s, s:s}", "verb", "permit", "what", what, "ca", ca);

	if (!permit_ask_vault(permit, &err))
		return ask_fail(EXIT_FAILED, "%s", err.text);
	return call(arguments, method, ca, show, NULL);
}

static int roll_over(const struct arguments *arguments)
{
	int status;
	json_t *account cleanup(json) = choose(arguments, &status);
	const char *ca = member_string_or(account, "ca", "");

	if (!account)
		return status;
	if (!permit_is_sure(arguments,
		    "Give the account %s a new key and drop the old one?",
		    member_string_or(account, "url", "")))
		return EXIT_FAILED;
	return change(arguments, "AccountRollover", "key-change", ca);
}

static int deactivate(const struct arguments *arguments)
{
	int status;
	json_t *account cleanup(json) = choose(arguments, &status);
	const char *ca = member_string_or(account, "ca", "");
	char *names cleanup(string) =
		join(json_object_get(account, "certificates"));

	if (!account)
		return status;
	if (!arguments->is_json)
		printf("CA '%s' will renew no more: %s\n", ca,
			names && *names ? names : "nothing depends on it");
	fflush(stdout);
	if (!permit_is_sure(arguments, "Deactivate the account %s for good?",
		    member_string_or(account, "url", "")))
		return EXIT_FAILED;
	return change(arguments, "AccountDeactivate", "close", ca);
}

static const struct {
	const char *name;
	int (*run)(const struct arguments *arguments);
} ACTIONS[] = {
	{"show", show_accounts},
	{"rollover", roll_over},
	{"deactivate", deactivate},
};

int verb_account(const struct arguments *arguments)
{
	const char *name = arguments->names[0];

	for (size_t i = 0; name && i < sizeof(ACTIONS) / sizeof(*ACTIONS); i++)
		if (streq(ACTIONS[i].name, name))
			return ACTIONS[i].run(arguments);
	return ask_fail(EXIT_USE,
		"account needs one of show, rollover, deactivate, and may "
		"name a CA behind it");
}
