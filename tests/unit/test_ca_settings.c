/* SPDX-License-Identifier: MIT */
#include "ca_settings.h"

#include "mem.h"
#include "suite.h"
#include "text.h"

#include <check.h>

static struct config_ca ca;
static struct config_daemon daemon_settings;
static struct ca_settings settings;

static void set_up(void)
{
	ca = (struct config_ca){
		.name = (char *)"test",
		.directory = (char *)"https://ca.test/directory",
		.staging = (char *)"https://staging.test/directory",
		.agree_to_terms = true,
	};
	daemon_settings = (struct config_daemon){.max_orders = 20};
	ck_assert(ca_settings_copy(&settings, &ca, &daemon_settings, false));
}

static void tear_down(void)
{
	strings_clear(&ca.contacts);
	ca_settings_clear(&settings);
}

static bool differs(bool staging)
{
	struct ca_settings other;

	ck_assert(ca_settings_copy(&other, &ca, &daemon_settings, staging));
	bool is_same = ca_settings_are_same(&settings, &other);
	ca_settings_clear(&other);
	return !is_same;
}

START_TEST(nothing_changed_is_the_same)
{
	ck_assert(!differs(false));
}
END_TEST

START_TEST(staging_is_another_directory)
{
	struct ca_settings other;

	ck_assert(differs(true));
	ck_assert(ca_settings_copy(&other, &ca, &daemon_settings, true));
	ck_assert_str_eq(other.directory, "https://staging.test/directory");
	ca_settings_clear(&other);
}
END_TEST

START_TEST(without_a_staging_directory_there_is_none)
{
	struct ca_settings other;

	ca.staging = NULL;
	ck_assert(!ca_settings_copy(&other, &ca, &daemon_settings, true));
}
END_TEST

START_TEST(the_proxy_of_the_ca_wins)
{
	struct ca_settings other;

	daemon_settings.proxy = (char *)"http://one:1";
	ck_assert(differs(false));
	ca.proxy = (char *)"http://two:2";
	ck_assert(ca_settings_copy(&other, &ca, &daemon_settings, false));
	ck_assert_str_eq(other.proxy, "http://two:2");
	ca_settings_clear(&other);
}
END_TEST

START_TEST(every_setting_counts)
{
	ca.trust_file = (char *)"/etc/ca.pem";
	ck_assert(differs(false));
	ca.trust_file = NULL;
	ca.agree_to_terms = false;
	ck_assert(differs(false));
	ca.agree_to_terms = true;
	strings_add(&ca.contacts, "mailto:a@b.example");
	ck_assert(differs(false));
	strings_clear(&ca.contacts);
	daemon_settings.source_address = (char *)"192.0.2.1";
	ck_assert(differs(false));
	daemon_settings.source_address = NULL;
	daemon_settings.max_orders = 4;
	ck_assert(differs(false));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("ca_settings");
	TCase *tests = tcase_create("ca_settings");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(tests, nothing_changed_is_the_same);
	tcase_add_test(tests, staging_is_another_directory);
	tcase_add_test(tests, without_a_staging_directory_there_is_none);
	tcase_add_test(tests, the_proxy_of_the_ca_wins);
	tcase_add_test(tests, every_setting_counts);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
