/* SPDX-License-Identifier: MIT */
#include "table.h"

#include "json.h"
#include "table_cell.h"

#include <stdio.h>

static void print_member(
	const char *title, const json_t *object, const char *name)
{
	const char *value = member_string_or(object, name, NULL);

	if (value)
		printf("  %-12s %s\n", title, value);
}

static void print_list(
	const char *title, const json_t *object, const char *name)
{
	const json_t *list = json_object_get(object, name);

	if (!json_array_size(list))
		return;
	printf("  %-12s", title);
	for (size_t i = 0; i < json_array_size(list); i++)
		printf(" %s", json_string_value(json_array_get(list, i)));
	putchar('\n');
}

static void print_error(const char *title, const json_t *error)
{
	const char *code = member_string_or(error, "code", NULL);

	if (!error)
		return;
	printf("  %-12s %s\n", title, member_string_or(error, "text", ""));
	if (code)
		printf("  %-12s %s: %s\n", "", code,
			member_string_or(error, "cause", ""));
	print_member("remedy", error, "remedy");
}

static void print_why(const json_t *certificate)
{
	char next[64];

	table_next(certificate, next, sizeof(next));
	printf("  %-12s %s: %s\n", "next", next,
		member_string_or(certificate, "why", "the daemon is down"));
}

static void print_installed(const json_t *installed, const char *left)
{
	print_member("serial", installed, "serial");
	if (member_bool_or(installed, "revoked", false))
		printf("  %-12s %s\n", "", "it is revoked");
	print_member("issuer", installed, "issuer");
	printf("  %-12s %s (%s left)\n", "expires",
		member_string_or(installed, "not_after", ""), left);
}

static void print_key(const json_t *certificate)
{
	const json_t *installed = json_object_get(certificate, "installed");
	const char *type = member_string_or(certificate, "key", "");
	const char *request = member_string_or(certificate, "csr", NULL);

	if (request)
		printf("  %-12s %s, not on this machine (CSR=%s)\n", "key",
			type, request);
	else if (member_bool_or(installed, "key_elsewhere", false))
		printf("  %-12s %s; that of what is installed is not on this "
		       "machine\n",
			"key", type);
	else
		print_member("key", certificate, "key");
}

static void print_window(const json_t *info)
{
	if (!info)
		return;
	printf("  %-12s %s to %s\n", "CA suggests",
		member_string_or(info, "start", ""),
		member_string_or(info, "end", ""));
	print_member("because", info, "explanation");
}

static void print_deployed(const json_t *deploy)
{
	const char *note = member_string_or(deploy, "note", NULL);

	if (deploy)
		printf("  %-12s %s%s%s\n", "deployed",
			member_string_or(deploy, "outcome", ""),
			note ? ", " : "", note ? note : "");
}

static void print_revoking(const json_t *certificate)
{
	const json_t *revoking = json_object_get(certificate, "revoking");

	if (revoking)
		printf("  %-12s serial %s, as asked for: acmectl revoke %s\n",
			"to revoke", member_string_or(revoking, "serial", ""),
			member_string_or(certificate, "name", ""));
}

void table_print_one(const json_t *certificate)
{
	const json_t *installed = json_object_get(certificate, "installed");
	const json_t *deploy = json_object_get(certificate, "deploy");
	const char *state = member_string_or(certificate, "state", "");
	char left[DURATION_SIZE];

	table_left(certificate, left);
	printf("%s: %s%s%s\n", member_string_or(certificate, "name", ""),
		table_colour(state), state, table_colour_end(state));
	print_list("names", certificate, "identifiers");
	print_list("left out", certificate, "left_out");
	print_member("file", certificate, "file");
	print_member("CA", certificate, "ca");
	print_list("of CAs", certificate, "failover");
	print_key(certificate);
	if (*left)
		print_installed(installed, left);
	else if (installed)
		printf("  %-12s %s\n", "installed",
			"a placeholder: no CA has issued it yet");
	print_member("renewal", certificate, "renewal");
	print_window(json_object_get(certificate, "renewal_info"));
	print_why(certificate);
	print_deployed(deploy);
	print_list("seen at", certificate, "endpoints");
	print_member("last attempt", certificate, "last_attempt");
	print_error("error", json_object_get(certificate, "error"));
	print_member(
		"limit until", json_object_get(certificate, "limit"), "until");
	print_error("deploy error", json_object_get(deploy, "error"));
	print_member("held until", certificate, "held_until");
	print_member("waits for", certificate, "waits_for_file");
	print_member("damage", certificate, "problem");
	print_revoking(certificate);
}

void table_print_pin(const json_t *account)
{
	const json_t *pin = json_array_get(json_object_get(account, "caa"), 0);

	if (pin)
		printf("  %-12s CAA 0 issue \"%s\"\n", "to pin it",
			member_string_or(pin, "value", ""));
}
