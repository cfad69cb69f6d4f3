/* SPDX-License-Identifier: MIT */

/* acmed-diagnosis(7) has all that the table of causes has. */

#include "diagnosis.h"

#include "mem.h"
#include "suite.h"
#include "text.h"

#include <check.h>
#include <ctype.h>
#include <stdlib.h>

/* As it is read: in one line, without what guards the begin of a line. */
static char *read_manual(void)
{
	char *manual = diagnosis_manual();
	char *to = manual;

	ck_assert_ptr_nonnull(manual);
	for (const char *from = manual; *from; from++) {
		if (text_starts_with(from, "\\&")) {
			from++;
			continue;
		}
		*to++ = (char)(isspace(*from) ? ' ' : *from);
	}
	*to = '\0';
	return manual;
}

START_TEST(every_cause_is_told_whole)
{
	cleanup(string) char *manual = read_manual();
	const struct diagnosis *cause;

	for (size_t i = 0; (cause = diagnosis_at(i)); i++) {
		cleanup(string) char *entry =
			text_format(" .It Sy \"%s  %s\" %s Retry class %s. ",
				cause->code, cause->sentence, cause->remedy,
				backoff_class_name(cause->class));
		ck_assert_msg(strstr(manual, entry) != NULL, "%s", entry);
	}
}
END_TEST

START_TEST(a_code_without_a_cause_has_its_reason)
{
	cleanup(string) char *manual = read_manual();
	size_t count;
	const struct diagnosis_absent *absent = diagnosis_absent(&count);

	for (size_t i = 0; i < count; i++) {
		cleanup(string) char *entry = text_format(
			" .It Sy %s %s ", absent[i].code, absent[i].reason);
		ck_assert_msg(strstr(manual, entry) != NULL, "%s", entry);
	}
}
END_TEST

START_TEST(every_group_has_a_title_of_its_own)
{
	cleanup(string) char *manual = read_manual();
	const struct diagnosis *cause;

	for (size_t i = 0; (cause = diagnosis_at(i)); i++) {
		cleanup(string) char *title =
			text_format(" .Ss %c: ", *cause->code);
		const char *at = strstr(manual, title + (i == 0));
		ck_assert_msg(at || i < 12, "%s", title);
		ck_assert(!at || !strstr(at + 1, title));
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("diagnosis_manual");
	TCase *tests = tcase_create("diagnosis_manual");

	tcase_add_test(tests, every_cause_is_told_whole);
	tcase_add_test(tests, a_code_without_a_cause_has_its_reason);
	tcase_add_test(tests, every_group_has_a_title_of_its_own);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
