/* SPDX-License-Identifier: MIT */
#include "diagnosis.h"

#include "mem.h"
#include "suite.h"
#include "text.h"

#include <check.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

static void check_message_id(const char *id)
{
	ck_assert_uint_eq(strlen(id), 32);
	for (size_t i = 0; i < 32; i++)
		ck_assert(isdigit(id[i]) || (id[i] >= 'a' && id[i] <= 'f'));
}

START_TEST(every_cause_is_whole)
{
	const struct diagnosis *row;
	size_t count = 0;

	for (; (row = diagnosis_at(count)); count++) {
		ck_assert_uint_lt(strlen(row->code),
			sizeof(((struct error *)NULL)->code));
		check_message_id(row->message_id);
		ck_assert_uint_gt(strlen(row->sentence), 10);
		ck_assert_uint_lt(strlen(row->sentence), 72);
		ck_assert(!text_ends_with(row->sentence, "."));
		ck_assert(text_ends_with(row->remedy, "."));
		ck_assert_ptr_eq(diagnosis_find(row->code), row);
	}
	ck_assert_uint_gt(count, 100);
}
END_TEST

/* How many entries each group of failures.md has. */
static const struct {
	char letter;
	int count;
} ATLAS[] = {
	{'N', 12},
	{'H', 16},
	{'T', 5},
	{'D', 10},
	{'A', 6},
	{'R', 8},
	{'C', 4},
	{'L', 15},
	{'M', 10},
	{'P', 12},
	{'K', 10},
	{'X', 5},
};

static bool is_absent(const char *code)
{
	size_t count;
	const struct diagnosis_absent *absent = diagnosis_absent(&count);

	for (size_t i = 0; i < count; i++)
		if (streq(absent[i].code, code))
			return *absent[i].reason != '\0';
	return false;
}

START_TEST(every_way_to_fail_has_a_row_or_a_reason)
{
	char code[16];
	int ways = 0;

	for (size_t i = 0; i < sizeof(ATLAS) / sizeof(*ATLAS); i++)
		for (int n = 1; n <= ATLAS[i].count; n++, ways++) {
			snprintf(
				code, sizeof(code), "%c%d", ATLAS[i].letter, n);
			ck_assert_msg(is_absent(code) == !diagnosis_find(code),
				"%s", code);
		}
	ck_assert_int_eq(ways, 113);
}
END_TEST

START_TEST(no_message_id_stands_twice)
{
	const struct diagnosis *cause;
	size_t event_count;
	const struct diagnosis_event *events = diagnosis_events(&event_count);
	const char *ids[256];
	size_t count = 0;

	ck_assert_uint_le(event_count, 100);
	while (count < 156 && (cause = diagnosis_at(count)))
		ids[count++] = cause->message_id;
	for (size_t i = 0; i < event_count; i++) {
		check_message_id(events[i].message_id);
		ids[count++] = events[i].message_id;
	}
	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; j < i; j++)
			ck_assert_str_ne(ids[i], ids[j]);
}
END_TEST

START_TEST(an_event_is_found_by_its_name)
{
	static const char *const names[] = {"started", "stopped", "configured",
		"config-rejected", "attempt", "issued", "installed",
		"placeholder", "exported", "hooked", "reloaded", "verified",
		"renewed", "failed", "deploy-failed", "expiring", "expired",
		"held", "unheld", "rolled-back", "orphan", "reloading"};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		ck_assert_str_eq(
			diagnosis_event_find(names[i])->name, names[i]);
	ck_assert_ptr_null(diagnosis_event_find("unheard-of"));
	ck_assert_ptr_null(diagnosis_find(""));
	ck_assert_ptr_null(diagnosis_find("Z99"));
}
END_TEST

/* systemd reads the entries of a catalog by "-- ID", its header and a blank
 * line (https://systemd.io/CATALOG). */
START_TEST(the_catalog_has_every_message_id)
{
	char *catalog = diagnosis_catalog();
	const struct diagnosis *cause;
	size_t event_count;
	const struct diagnosis_event *events = diagnosis_events(&event_count);

	ck_assert_ptr_nonnull(catalog);
	for (size_t i = 0; (cause = diagnosis_at(i)); i++) {
		const char *entry = strstr(catalog, cause->message_id);
		ck_assert_ptr_nonnull(entry);
		ck_assert(text_starts_with(entry + 32, "\nSubject: "));
		ck_assert_ptr_nonnull(strstr(entry, cause->sentence));
	}
	for (size_t i = 0; i < event_count; i++)
		ck_assert_ptr_nonnull(strstr(catalog, events[i].message_id));
	free(catalog);
}
END_TEST

START_TEST(a_cause_comes_with_and_without_a_certificate)
{
	const struct diagnosis *cause;
	char *catalog = diagnosis_catalog();

	for (size_t i = 0; (cause = diagnosis_at(i)); i++) {
		const char *entry = strstr(catalog, cause->message_id);
		const char *end = strstr(entry, "\n-- ");
		ck_assert(!end || !memchr(entry, '@', (size_t)(end - entry)));
	}
	free(catalog);
}
END_TEST

/* What each field is set for, at the least. */
static const struct {
	const char *field;
	const char *events; /* NULL: all that speak of a certificate */
} FIELDS[] = {
	{"CERTIFICATE", NULL},
	{"SERIAL", " verified renewed "},
	{"NOT_AFTER", " renewed expiring "},
	{"NEXT", " failed deploy-failed renewed "},
	{"CA", " account "},
};

static bool carries(const char *name, const char *field, size_t length)
{
	static const char of_nobody[] =
		" started stopped reloading configured config-rejected "
		"config-doubted error step account ";
	cleanup(string) char *word = text_format(" %s ", name);

	for (size_t i = 0; i < sizeof(FIELDS) / sizeof(*FIELDS); i++)
		if (strlen(FIELDS[i].field) == length &&
			!strncmp(FIELDS[i].field, field, length))
			return FIELDS[i].events
				? strstr(FIELDS[i].events, word) != NULL
				: strstr(of_nobody, word) == NULL;
	return false;
}

START_TEST(an_event_names_only_what_it_has)
{
	size_t count;
	const struct diagnosis_event *events = diagnosis_events(&count);

	for (size_t i = 0; i < count; i++) {
		cleanup(string) char *entry = text_format(
			"%s %s", events[i].subject, events[i].explanation);
		for (const char *at = strstr(entry, "@ACMED_"); at;
			at = strstr(strchr(at + 1, '@'), "@ACMED_")) {
			const char *field = at + strlen("@ACMED_");
			ck_assert_msg(carries(events[i].name, field,
					      strcspn(field, "@")),
				"%s: %s", events[i].name, at);
		}
	}
}
END_TEST

START_TEST(no_line_of_the_catalog_is_wider_than_a_terminal)
{
	char *catalog = diagnosis_catalog();
	char *rest = NULL;

	for (char *line = strtok_r(catalog, "\n", &rest); line;
		line = strtok_r(NULL, "\n", &rest))
		ck_assert_msg(strlen(line) <= 80, "%s", line);
	free(catalog);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("diagnosis");
	TCase *tests = tcase_create("diagnosis");

	tcase_add_test(tests, every_cause_is_whole);
	tcase_add_test(tests, every_way_to_fail_has_a_row_or_a_reason);
	tcase_add_test(tests, no_message_id_stands_twice);
	tcase_add_test(tests, an_event_is_found_by_its_name);
	tcase_add_test(tests, the_catalog_has_every_message_id);
	tcase_add_test(tests, a_cause_comes_with_and_without_a_certificate);
	tcase_add_test(tests, an_event_names_only_what_it_has);
	tcase_add_test(tests, no_line_of_the_catalog_is_wider_than_a_terminal);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
