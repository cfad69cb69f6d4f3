/* SPDX-License-Identifier: MIT */

/*
 * status and check: what the daemon says of its certificates, or without it
 * what the files say.
 */

#include "ask.h"
#include "client.h"
#include "duration.h"
#include "json.h"
#include "mem.h"
#include "offline.h"
#include "table.h"
#include "text.h"
#include "timestamp.h"

#include <fnmatch.h>
#include <stdio.h>
#include <time.h>

struct seen {
	json_t *daemon; /* owned, or NULL */
	json_t *certificates; /* owned */
};

static void take_page(void *data, const json_t *reply)
{
	struct seen *seen = data;
	json_t *daemon = json_object_get(reply, "daemon");

	if (daemon)
		seen->daemon = json_incref(daemon);
	json_array_extend(
		seen->certificates, json_object_get(reply, "certificates"));
}

static void clear_seen(struct seen *seen)
{
	json_decref(seen->daemon);
	json_decref(seen->certificates);
}

static bool daemon_is_up(void)
{
	struct client *client = client_new(NULL);

	client_free(client);
	return client != NULL;
}

static json_t *parameters_of(const struct arguments *arguments)
{
	json_t *parameters =
		json_pack("{s:b}", "failing", arguments->is_failing);

	if (arguments->count)
		json_object_set_new(parameters, "pattern",
			json_string(arguments->names[0]));
	return parameters;
}

static int see(const struct arguments *arguments, struct seen *seen)
{
	struct arguments quiet = *arguments;

	quiet.is_json = false;
	seen->daemon = NULL;
	seen->certificates = json_array();
	return ask(&quiet, "Status", parameters_of(arguments), true, take_page,
		seen);
}

/* From the files; the pattern is matched here. */
static void see_files(const struct arguments *arguments, struct seen *seen)
{
	json_t *all cleanup(json) = offline_certificates();
	const char *pattern = arguments->count ? arguments->names[0] : "*";

	seen->daemon = NULL;
	seen->certificates = json_array();
	for (size_t i = 0; i < json_array_size(all); i++) {
		json_t *one = json_array_get(all, i);
		if (fnmatch(pattern, member_string_or(one, "name", ""), 0) == 0)
			json_array_append(seen->certificates, one);
	}
}

static void print_walls(const json_t *daemon)
{
	const json_t *missing = json_object_get(daemon, "walls_missing");
	const char *mistake = member_string_or(daemon, "mistake", NULL);

	for (size_t i = 0; i < json_array_size(missing); i++)
		printf("A wall is not up: %s\n",
			json_string_value(json_array_get(missing, i)));
	if (json_is_false(json_object_get(daemon, "may_reload")))
		puts("acmed-deploy reloads units: acmed itself may not, for "
		     "want of polkit or its rule");
	if (mistake)
		printf("The accepted configuration is used: %s\n", mistake);
}

static void print_seen(const struct arguments *arguments, struct seen *seen)
{
	size_t count = json_array_size(seen->certificates);
	bool is_one = arguments->count && count == 1;

	if (arguments->is_json) {
		char *text cleanup(string) = NULL;
		json_t *reply cleanup(json) =
			json_pack("{s:O}", "certificates", seen->certificates);
		if (seen->daemon)
			json_object_set(reply, "daemon", seen->daemon);
		text = json_write(reply);
		puts(text ? text : "{}");
		return;
	}
	if (is_one)
		table_print_one(json_array_get(seen->certificates, 0));
	else
		table_print(seen->certificates);
	print_walls(seen->daemon);
}

int verb_status(const struct arguments *arguments)
{
	struct seen seen;
	int status = EXIT_NO_DAEMON;

	if (daemon_is_up()) {
		status = see(arguments, &seen);
	} else {
		ask_fail(status,
			"the daemon is down; this is what the files "
			"say");
		see_files(arguments, &seen);
	}
	bool is_missing =
		arguments->count && !json_array_size(seen.certificates);
	if (is_missing && (!status || status == EXIT_NO_DAEMON))
		ask_fail(status, "no certificate matches '%s'",
			arguments->names[0]);
	if (is_missing && !status)
		status = EXIT_FAILED;
	else if (!is_missing)
		print_seen(arguments, &seen);
	clear_seen(&seen);
	return status;
}

/* check: exit status and words of a monitoring plug-in. */

enum verdict {
	VERDICT_OK,
	VERDICT_WARNING,
	VERDICT_CRITICAL,
	VERDICT_UNKNOWN,
};

static int64_t date_of(const json_t *object, const char *name)
{
	int64_t when = 0;

	timestamp_parse(member_string_or(object, name, ""), &when);
	return when;
}

/* A placeholder is none. */
static bool has_certificate(const json_t *certificate)
{
	const json_t *installed = json_object_get(certificate, "installed");

	return installed &&
		!json_is_true(json_object_get(installed, "placeholder"));
}

static int64_t left_of(const json_t *certificate)
{
	return date_of(json_object_get(certificate, "installed"), "not_after") -
		time(NULL);
}

/* By default it warns as WarnBefore= says, and a quarter of the slack is
 * critical. */
static enum verdict judge_date(
	const struct arguments *arguments, const json_t *certificate)
{
	int64_t left = left_of(certificate);
	int64_t warning = arguments->warning;
	int64_t critical = arguments->critical;
	int64_t warn_at = date_of(certificate, "warn_at");

	if (!critical)
		critical = member_integer_or(certificate, "slack", 0) / 4;
	if (left <= critical)
		return VERDICT_CRITICAL;
	if (warning ? left <= warning : warn_at && warn_at <= time(NULL))
		return VERDICT_WARNING;
	return VERDICT_OK;
}

static enum verdict judge(
	const struct arguments *arguments, const json_t *certificate)
{
	const char *state = member_string_or(certificate, "state", "");

	if (streq(state, "failing") || streq(state, "expired"))
		return VERDICT_CRITICAL;
	if (!has_certificate(certificate))
		return VERDICT_WARNING;
	return judge_date(arguments, certificate);
}

struct summary {
	enum verdict verdict;
	const json_t *worst;
	const json_t *first; /* to expire */
	size_t count;
	size_t bad;
};

static void sum(const struct arguments *arguments, const json_t *certificates,
	struct summary *summary)
{
	summary->count = json_array_size(certificates);
	for (size_t i = 0; i < summary->count; i++) {
		const json_t *one = json_array_get(certificates, i);
		enum verdict verdict = judge(arguments, one);
		if (has_certificate(one) &&
			(!summary->first ||
				left_of(one) < left_of(summary->first)))
			summary->first = one;
		if (verdict == VERDICT_OK)
			continue;
		summary->bad++;
		if (verdict <= summary->verdict)
			continue;
		summary->verdict = verdict;
		summary->worst = one;
	}
}

static void print_summary(const struct summary *summary, const char *what)
{
	static const char *const WORDS[] = {
		"OK", "WARNING", "CRITICAL", "UNKNOWN"};
	const json_t *named = summary->worst ? summary->worst : summary->first;
	const json_t *error = json_object_get(named, "error");
	char left[DURATION_SIZE] = "";

	printf("ACMED %s - %s%zu certificate%s", WORDS[summary->verdict], what,
		summary->count, summary->count == 1 ? "" : "s");
	if (named) {
		duration_format(left_of(named), left);
		printf(", %s is %s, %s%s", member_string_or(named, "name", ""),
			member_string_or(named, "state", ""),
			has_certificate(named) ? left : "never issued",
			has_certificate(named) ? " left" : "");
	}
	if (error)
		printf(": %s", member_string_or(error, "text", ""));
	printf(" | certificates=%zu bad=%zu", summary->count, summary->bad);
	if (summary->first)
		printf(" left=%llds", (long long)left_of(summary->first));
	putchar('\n');
}

int verb_check(const struct arguments *arguments)
{
	struct summary summary = {0};
	bool is_up = daemon_is_up();
	struct seen seen;

	if (is_up && see(arguments, &seen)) {
		clear_seen(&seen);
		summary.verdict = VERDICT_UNKNOWN;
		print_summary(&summary, "the daemon does not answer, ");
		return VERDICT_UNKNOWN;
	}
	if (!is_up)
		see_files(arguments, &seen);
	if (arguments->count && !json_array_size(seen.certificates)) {
		clear_seen(&seen);
		printf("ACMED UNKNOWN - no certificate matches '%s'\n",
			arguments->names[0]);
		return VERDICT_UNKNOWN;
	}
	sum(arguments, seen.certificates, &summary);
	if (!is_up)
		summary.verdict = VERDICT_CRITICAL;
	print_summary(&summary, is_up ? "" : "the daemon is down, ");
	clear_seen(&seen);
	return (int)summary.verdict;
}
