/* SPDX-License-Identifier: MIT */
#include "json.h"

#include "mem.h"
#include "suite.h"
#include "text.h"
#include "without_memory.h"

#include <check.h>

static void refuses(const char *bytes, size_t length)
{
	struct error err = {0};

	ck_assert_ptr_null(json_read(bytes, length, "the order", &err));
	ck_assert_int_eq(err.kind, ERROR_TRANSIENT);
	ck_assert(text_starts_with(err.text, "the order is "));
}

/* An array of `depth` levels, or an object with one in it. */
static char *nested(int depth)
{
	struct text text = {0};

	for (int i = 0; i < depth; i++)
		text_add(&text, "[");
	for (int i = 0; i < depth; i++)
		text_add(&text, "]");
	return text_take(&text);
}

START_TEST(members_are_read_by_name)
{
	const char *text = "{\"s\":\"x\",\"a\":[1],\"o\":{},\"i\":7,\"r\":1.9,"
			   "\"b\":true,\"n\":null}";
	struct error err = {0};
	cleanup(json) json_t *value = json_read(text, strlen(text), "it", &err);

	ck_assert_str_eq(member_string(value, "s", &err), "x");
	ck_assert_ptr_nonnull(member_array(value, "a", &err));
	ck_assert_ptr_nonnull(member_object(value, "o", &err));
	ck_assert_int_eq(member_integer_or(value, "i", 0), 7);
	ck_assert_int_eq(member_integer_or(value, "r", 0), 1);
	ck_assert_double_eq(member_real_or(value, "r", 0), 1.9);
	ck_assert_double_eq(member_real_or(value, "i", 0), 7);
	ck_assert(member_bool_or(value, "b", false));
	ck_assert_int_eq(err.kind, ERROR_NONE);
}
END_TEST

START_TEST(defaults_stand_in_for_what_is_missing_or_wrong)
{
	cleanup(json) json_t *value =
		json_pack("{s:n,s:i,s:f}", "n", "i", 7, "huge", 1e300);

	ck_assert_str_eq(member_string_or(value, "n", "else"), "else");
	ck_assert_str_eq(member_string_or(value, "i", "else"), "else");
	ck_assert_ptr_null(member_string_or(value, "none", NULL));
	ck_assert_int_eq(member_integer_or(value, "n", 3), 3);
	ck_assert_int_eq(member_integer_or(value, "huge", 3), 3);
	ck_assert_double_eq(member_real_or(value, "none", 0.5), 0.5);
	ck_assert(member_bool_or(value, "i", true));
	ck_assert(!member_bool_or(NULL, "i", false));
	ck_assert(!member_bool_or(json_object_get(value, "no"), "i", false));
}
END_TEST

START_TEST(the_message_names_the_member)
{
	struct error err = {0};
	cleanup(json) json_t *value = json_pack("{s:i}", "url", 7);

	ck_assert_ptr_null(member_string(value, "status", &err));
	ck_assert_str_eq(err.text, "member 'status' is missing");
	ck_assert_ptr_null(member_string(value, "url", &err));
	ck_assert_str_eq(err.text, "member 'url' is no string");
	ck_assert_ptr_null(member_array(value, "url", &err));
	ck_assert_str_eq(err.text, "member 'url' is no array");
	ck_assert_ptr_null(member_object(NULL, "url", &err));
	ck_assert_int_eq(err.kind, ERROR_TRANSIENT);
}
END_TEST

START_TEST(sixteen_levels_are_enough)
{
	cleanup(string) char *deep = nested(16);
	cleanup(string) char *deeper = nested(17);
	cleanup(string) char *deepest = nested(100000);
	struct error err = {0};
	cleanup(json) json_t *value = json_read(deep, strlen(deep), "it", &err);

	ck_assert_ptr_nonnull(value);
	refuses(deeper, strlen(deeper));
	refuses(deepest, strlen(deepest));
}
END_TEST

START_TEST(brackets_in_strings_do_not_nest)
{
	const char *text = "[\"[[[[[[[[[[[[[[[[[[[[\\\"[[[[\",\"\\\\\"]";
	struct error err = {0};
	cleanup(json) json_t *value = json_read(text, strlen(text), "it", &err);

	ck_assert_uint_eq(json_array_size(value), 2);
}
END_TEST

START_TEST(hostile_documents_are_refused)
{
	refuses("", 0);
	refuses("{", 1);
	refuses("<html>", 6);
	refuses("{} x", 4);
	refuses("{}\0", 3);
	refuses("7", 1);
	refuses("{\"a\":1,\"a\":2}", 13);
	refuses("{\"a\":\"\\u0000\"}", 14);
	refuses("{\"a\0\":1}", 8);
	refuses("[\"\377\"]", 5);
	refuses("[\"\300\257\"]", 6);
	refuses("[99999999999999999999]", 22);
	refuses("[1e999]", 7);
	refuses("]]]]", 4);
	refuses("\"\\", 2);
}
END_TEST

START_TEST(members_are_written_in_their_order)
{
	cleanup(json) json_t *value = json_pack("{s:i,s:s}", "z", 1, "a", "b");
	cleanup(string) char *text = json_write(value);

	ck_assert_str_eq(text, "{\"z\":1,\"a\":\"b\"}");
}
END_TEST

/* The linker leads malloc() of lib/ here (--wrap). */
static bool is_short;

void *__real_malloc(size_t size);
void *__wrap_malloc(size_t size);

void *__wrap_malloc(size_t size)
{
	return is_short ? NULL : __real_malloc(size);
}

static void read_without_memory(void)
{
	static const char TEXT[] = "{\"order\":\"https://ca.test/1\"}";

	json_end_without_memory();
	is_short = true;
	json_read(TEXT, sizeof(TEXT) - 1, "it", NULL);
}

/* jansson would lose bytes, and the state be taken for damaged. */
START_TEST(without_memory_the_program_ends)
{
	ck_assert(ends_itself(read_without_memory));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("json");
	TCase *tests = tcase_create("json");

	tcase_add_test(tests, members_are_read_by_name);
	tcase_add_test(tests, defaults_stand_in_for_what_is_missing_or_wrong);
	tcase_add_test(tests, the_message_names_the_member);
	tcase_add_test(tests, sixteen_levels_are_enough);
	tcase_add_test(tests, brackets_in_strings_do_not_nest);
	tcase_add_test(tests, hostile_documents_are_refused);
	tcase_add_test(tests, members_are_written_in_their_order);
	tcase_add_test(tests, without_memory_the_program_ends);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
