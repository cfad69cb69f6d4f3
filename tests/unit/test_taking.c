/* SPDX-License-Identifier: MIT */
#include "taking.h"

#include "json.h"
#include "mem.h"
#include "suite.h"
#include "text.h"
#include "vault_run.h"

#include <check.h>
#include <stdio.h>
#include <sys/stat.h>

#define MANY 600

static struct vault_run run;

static void prepare(void)
{
	run_prepare(&run);
}

static void clean(void)
{
	run_clean(&run);
}

static void write_many(void)
{
	char path[64], text[64];

	for (int i = 0; i < MANY; i++) {
		snprintf(path, sizeof(path), "etc/certs.d/n%04d.conf", i);
		snprintf(text, sizeof(text),
			"[Certificate]\nNames=n%04d.example\n", i);
		run_write(&run, path, text);
	}
}

/* One slice. */
static bool wants_more(bool more)
{
	run_send(&run, "configure", "s:b", "more", more);
	ck_assert(run_receive(&run));
	ck_assert_str_eq(run.text, "");
	return member_bool_or(run.reply, "more", false);
}

static int64_t certificates(void)
{
	return member_integer_or(run.reply, "certificates", 0);
}

START_TEST(many_files_are_taken_in_by_slices)
{
	int slices = 1;

	run_begin(&run);
	write_many();
	for (bool more = wants_more(false); more; more = wants_more(true))
		slices++;
	ck_assert_int_gt(slices, 1);
	ck_assert_int_eq(certificates(), MANY + 1);
	ck_assert(run_exists(&run, "state/state/config/n0000.conf"));
}
END_TEST

START_TEST(others_are_served_between_two_slices)
{
	run_begin(&run);
	write_many();
	ck_assert(wants_more(false));
	run_do(&run, "ping", "");
	ck_assert(!run_ask(&run, "placeholder", "s:s", "name", "n0001"));
	run_do(&run, "placeholder", "s:s", "name", "a.example");
	while (wants_more(true))
		;
	run_do(&run, "placeholder", "s:s", "name", "n0001");
}
END_TEST

START_TEST(who_does_not_go_on_begins_anew)
{
	run_begin(&run);
	write_many();
	ck_assert(wants_more(false));
	run_write(&run, "etc/certs.d/a.conf",
		"[Certificate]\nNames=late.example\n");
	for (bool more = wants_more(false); more; more = wants_more(true))
		;
	ck_assert_int_eq(certificates(), MANY + 2);
}
END_TEST

START_TEST(a_configuration_that_is_refused_leaves_the_one_before)
{
	run_begin(&run);
	run_write(&run, "etc/acmed.conf", "[Nonsense]\n");
	run_do(&run, "configure", "");
	const char *first = json_string_value(
		json_array_get(json_object_get(run.reply, "mistakes"), 0));
	ck_assert_ptr_nonnull(strstr(first, "acmed.conf:1: "));
	run_do(&run, "placeholder", "s:s", "name", "a.example");
}
END_TEST

static bool is_configured(void)
{
	return run_ask(&run, "placeholder", "s:s", "name", "a.example");
}

/* As with no descriptor left, or a sick disk: it is there, and who knows what
 * is in it. */
START_TEST(certificates_stay_while_their_folder_cannot_be_listed)
{
	run_begin(&run);
	run_remove(&run, "etc/certs.d");
	run_write(&run, "etc/certs.d", "");
	for (int i = 0; i < 2; i++) {
		run_do(&run, "configure", "");
		ck_assert_int_eq(certificates(), 1);
		ck_assert(is_configured());
		ck_assert(
			run_exists(&run, "state/state/config/a.example.conf"));
		run_end(&run);
		run_begin(&run);
	}
}
END_TEST

START_TEST(a_text_that_cannot_be_read_again_stays_in_memory)
{
	run_write(&run, "etc/certs.d/a.conf", "[Nonsense]\n");
	run_begin(&run);
	run_write(&run, "etc/certs.d/a.example.conf", "[Nonsense]\n");
	run_remove(&run, "state/state/config/a.example.conf");
	run_do(&run, "configure", "");
	ck_assert_int_eq(certificates(), 1);
	ck_assert(is_configured());
}
END_TEST

static void write_names(const char *name, const char *names)
{
	char path[64], text[128];

	snprintf(path, sizeof(path), "etc/certs.d/%s.conf", name);
	snprintf(text, sizeof(text), "[Certificate]\nNames=%s\n", names);
	run_write(&run, path, text);
}

static const char *mistake(size_t index)
{
	const char *text = json_string_value(
		json_array_get(json_object_get(run.reply, "mistakes"), index));

	return text ? text : "";
}

START_TEST(who_was_there_before_keeps_its_names)
{
	write_names("www", "same.example");
	run_begin(&run);
	write_names("copy", "same.example");
	run_do(&run, "configure", "");
	ck_assert_ptr_nonnull(strstr(mistake(0), "copy.conf: the same"));
	ck_assert_str_eq(mistake(1), "");
	run_do(&run, "configuration", "s:i, s:i", "index", 0, "offset", 0);
	run_do(&run, "placeholder", "s:s", "name", "www");
	ck_assert(!run_ask(&run, "placeholder", "s:s", "name", "copy"));
}
END_TEST

START_TEST(of_two_that_come_together_the_first_is_taken)
{
	run_begin(&run);
	write_names("two", "same.example");
	write_names("one", "same.example");
	run_do(&run, "configure", "");
	ck_assert_ptr_nonnull(strstr(mistake(0), "two.conf: the same"));
	run_do(&run, "configuration", "s:i, s:i", "index", 0, "offset", 0);
	run_do(&run, "placeholder", "s:s", "name", "one");
}
END_TEST

START_TEST(two_that_exchange_their_names_are_both_taken)
{
	write_names("one", "one.example");
	write_names("two", "two.example");
	run_begin(&run);
	write_names("one", "two.example");
	write_names("two", "one.example");
	run_do(&run, "configure", "");
	ck_assert_str_eq(mistake(0), "");
}
END_TEST

START_TEST(who_takes_the_names_of_another_goes_on_with_its_own)
{
	write_names("one", "one.example");
	write_names("two", "two.example");
	run_begin(&run);
	write_names("one", "  two.example");
	run_do(&run, "configure", "");
	ck_assert_ptr_nonnull(strstr(mistake(0), "one.conf: the same"));
	run_do(&run, "configuration", "s:i, s:i", "index", 0, "offset", 0);
	run_do(&run, "placeholder", "s:s", "name", "one");
	run_do(&run, "placeholder", "s:s", "name", "two");
}
END_TEST

/* Neither its new text nor the accepted one has room beside the others. */
START_TEST(who_has_no_room_at_all_is_missing)
{
	write_names("one", "one.example");
	write_names("two", "two.example");
	run_begin(&run);
	run_write(&run, "state/state/config/one.conf",
		"[Certificate]\nNames=two.example\n");
	write_names("one", "two.example www.two.example www.two.example");
	run_do(&run, "configure", "");
	ck_assert_int_eq(certificates(), 2);
	run_do(&run, "placeholder", "s:s", "name", "two");
	ck_assert(!run_ask(&run, "placeholder", "s:s", "name", "one"));
}
END_TEST

START_TEST(an_accepted_text_may_have_become_a_mistake)
{
	run_write(&run, "etc/certs.d/b.conf",
		"[Certificate]\nNames=b.example\nCA=other\n");
	run_begin(&run);
	ck_assert_int_eq(certificates(), 2);
	run_write(&run, "etc/acmed.conf",
		"[CA little]\nDirectory=https://ca.test/dir\n"
		"[Certificate]\nCA=little\n");
	run_do(&run, "configure", "");
	ck_assert_int_eq(certificates(), 1);
	ck_assert(is_configured());
}
END_TEST

/* One name begins like the other. */
START_TEST(each_mistake_is_told_with_its_own_file)
{
	json_t *files, *each;
	size_t i;

	write_names("b", "b.example");
	write_names("b.conf", "b.example");
	run_begin(&run);
	run_do(&run, "configuration", "s:i, s:i", "index", 0, "offset", 0);
	files = json_object_get(run.reply, "files");
	json_array_foreach (files, i, each)
		ck_assert_uint_eq(
			json_array_size(json_object_get(each, "mistakes")),
			streq(member_string_or(each, "name", ""), "b.conf"));
}
END_TEST

START_TEST(a_zero_byte_is_no_text)
{
	run_begin(&run);
	FILE *file = fopen(run_path(&run, "etc/certs.d/a.example.conf"), "we");
	ck_assert_ptr_nonnull(file);
	fwrite("# \0\n", 1, 4, file);
	fclose(file);
	run_do(&run, "configure", "");
	ck_assert_ptr_nonnull(strstr(mistake(0), "is no UTF-8 text"));
	ck_assert_int_eq(certificates(), 1);
}
END_TEST

START_TEST(what_is_no_accepted_text_is_cleared_away)
{
	run_begin(&run);
	run_write(&run, "state/state/config/notes.txt", "");
	run_do(&run, "configure", "");
	ck_assert(!run_exists(&run, "state/state/config/notes.txt"));
	ck_assert(run_exists(&run, "state/state/config/a.example.conf"));
}
END_TEST

/* Nobody knows then which certificates there are. */
START_TEST(without_any_list_nothing_is_taken_in)
{
	run_remove(&run, "etc/certs.d");
	run_write(&run, "etc/certs.d", "");
	ck_assert_int_eq(mkdir(run_path(&run, "state"), 0755), 0);
	ck_assert_int_eq(mkdir(run_path(&run, "state/state"), 0755), 0);
	run_start(&run);
	run_do(&run, "hello", "s:s", "role", "loop");
	ck_assert(!run_ask(&run, "configure", ""));
	ck_assert_str_eq(run.kind, "refused");
	run_remove(&run, "state/state/config");
	ck_assert(!run_ask(&run, "configure", ""));
	ck_assert_str_eq(run.kind, "refused");
	run_write(&run, "state/state/config", "");
	ck_assert(!run_ask(&run, "configure", ""));
	ck_assert_str_eq(run.kind, "local");
}
END_TEST

START_TEST(the_vault_may_end_between_two_slices)
{
	run_begin(&run);
	write_many();
	ck_assert(wants_more(false));
	run_end(&run);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("taking");
	TCase *tests = tcase_create("taking");

	tcase_set_timeout(tests, 120);
	tcase_add_checked_fixture(tests, prepare, clean);
	tcase_add_test(tests, many_files_are_taken_in_by_slices);
	tcase_add_test(tests, others_are_served_between_two_slices);
	tcase_add_test(tests, who_does_not_go_on_begins_anew);
	tcase_add_test(
		tests, a_configuration_that_is_refused_leaves_the_one_before);
	tcase_add_test(
		tests, certificates_stay_while_their_folder_cannot_be_listed);
	tcase_add_test(tests, a_text_that_cannot_be_read_again_stays_in_memory);
	tcase_add_test(tests, who_was_there_before_keeps_its_names);
	tcase_add_test(tests, of_two_that_come_together_the_first_is_taken);
	tcase_add_test(tests, two_that_exchange_their_names_are_both_taken);
	tcase_add_test(
		tests, who_takes_the_names_of_another_goes_on_with_its_own);
	tcase_add_test(tests, who_has_no_room_at_all_is_missing);
	tcase_add_test(tests, an_accepted_text_may_have_become_a_mistake);
	tcase_add_test(tests, each_mistake_is_told_with_its_own_file);
	tcase_add_test(tests, a_zero_byte_is_no_text);
	tcase_add_test(tests, what_is_no_accepted_text_is_cleared_away);
	tcase_add_test(tests, without_any_list_nothing_is_taken_in);
	tcase_add_test(tests, the_vault_may_end_between_two_slices);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
