/* SPDX-License-Identifier: MIT */
#include "diagnose_print.h"

#include "json.h"
#include "mem.h"
#include "table_cell.h"
#include "text.h"

#include <stdio.h>
#include <stdlib.h>

#define INDENT 13 /* of what stands below a finding */

/* Has the terminal more than ASCII? */
static bool is_unicode(void)
{
	static const char *const NAMES[] = {"LC_ALL", "LC_CTYPE", "LANG"};

	for (size_t i = 0; i < sizeof(NAMES) / sizeof(*NAMES); i++) {
		const char *value = getenv(NAMES[i]);
		if (value && *value)
			return strstr(value, "UTF-8") || strstr(value, "utf8");
	}
	return false;
}

static const char *mark_of(const char *verdict)
{
	if (streq(verdict, "unknown"))
		return "?";
	if (streq(verdict, "good"))
		return is_unicode() ? "✓" : "+";
	return is_unicode() ? "✗" : "x";
}

/* Verdicts have the colours of states. */
static const char *state_of(const char *verdict)
{
	if (streq(verdict, "good"))
		return "ok";
	return streq(verdict, "bad") ? "failing" : "soon";
}

static void count(struct diagnose_print *print, const json_t *finding)
{
	const char *verdict = member_string_or(finding, "verdict", "");

	print->good += streq(verdict, "good");
	print->unknown += streq(verdict, "unknown");
	print->bad += streq(verdict, "bad");
	if (!streq(verdict, "bad") || print->first)
		return;
	print->first = mem_string(member_string_or(
		finding, "remedy", member_string_or(finding, "text", "")));
}

static void print_json(const char *name, const json_t *value)
{
	json_t *reply cleanup(json) = json_pack("{s:O}", name, value);
	char *text cleanup(string) = json_write(reply);

	if (text)
		puts(text);
}

static void print_line(const struct diagnose_print *print,
	const json_t *finding, const char *verdict)
{
	const char *subject = member_string_or(finding, "subject", "");
	bool is_named = *subject && !streq(subject, print->name);

	printf("%s%s%s %-10s %s%s%s\n", table_colour(state_of(verdict)),
		mark_of(verdict), table_colour_end(state_of(verdict)),
		member_string_or(finding, "check", ""), is_named ? subject : "",
		is_named ? ": " : "", member_string_or(finding, "text", ""));
}

void diagnose_print_finding(struct diagnose_print *print, const json_t *finding)
{
	const char *verdict = member_string_or(finding, "verdict", "");
	const char *code = member_string_or(finding, "code", NULL);

	count(print, finding);
	if (print->is_json) {
		print_json("finding", finding);
		return;
	}
	print_line(print, finding, verdict);
	if (code) {
		printf("%*s%s: %s\n", INDENT, "", code,
			member_string_or(finding, "cause", ""));
		table_fold(INDENT, member_string_or(finding, "remedy", ""));
	}
	fflush(stdout);
}

static const char *verdict_of(const struct diagnose_print *print)
{
	if (print->bad)
		return "bad";
	return print->good ? "good" : "unknown";
}

static void print_first(const struct diagnose_print *print, unsigned all)
{
	char *line cleanup(string) =
		text_format("To do first: %s", print->first);

	printf("\n%u of %u checks found something wrong.\n", print->bad, all);
	table_fold(0, line ? line : print->first);
}

void diagnose_print_end(struct diagnose_print *print)
{
	unsigned all = print->good + print->unknown + print->bad;

	if (print->is_json) {
		json_t *verdict cleanup(json) = json_string(verdict_of(print));
		print_json("verdict", verdict);
	} else if (print->bad)
		print_first(print, all);
	else
		printf("\nNothing is wrong, as far as %u checks can tell.\n",
			all);
	free(take(print->first));
}
