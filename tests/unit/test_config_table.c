/* SPDX-License-Identifier: MIT */
#include "config_table.h"

#include "mem.h"
#include "suite.h"
#include "text.h"

#include <check.h>
#include <stdio.h>

#define PAGE "conf/acmed.conf.5"
#define PAGE_MAX ((size_t)256 * 1024)

static char *read_page(void)
{
	char *page = mem_new(PAGE_MAX + 1);
	FILE *file = fopen(PAGE, "r");

	ck_assert_msg(file != NULL, "%s", PAGE);
	ck_assert_uint_gt(fread(page, 1, PAGE_MAX, file), 0);
	fclose(file);
	return page;
}

static bool is_described(const char *page, const char *key)
{
	cleanup(string) char *item = text_format("\n.It Cm %s Ns ", key);
	return strstr(page, item) != NULL;
}

/* Those of this version with an entry, the others by name. */
START_TEST(every_key_occurs_in_the_manual_page)
{
	cleanup(string) char *page = read_page();
	size_t count;
	const struct config_key *keys = config_keys(&count);

	for (size_t i = 0; i < count; i++) {
		cleanup(string) char *word =
			text_format(".Cm %s", keys[i].name);
		ck_assert_msg(keys[i].read ? is_described(page, keys[i].name)
					   : strstr(page, word) != NULL,
			"%s", keys[i].name);
	}
}
END_TEST

START_TEST(every_section_occurs_in_the_manual_page)
{
	cleanup(string) char *page = read_page();

	for (int i = SECTION_DAEMON; i <= SECTION_EXPORT; i++) {
		cleanup(string) char *heading = text_format("\n.Ss [%s",
			config_section((enum config_section)i)->name);
		ck_assert_msg(strstr(page, heading) != NULL, "%s", heading);
	}
}
END_TEST

START_TEST(no_key_stands_twice)
{
	size_t count;
	const struct config_key *keys = config_keys(&count);

	for (size_t i = 0; i < count; i++)
		ck_assert_ptr_eq(config_key_find(keys[i].section, keys[i].name),
			&keys[i]);
}
END_TEST

START_TEST(a_near_miss_is_near)
{
	ck_assert_str_eq(config_key_near(SECTION_CERTIFICATE, "RenewBefor"),
		"RenewBefore");
	ck_assert_str_eq(
		config_key_near(SECTION_CERTIFICATE, "names"), "Names");
	ck_assert_str_eq(config_key_near(SECTION_DEPLOY, "Relaod"), "Reload");
	ck_assert_ptr_null(config_key_near(SECTION_DEPLOY, "Colour"));
	ck_assert_ptr_null(config_key_near(SECTION_CERTIFICATE, "XX"));
	ck_assert_str_eq(config_section_near("certificate"), "Certificate");
	ck_assert_ptr_null(config_section_near("DA"));
	ck_assert_str_eq(config_key_home("Webroot"), "Challenge");
	ck_assert_ptr_null(config_key_home("Nothing"));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("config_table");
	TCase *tests = tcase_create("config_table");

	tcase_add_test(tests, every_key_occurs_in_the_manual_page);
	tcase_add_test(tests, every_section_occurs_in_the_manual_page);
	tcase_add_test(tests, no_key_stands_twice);
	tcase_add_test(tests, a_near_miss_is_near);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
