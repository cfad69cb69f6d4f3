/* SPDX-License-Identifier: MIT */
#include "table.h"

#include "duration.h"
#include "json.h"
#include "text.h"
#include "timestamp.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#define DEFAULT_WIDTH 100
#define STATE_WIDTH 20
#define LEFT_WIDTH 10

static int terminal_width(void)
{
	struct winsize size;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 40)
		return size.ws_col;
	return DEFAULT_WIDTH;
}

static const char *colour(const char *state)
{
	if (!isatty(STDOUT_FILENO) || getenv("NO_COLOR"))
		return "";
	if (streq(state, "ok"))
		return "\033[32m";
	if (streq(state, "failing") || streq(state, "expired"))
		return "\033[31m";
	return "\033[33m";
}

static const char *colour_end(void)
{
	return *colour("ok") ? "\033[0m" : "";
}

/* Time from now to a member that is a date, "" without one. */
static void until(
	const json_t *object, const char *name, char out[static DURATION_SIZE])
{
	int64_t when;

	out[0] = '\0';
	if (timestamp_parse(member_string_or(object, name, ""), &when))
		duration_format(when - time(NULL), out);
}

static const json_t *error_of(const json_t *certificate)
{
	const json_t *error = json_object_get(certificate, "error");

	if (error)
		return error;
	return json_object_get(json_object_get(certificate, "deploy"), "error");
}

static void print_next(const json_t *certificate, char *out, size_t size)
{
	char wait[DURATION_SIZE];

	until(certificate, "next", wait);
	snprintf(out, size, "%s%s%s",
		member_string_or(certificate, "action", "unknown"),
		*wait ? " in " : "", wait);
}

static int name_width(const json_t *certificates)
{
	size_t width = 4;

	for (size_t i = 0; i < json_array_size(certificates); i++) {
		size_t length = strlen(member_string_or(
			json_array_get(certificates, i), "name", ""));
		if (length > width)
			width = length;
	}
	return width > 32 ? 32 : (int)width;
}

/* Of a certificate; a placeholder is none. */
static void left_of(const json_t *certificate, char out[static DURATION_SIZE])
{
	const json_t *installed = json_object_get(certificate, "installed");

	out[0] = '\0';
	if (!json_is_true(json_object_get(installed, "placeholder")))
		until(installed, "not_after", out);
}

static void print_row(const json_t *certificate, int names, int width)
{
	const char *state = member_string_or(certificate, "state", "");
	char left[DURATION_SIZE], next[64];
	char line[512];

	left_of(certificate, left);
	print_next(certificate, next, sizeof(next));
	snprintf(line, sizeof(line), "%-18s %s", next,
		member_string_or(error_of(certificate), "text", ""));
	printf("%-*.*s  %-*s  %s%-*s%s  %.*s\n", names, names,
		member_string_or(certificate, "name", ""), LEFT_WIDTH,
		*left ? left : "-", colour(state), STATE_WIDTH, state,
		colour_end(), width - names - LEFT_WIDTH - STATE_WIDTH - 6,
		line);
}

/* The worst first: what has failed, in the order of what is left. */
static const json_t *first_to_mend(const json_t *certificates)
{
	const json_t *worst = NULL;
	const char *date = "9999";

	for (size_t i = 0; i < json_array_size(certificates); i++) {
		const json_t *one = json_array_get(certificates, i);
		const char *not_after = member_string_or(
			json_object_get(one, "installed"), "not_after", "0000");
		if (!error_of(one) || strcmp(not_after, date) >= 0)
			continue;
		worst = one;
		date = not_after;
	}
	return worst;
}

static void print_advice(const json_t *certificate)
{
	const json_t *error = error_of(certificate);
	const char *remedy = member_string_or(error, "remedy", NULL);

	if (!error)
		return;
	printf("\nTo do first: %s: %s\n",
		member_string_or(certificate, "name", ""),
		remedy ? remedy : member_string_or(error, "text", ""));
}

void table_print(const json_t *certificates)
{
	int names = name_width(certificates);

	if (!json_array_size(certificates)) {
		puts("no certificates; acmectl add NAME makes one");
		return;
	}
	printf("%-*s  %-*s  %-*s  %-18s %s\n", names, "NAME", LEFT_WIDTH,
		"LEFT", STATE_WIDTH, "STATE", "NEXT", "LAST ERROR");
	for (size_t i = 0; i < json_array_size(certificates); i++)
		print_row(json_array_get(certificates, i), names,
			terminal_width());
	print_advice(first_to_mend(certificates));
}

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

	print_next(certificate, next, sizeof(next));
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

	left_of(certificate, left);
	printf("%s: %s%s%s\n", member_string_or(certificate, "name", ""),
		colour(state), state, colour_end());
	print_list("names", certificate, "identifiers");
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
