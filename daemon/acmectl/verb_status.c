/* SPDX-License-Identifier: MIT */

/*
 * status: a table of all certificates, or everything about one.
 */

#include "ask.h"
#include "json.h"
#include "mem.h"
#include "seen.h"
#include "table.h"
#include "text.h"

#include <stdio.h>

static void print_walls(const json_t *daemon)
{
	const json_t *missing = json_object_get(daemon, "walls_missing");
	const char *mistake = member_string_or(daemon, "mistake", NULL);
	const char *nobody = member_string_or(
		json_object_get(daemon, "telling"), "nobody_told", NULL);

	for (size_t i = 0; i < json_array_size(missing); i++)
		printf("A wall is not up: %s\n",
			json_string_value(json_array_get(missing, i)));
	if (json_is_false(json_object_get(daemon, "may_reload")))
		puts("acmed-deploy reloads units: acmed itself may not, for "
		     "want of polkit or its rule");
	if (nobody)
		puts(nobody);
	if (mistake)
		printf("The accepted configuration is used: %s\n", mistake);
}

static void keep_account(void *data, const json_t *reply)
{
	const json_t *accounts = json_object_get(reply, "accounts");
	const char *ca = data;

	for (size_t i = 0; i < json_array_size(accounts); i++) {
		const json_t *account = json_array_get(accounts, i);
		if (streq(member_string_or(account, "ca", ""), ca))
			table_print_pin(account);
	}
}

/* The record with which its names would let in nobody else. */
static void print_pin(
	const struct arguments *arguments, const json_t *certificate)
{
	const char *ca = member_string_or(certificate, "ca", NULL);

	if (ca)
		ask(arguments, "Account", json_object(), false, keep_account,
			(void *)ca);
}

static void print_seen(const struct arguments *arguments, struct seen *seen)
{
	size_t count = json_array_size(seen->certificates);
	bool is_one = arguments->count && count == 1;

	if (arguments->is_json) {
		json_t *reply cleanup(json) =
			json_pack("{s:O}", "certificates", seen->certificates);
		if (seen->daemon)
			json_object_set(reply, "daemon", seen->daemon);
		ask_print_json(reply);
		return;
	}
	if (arguments->is_failing && !count)
		puts("nothing is failing");
	else if (is_one)
		table_print_one(json_array_get(seen->certificates, 0));
	else
		table_print(seen->certificates);
	if (is_one && seen->daemon)
		print_pin(arguments, json_array_get(seen->certificates, 0));
	print_walls(seen->daemon);
}

int verb_status(const struct arguments *arguments)
{
	struct seen seen;
	int status = EXIT_NO_DAEMON;

	if (seen_daemon_is_up()) {
		status = seen_ask(arguments, &seen);
	} else {
		ask_fail(status,
			"the daemon is down; this is what the files "
			"say");
		seen_read_files(arguments, &seen);
	}
	bool is_missing = arguments->count && !arguments->is_failing &&
		!json_array_size(seen.certificates);
	if (is_missing && (!status || status == EXIT_NO_DAEMON))
		ask_fail(status, "no certificate matches '%s'",
			arguments->names[0]);
	if (is_missing && !status)
		status = EXIT_FAILED;
	else if (!is_missing)
		print_seen(arguments, &seen);
	seen_clear(&seen);
	return status;
}
