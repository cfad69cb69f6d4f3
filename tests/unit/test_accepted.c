/* SPDX-License-Identifier: MIT */
#include "accepted.h"

#include "json.h"
#include "mem.h"
#include "suite.h"
#include "text.h"
#include "vault_run.h"

#include <check.h>
#include <stdio.h>

/* What the vault goes by when a file has mistakes. */

#define NAME "a.example"

static struct vault_run run;

static void prepare(void)
{
	run_prepare(&run);
}

static void clean(void)
{
	run_clean(&run);
}

static const char *get(const json_t *object, const char *name)
{
	return member_string_or(object, name, "");
}

static const char *text_of(const char *name, json_t **file)
{
	run_do(&run, "configuration", "s:i, s:i", "index", 0, "offset", 0);
	json_t *files = json_object_get(run.reply, "files");
	size_t i;

	json_array_foreach (files, i, *file)
		if (streq(get(*file, "name"), name))
			return get(*file, "text");
	*file = NULL;
	return NULL;
}

static void configure(int certificates, unsigned mistakes)
{
	run_do(&run, "configure", "");
	ck_assert_int_eq(
		member_integer_or(run.reply, "certificates", -1), certificates);
	ck_assert_uint_eq(
		json_array_size(json_object_get(run.reply, "mistakes")),
		mistakes);
}

#define CONF "etc/certs.d/a.example.conf"
#define GOOD "[Certificate]\nNames=a.example www.a.example\n"

START_TEST(a_broken_file_goes_by_its_accepted_text)
{
	json_t *file;

	run_begin(&run);
	run_write(&run, CONF, "[Certificate]\nName=a.example\n");
	run_do(&run, "configure", "");
	ck_assert_int_eq(member_integer_or(run.reply, "certificates", 0), 1);
	ck_assert_str_eq(text_of(NAME, &file), GOOD);
	ck_assert(member_bool_or(file, "stale", false));
	ck_assert_uint_ge(
		json_array_size(json_object_get(file, "mistakes")), 1);
	run_kill(&run);
	run_begin(&run);
	ck_assert_str_eq(text_of(NAME, &file), GOOD);
	run_write(&run, CONF, "[Certificate]\nNames=a.example\n");
	configure(1, 0);
	ck_assert_str_eq(
		text_of(NAME, &file), "[Certificate]\nNames=a.example\n");
	ck_assert(!member_bool_or(file, "stale", true));
}
END_TEST

START_TEST(a_file_that_was_never_good_is_missing)
{
	json_t *file;

	run_begin(&run);
	run_write(&run, "etc/certs.d/b.conf", "[Certificate]\nNames=\n");
	run_do(&run, "configure", "");
	ck_assert_int_eq(member_integer_or(run.reply, "certificates", 0), 1);
	ck_assert_str_eq(text_of("b", &file), "");
	ck_assert(member_bool_or(file, "missing", false));
}
END_TEST

START_TEST(a_deleted_file_is_forgotten)
{
	json_t *file;

	run_begin(&run);
	ck_assert(run_exists(&run, "state/state/config/a.example.conf"));
	run_remove(&run, CONF);
	configure(0, 0);
	ck_assert(!run_exists(&run, "state/state/config/a.example.conf"));
	run_write(&run, CONF, "[Certificate]\nName=a.example\n");
	run_do(&run, "configure", "");
	ck_assert_str_eq(text_of(NAME, &file), "");
}
END_TEST

START_TEST(bytes_that_are_no_text_are_a_mistake)
{
	json_t *file;

	run_begin(&run);
	run_write(&run, CONF, "[Certificate]\nNames=a\xff.example\n");
	configure(1, 1);
	ck_assert_str_eq(text_of(NAME, &file), GOOD);
}
END_TEST

START_TEST(a_broken_main_file_falls_back_whole)
{
	json_t *file;

	run_begin(&run);
	run_write(&run, "etc/acmed.conf", "[CA little]\nDirectry=x\n");
	run_write(
		&run, "etc/certs.d/b.conf", "[Certificate]\nNames=b.example\n");
	run_do(&run, "configure", "");
	ck_assert_int_eq(member_integer_or(run.reply, "certificates", 0), 2);
	ck_assert_uint_ge(
		json_array_size(json_object_get(run.reply, "mistakes")), 1);
	run_kill(&run);
	run_begin(&run);
	ck_assert_ptr_nonnull(text_of("b", &file));
}
END_TEST

START_TEST(a_main_file_that_was_never_good_is_refused)
{
	run_write(&run, "etc/acmed.conf", "[CA little]\nDirectry=x\n");
	run_start(&run);
	run_do(&run, "hello", "s:s", "role", "loop");
	ck_assert(!run_ask(&run, "configure", ""));
	ck_assert_str_eq(run.kind, "refused");
	ck_assert_ptr_nonnull(strstr(run.text, "acmed.conf:2"));
}
END_TEST

START_TEST(the_same_names_twice_are_the_second_files_mistake)
{
	json_t *file;

	run_begin(&run);
	run_write(&run, "etc/certs.d/b.conf", GOOD);
	configure(1, 1);
	ck_assert_str_eq(text_of("b", &file), "");
	ck_assert_str_eq(text_of(NAME, &file), GOOD);
}
END_TEST

START_TEST(a_long_text_comes_in_pieces)
{
	struct text whole = {.limit = 400000}, got = {.limit = 400000};
	json_int_t index = 0, offset = 0;

	text_add(&whole, "[Certificate]\nNames=a.example\n");
	for (int i = 0; i < 3000; i++)
		text_add(&whole,
			"# \"\\\xc3\xa4 \xe2\x82\xac\t and so on, and so on\n");
	run_write(&run, CONF, whole.data);
	run_begin(&run);
	for (;;) {
		run_do(&run, "configuration", "s:I, s:I", "index", index,
			"offset", offset);
		size_t i;
		json_t *file;
		json_array_foreach (
			json_object_get(run.reply, "files"), i, file)
			if (streq(get(file, "name"), NAME))
				text_add(&got, get(file, "text"));
		const json_t *next = json_object_get(run.reply, "next");
		if (json_is_null(next))
			break;
		index = member_integer_or(next, "index", 0);
		offset = member_integer_or(next, "offset", 0);
	}
	ck_assert_str_eq(got.data, whole.data);
	ck_assert(!run_ask(&run, "configuration", "s:i, s:i", "index", 99999,
		"offset", 0));
	text_clear(&whole);
	text_clear(&got);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("accepted");
	TCase *tests = tcase_create("accepted");

	tcase_set_timeout(tests, 120);
	tcase_add_checked_fixture(tests, prepare, clean);
	tcase_add_test(tests, a_broken_file_goes_by_its_accepted_text);
	tcase_add_test(tests, a_file_that_was_never_good_is_missing);
	tcase_add_test(tests, a_deleted_file_is_forgotten);
	tcase_add_test(tests, bytes_that_are_no_text_are_a_mistake);
	tcase_add_test(tests, a_broken_main_file_falls_back_whole);
	tcase_add_test(tests, a_main_file_that_was_never_good_is_refused);
	tcase_add_test(
		tests, the_same_names_twice_are_the_second_files_mistake);
	tcase_add_test(tests, a_long_text_comes_in_pieces);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
