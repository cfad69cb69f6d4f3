/* SPDX-License-Identifier: MIT */
#include "vault_life.h"

#include "json.h"
#include "mem.h"
#include "suite.h"
#include "text.h"

#include <check.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* The vault's daily look at what servers read. */

#define NAME "a.example"
#define VERSION "state/archive/" NAME "/1"
#define LIVE "state/live/" NAME

static struct vault_run run;
static struct little_ca ca;

static void prepare(void)
{
	run_prepare(&run);
	little_ca_open(&ca);
	run_begin(&run);
	life_issue(&run, &ca);
}

static void clean(void)
{
	run_clean(&run);
	little_ca_close(&ca);
}

static void look_at(const char *name, int version)
{
	run_do(&run, "look", "s:s, s:i", "name", name, "version", version);
}

/* The first fault: "CHECK CODE", or "". */
static const char *look(void)
{
	static char fault[64];
	size_t i;
	const json_t *finding;

	look_at(NAME, 1);
	json_array_foreach (json_object_get(run.reply, "findings"), i, finding)
		if (streq(member_string_or(finding, "verdict", ""), "bad")) {
			snprintf(fault, sizeof(fault), "%s %s",
				member_string_or(finding, "check", ""),
				member_string_or(finding, "code", ""));
			return fault;
		}
	return "";
}

START_TEST(what_was_installed_is_well)
{
	ck_assert_str_eq(look(), "");
}
END_TEST

START_TEST(a_link_that_is_gone_is_made_again_and_told)
{
	run_remove(&run, LIVE);
	ck_assert_str_eq(look(), "link L7");
	ck_assert_str_eq(run_link(&run, LIVE), "../archive/" NAME "/1");
	ck_assert_str_eq(look(), "");
}
END_TEST

START_TEST(what_stands_in_its_place_is_left_alone)
{
	run_remove(&run, LIVE);
	ck_assert_int_eq(mkdir(run_path(&run, LIVE), 0755), 0);
	ck_assert_str_eq(look(), "link L7");
	ck_assert_str_eq(run_link(&run, LIVE), "");
	ck_assert_str_eq(look(), "link L7");
}
END_TEST

START_TEST(a_link_is_made_only_to_what_may_be_served)
{
	run_remove(&run, LIVE);
	look_at(NAME, 2);
	ck_assert(!run_exists(&run, LIVE));
	look_at("b.example", 1);
	ck_assert(!run_exists(&run, "state/live/b.example"));
	run_write(&run, VERSION "/revoked.json", "{\"reason\":4}\n");
	look_at(NAME, 1);
	ck_assert(!run_exists(&run, LIVE));
	run_remove(&run, VERSION "/revoked.json");
	run_remove(&run, VERSION "/cert.pem");
	look_at(NAME, 1);
	ck_assert(!run_exists(&run, LIVE));
}
END_TEST

START_TEST(the_link_of_a_renamed_one_stays)
{
	run_remove(&run, LIVE);
	ck_assert_int_eq(symlink("b.example", run_path(&run, LIVE)), 0);
	look_at(NAME, 1);
	ck_assert_str_eq(run_link(&run, LIVE), "b.example");
}
END_TEST

START_TEST(a_key_for_everybody_is_closed_and_told)
{
	chmod(run_path(&run, VERSION "/privkey.pem"), 0644);
	ck_assert_str_eq(look(), "modes P7");
	ck_assert_uint_eq(run_mode(&run, VERSION "/privkey.pem"), 0600);
	ck_assert_str_eq(look(), "");
}
END_TEST

START_TEST(what_is_no_file_is_not_closed)
{
	run_remove(&run, VERSION "/privkey.pem");
	ck_assert_int_eq(
		mkdir(run_path(&run, VERSION "/privkey.pem"), 0755), 0);
	ck_assert_str_ne(look(), "");
	ck_assert_uint_eq(run_mode(&run, VERSION "/privkey.pem"), 0755);
}
END_TEST

/* Somebody let its group in, and a server may live by that. */
START_TEST(a_key_for_a_group_is_told_and_left)
{
	chmod(run_path(&run, VERSION "/privkey.pem"), 0640);
	ck_assert_str_eq(look(), "modes P7");
	ck_assert_uint_eq(run_mode(&run, VERSION "/privkey.pem"), 0640);
}
END_TEST

START_TEST(a_file_that_is_gone_or_cut_short_is_told)
{
	run_write(&run, VERSION "/fullchain.pem", "");
	ck_assert_str_eq(look(), "chain L2");
	run_remove(&run, VERSION "/fullchain.pem");
	ck_assert_str_eq(look(), "chain L7");
}
END_TEST

START_TEST(a_key_of_another_certificate_is_told)
{
	little_ca_close(&ca);
	little_ca_open(&ca);
	cleanup(string) char *chain = little_ca_sign_other(&ca, NAME);

	run_write(&run, VERSION "/fullchain.pem", chain);
	ck_assert_str_eq(look(), "key L6");
}
END_TEST

START_TEST(a_file_that_nobody_can_read_is_told)
{
	if (geteuid() == 0)
		return; /* who can read all */
	chmod(run_path(&run, VERSION "/privkey.pem"), 0);
	ck_assert_str_eq(look(), "key L4");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("vault_look");
	TCase *tests = tcase_create("all");

	tcase_add_checked_fixture(tests, prepare, clean);
	tcase_add_test(tests, what_was_installed_is_well);
	tcase_add_test(tests, a_link_that_is_gone_is_made_again_and_told);
	tcase_add_test(tests, what_stands_in_its_place_is_left_alone);
	tcase_add_test(tests, a_link_is_made_only_to_what_may_be_served);
	tcase_add_test(tests, the_link_of_a_renamed_one_stays);
	tcase_add_test(tests, a_key_for_everybody_is_closed_and_told);
	tcase_add_test(tests, what_is_no_file_is_not_closed);
	tcase_add_test(tests, a_key_for_a_group_is_told_and_left);
	tcase_add_test(tests, a_file_that_is_gone_or_cut_short_is_told);
	tcase_add_test(tests, a_key_of_another_certificate_is_told);
	tcase_add_test(tests, a_file_that_nobody_can_read_is_told);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
