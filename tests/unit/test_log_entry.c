/* SPDX-License-Identifier: MIT */
#include "log_entry.h"

#include "diagnosis.h"
#include "mem.h"
#include "suite.h"

#include <check.h>
#include <endian.h>

static struct text entry;

static void set_up(void)
{
	entry = (struct text){.limit = 8192};
}

static void tear_down(void)
{
	text_clear(&entry);
}

static bool has(const char *line)
{
	return strstr(entry.data, line) != NULL;
}

START_TEST(fields_are_lines)
{
	struct error err;

	fail_cause(&err, ERROR_TRANSIENT, "N1", "no route");
	log_entry_build(&entry,
		&(struct event){
			.name = "failed",
			.priority = LOG_ERR,
			.certificate = "example.org",
			.ca = "test",
			.serial = "01ab",
			.not_after = 1800000000,
			.err = &err,
			.attempt = 3,
			.text = "not renewed",
		});
	ck_assert(has("MESSAGE=example.org: not renewed\n"));
	ck_assert(has("\nPRIORITY=3\n"));
	ck_assert(has("\nSYSLOG_IDENTIFIER=acmed\n"));
	ck_assert(has("\nACMED_EVENT=failed\n"));
	ck_assert(has("\nACMED_CERTIFICATE=example.org\n"));
	ck_assert(has("\nACMED_CA=test\n"));
	ck_assert(has("\nACMED_SERIAL=01ab\n"));
	ck_assert(has("\nACMED_NOT_AFTER=2027-01-15T08:00:00Z\n"));
	ck_assert(has("\nACMED_DIAGNOSIS=N1\n"));
	ck_assert(has("\nACMED_ATTEMPT=3\n"));
	ck_assert(has("\nMESSAGE_ID="));
	ck_assert(!has("ACMED_NAMES"));
	ck_assert(!has("ACMED_NEXT"));
}
END_TEST

START_TEST(a_cause_has_another_id_than_its_event)
{
	struct error err;
	char id[80];

	log_entry_build(&entry, &(struct event){.name = "failed", .text = "x"});
	const char *found = strstr(entry.data, "MESSAGE_ID=");
	ck_assert_ptr_nonnull(found);
	snprintf(id, sizeof(id), "%.*s", (int)strcspn(found, "\n"), found);
	text_clear(&entry);
	entry = (struct text){.limit = 8192};
	fail_cause(&err, ERROR_TRANSIENT, "N1", "no route");
	log_entry_build(&entry,
		&(struct event){.name = "failed", .text = "x", .err = &err});
	ck_assert(has("MESSAGE_ID="));
	ck_assert(!has(id));
}
END_TEST

/* So that `journalctl -x` explains it. */
START_TEST(every_failure_has_the_code_and_the_id_of_its_cause)
{
	cleanup(string) char *catalog = diagnosis_catalog();
	const struct diagnosis *cause;
	struct error err;

	for (size_t i = 0; (cause = diagnosis_at(i)); i++) {
		cleanup(string) char *id =
			text_format("\nMESSAGE_ID=%s\n", cause->message_id);
		cleanup(string) char *code =
			text_format("\nACMED_DIAGNOSIS=%s\n", cause->code);
		cleanup(string) char *header = text_format("-- %s\nSubject: %s",
			cause->message_id, cause->sentence);
		fail_cause(&err, ERROR_TRANSIENT, cause->code, "words");
		log_entry_build(&entry,
			&(struct event){.name = "deploy-failed",
				.text = "x",
				.err = &err});
		ck_assert(has(id) && has(code));
		ck_assert_ptr_nonnull(strstr(catalog, header));
		text_clear(&entry);
		entry = (struct text){.limit = 8192};
	}
}
END_TEST

START_TEST(a_line_break_cannot_make_a_field)
{
	log_entry_build(&entry,
		&(struct event){.name = "step",
			.priority = LOG_INFO,
			.text = "one\nPRIORITY=0"});
	uint64_t length = htole64(strlen("one\nPRIORITY=0"));
	ck_assert_mem_eq(entry.data, "MESSAGE\n", 8);
	ck_assert_mem_eq(entry.data + 8, &length, 8);
	ck_assert_mem_eq(entry.data + 16, "one\nPRIORITY=0\n", 15);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("log_entry");
	TCase *tests = tcase_create("log_entry");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(tests, fields_are_lines);
	tcase_add_test(tests, a_cause_has_another_id_than_its_event);
	tcase_add_test(
		tests, every_failure_has_the_code_and_the_id_of_its_cause);
	tcase_add_test(tests, a_line_break_cannot_make_a_field);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
