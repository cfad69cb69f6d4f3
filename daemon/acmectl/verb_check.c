/* SPDX-License-Identifier: MIT */

/*
 * check: exit status and words of a monitoring plug-in.
 */

#include "ask.h"
#include "duration.h"
#include "json.h"
#include "seen.h"
#include "state_word.h"
#include "tell.h"
#include "text.h"
#include "timestamp.h"
#include "vitals.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

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

/* Clients may refuse it, whatever its date. */
static bool is_revoked(const json_t *certificate)
{
	return json_is_true(json_object_get(
		json_object_get(certificate, "installed"), "revoked"));
}

static int64_t expiry_of(const json_t *certificate)
{
	return date_of(json_object_get(certificate, "installed"), "not_after");
}

/* Of what is served: the one before, until what is installed is in service. */
static int64_t left_of(const json_t *certificate)
{
	int64_t expiry = expiry_of(certificate);
	int64_t deadline =
		date_of(json_object_get(certificate, "deploy"), "deadline");

	return (deadline && deadline < expiry ? deadline : expiry) - time(NULL);
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
	if (!warning && warn_at)
		warning = expiry_of(certificate) - warn_at;
	if (left <= critical)
		return VERDICT_CRITICAL;
	return left <= warning ? VERDICT_WARNING : VERDICT_OK;
}

/* An orphan that nobody serves does no harm, whatever its date, nor does what
 * is retired. */
static bool is_left_alone(const json_t *certificate)
{
	const char *state = member_string_or(certificate, "state", "");

	if (streq(state, "retired"))
		return true;
	return streq(state, "orphan") &&
		!json_array_size(json_object_get(certificate, "endpoints"));
}

/* Nothing renews an orphan, and a file with a mistake waits for somebody. */
static bool is_neglected(const json_t *certificate)
{
	return streq(member_string_or(certificate, "state", ""), "orphan") ||
		json_object_get(certificate, "waits_for_file");
}

static enum verdict judge(
	const struct arguments *arguments, const json_t *certificate)
{
	const char *state = member_string_or(certificate, "state", "");

	if (state_is_bad(state) || is_revoked(certificate))
		return VERDICT_CRITICAL;
	if (!has_certificate(certificate))
		return VERDICT_WARNING;
	enum verdict verdict = judge_date(arguments, certificate);
	return verdict == VERDICT_OK && is_neglected(certificate)
		? VERDICT_WARNING
		: verdict;
}

struct summary {
	enum verdict verdict;
	const json_t *worst;
	const json_t *first; /* to expire */
	size_t count;
	size_t bad;
	const char *mistake; /* of acmed.conf, or NULL */
	bool tells_nobody;
};

static void sum(const struct arguments *arguments, const json_t *certificates,
	struct summary *summary)
{
	summary->count = json_array_size(certificates);
	for (size_t i = 0; i < summary->count; i++) {
		const json_t *one = json_array_get(certificates, i);
		if (is_left_alone(one))
			continue;
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

static void print_named(FILE *out, const json_t *named)
{
	const char *state = member_string_or(named, "state", "");
	const char *file = member_string_or(named, "waits_for_file", NULL);
	const json_t *error = json_object_get(named, "error");
	char left[DURATION_SIZE] = "";

	duration_format(left_of(named), left);
	fprintf(out, ", %s is %s%s%s, %s%s",
		member_string_or(named, "name", ""), state,
		streq(state, "orphan") ? " but still served" : "",
		is_revoked(named) ? ", revoked" : "",
		has_certificate(named) ? left : "never issued",
		has_certificate(named) ? " left" : "");
	if (error)
		fprintf(out, ": %s", member_string_or(error, "text", ""));
	if (file)
		fprintf(out, ", waits for %s", file);
}

static void print_summary(
	FILE *out, const struct summary *summary, const char *what)
{
	static const char *const WORDS[] = {
		"OK", "WARNING", "CRITICAL", "UNKNOWN"};
	const json_t *named = summary->worst ? summary->worst : summary->first;

	fprintf(out, "ACMED %s - %s%zu certificate%s", WORDS[summary->verdict],
		what, summary->count, summary->count == 1 ? "" : "s");
	if (summary->tells_nobody)
		fputs(", nobody would be told: run 'acmectl notify-test'", out);
	if (summary->mistake)
		fprintf(out, ", the accepted configuration is used: %s",
			summary->mistake);
	if (named)
		print_named(out, named);
	fprintf(out, " | certificates=%zu bad=%zu", summary->count,
		summary->bad);
	if (summary->first)
		fprintf(out, " left=%llds", (long long)left_of(summary->first));
	putc('\n', out);
}

/* To who asked, and to people when something is wrong. */
static void publish(const struct arguments *arguments,
	const struct summary *summary, const char *what)
{
	char *line = NULL;
	size_t length;
	FILE *out = open_memstream(&line, &length);

	if (!out)
		abort();
	print_summary(out, summary, what);
	fclose(out);
	fputs(line, stdout);
	if (arguments->is_telling && summary->verdict != VERDICT_OK &&
		!tell_people(summary->verdict == VERDICT_CRITICAL
				? ALERT_CRITICAL
				: ALERT_WARNING,
			line))
		ask_fail(EXIT_FAILED, "nobody was told");
	free(line);
}

/* The line, and its end; `least` is how bad it is whatever is seen. */
static int conclude(const struct arguments *arguments, struct seen *seen,
	enum verdict least, const char *what)
{
	struct summary summary = {0};

	if (arguments->count && !json_array_size(seen->certificates)) {
		printf("ACMED UNKNOWN - no certificate matches '%s'\n",
			arguments->names[0]);
		seen_clear(seen);
		return VERDICT_UNKNOWN;
	}
	summary.mistake = member_string_or(seen->daemon, "mistake", NULL);
	summary.tells_nobody =
		json_object_get(json_object_get(seen->daemon, "telling"),
			"nobody_told") != NULL;
	if (summary.mistake || summary.tells_nobody)
		summary.verdict = VERDICT_WARNING;
	sum(arguments, seen->certificates, &summary);
	if (summary.verdict < least)
		summary.verdict = least;
	publish(arguments, &summary, what);
	seen_clear(seen);
	return (int)summary.verdict;
}

/* From the files and the wire; of the daemon only whether it lives. */
static int check_served(const struct arguments *arguments)
{
	char what[sizeof(((struct error *)0)->text) + 2] = "";
	struct error err;
	struct seen seen;
	bool is_alive = vitals_check(&err);

	if (!is_alive)
		snprintf(what, sizeof(what), "%s, ", err.text);
	seen_look(arguments, is_alive || !streq(err.code, "M1"), &seen);
	return conclude(arguments, &seen,
		is_alive ? VERDICT_OK : VERDICT_CRITICAL, what);
}

int verb_check(const struct arguments *arguments)
{
	struct summary summary = {.verdict = VERDICT_UNKNOWN};
	struct seen seen;

	if (arguments->is_served)
		return check_served(arguments);
	bool is_up = seen_daemon_is_up();
	if (is_up && seen_ask(arguments, &seen)) {
		seen_clear(&seen);
		publish(arguments, &summary, "the daemon does not answer, ");
		return VERDICT_UNKNOWN;
	}
	if (!is_up)
		seen_read_files(arguments, &seen);
	return conclude(arguments, &seen, is_up ? VERDICT_OK : VERDICT_CRITICAL,
		is_up ? "" : "the daemon is down, ");
}
