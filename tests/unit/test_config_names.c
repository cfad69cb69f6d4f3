/* SPDX-License-Identifier: MIT */
#include "config_names.h"

#include "config_texts.h"
#include "mem.h"
#include "suite.h"
#include "text.h"

#include <check.h>
#include <stdlib.h>

static struct config *config;
static struct config_names *names;

static void add(const char *name, const char *list)
{
	cleanup(string) char *bytes =
		text_format("[Certificate]\nNames=%s\n", list);
	const struct config_text text = {name, bytes, strlen(bytes)};
	struct mistakes mistakes = {0};

	ck_assert(config_add_certificate(config, name, &text, &mistakes));
}

static void set_up(void)
{
	config = config_of(
		CONFIG_GLOBAL, "[Certificate]\nNames=b.example a.example\n");
	add("zoo", "a.example 192.0.2.1");
	add("apex", "www.a.example a.example c.example");
	names = config_names_new(config);
}

static void tear_down(void)
{
	config_names_free(names);
	config_free(config);
}

/* Who has it, in their order. */
static void expect(const char *value, const char *wanted)
{
	const struct config_name *first;
	size_t count = config_names_find(names, value, &first);
	char got[80] = "";

	for (size_t i = 0; i < count; i++) {
		ck_assert_str_eq(first[i].value, value);
		strcat(strcat(got, first[i].certificate->name), " ");
	}
	ck_assert_str_eq(got, wanted);
}

START_TEST(who_has_a_name_is_found_in_order)
{
	expect("a.example", "apex site zoo ");
	expect("b.example", "site ");
	expect("www.a.example", "apex ");
	expect("192.0.2.1", "zoo ");
	expect("0.example", "");
	expect("bb.example", "");
	expect("z.example", "");
}
END_TEST

START_TEST(without_certificates_nobody_has_any)
{
	const struct config_name *first;
	const struct config none = {0};
	struct config_names *empty = config_names_new(&none);

	ck_assert_uint_eq(config_names_find(empty, "a.example", &first), 0);
	config_names_free(empty);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("config_names");
	TCase *tests = tcase_create("config_names");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(tests, who_has_a_name_is_found_in_order);
	tcase_add_test(tests, without_certificates_nobody_has_any);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
