/* SPDX-License-Identifier: MIT */
#include "vault_run.h"

#include "json.h"
#include "mem.h"
#include "suite.h"
#include "text.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#undef fail

/* A certificate with two keys, side by side in the real vault. */

#define NAME "a.example"
#define SECOND NAME "+ed25519"

static struct vault_run run;
static struct little_ca ca;

static void write_keys(const char *keys)
{
	cleanup(string) char *text = text_format(
		"[Certificate]\nNames=a.example www.a.example\nKey=%s\n", keys);

	run_write(&run, "etc/certs.d/a.example.conf", text);
}

static void prepare(void)
{
	run_prepare(&run);
	little_ca_open(&ca);
	write_keys("ecdsa-p256 ed25519");
	run_begin(&run);
}

static void clean(void)
{
	run_clean(&run);
	little_ca_close(&ca);
}

static void issue(const char *name)
{
	run_do(&run, "csr", "s:s", "name", name);
	cleanup(string) char *chain =
		little_ca_sign(&ca, member_string_or(run.reply, "csr", ""));
	run_do(&run, "stage", "s:s, s:s", "name", name, "chain", chain);
	run_do(&run, "switch", "s:s, s:i", "name", name, "version",
		(int)member_integer_or(run.reply, "version", 0));
}

static const char *key_in_page(const char *name)
{
	const json_t *list = json_object_get(run.reply, "certificates");
	size_t i;
	json_t *each;

	json_array_foreach (list, i, each)
		if (streq(member_string_or(each, "name", ""), name))
			return member_string_or(
				json_object_get(
					json_object_get(each, "installed"),
					"facts"),
				"key", "none");
	return NULL;
}

/* On a slow machine a page is short. */
static const char *key_of(const char *name)
{
	char after[32] = "";
	const char *found;

	do {
		run_do(&run, "load", "s:s", "after", after);
		found = key_in_page(name);
		snprintf(after, sizeof(after), "%s",
			member_string_or(run.reply, "next", ""));
	} while (!found && *after);
	return found;
}

START_TEST(each_key_has_folders_of_its_own)
{
	ck_assert_str_eq(key_of(SECOND), "none");
	issue(NAME);
	issue(SECOND);
	ck_assert_str_eq(key_of(NAME), "ecdsa-p256");
	ck_assert_str_eq(key_of(SECOND), "ed25519");
	ck_assert_str_eq(run_link(&run, "state/live/" SECOND),
		"../archive/" SECOND "/1");
	ck_assert(run_exists(&run, "state/live/" SECOND "/combined.pem"));
	ck_assert_str_eq(
		run_link(&run, "state/live/" NAME), "../archive/" NAME "/1");
}
END_TEST

START_TEST(the_second_has_a_state_of_its_own)
{
	run_do(&run, "state-save", "s:s, s:{s:i, s:s}", "name", SECOND, "state",
		"schema", 1, "x", "second");
	ck_assert(run_exists(&run, "state/state/" SECOND ".json"));
	ck_assert(!run_exists(&run, "state/state/" NAME ".json"));
}
END_TEST

START_TEST(without_its_key_the_second_is_an_orphan)
{
	issue(NAME);
	issue(SECOND);
	ck_assert(!run_ask(&run, "purge", "s:s", "name", SECOND));
	write_keys("ecdsa-p256");
	run_do(&run, "configure", "");
	ck_assert_str_eq(key_of(SECOND), "ed25519");
	ck_assert(!run_ask(&run, "csr", "s:s", "name", SECOND));
	run_do(&run, "purge", "s:s", "name", SECOND);
	ck_assert_ptr_null(key_of(SECOND));
	ck_assert_str_eq(key_of(NAME), "ecdsa-p256");
}
END_TEST

START_TEST(a_renamed_file_takes_both_along)
{
	issue(NAME);
	issue(SECOND);
	run_remove(&run, "etc/certs.d/a.example.conf");
	run_write(&run, "etc/certs.d/b.conf",
		"[Certificate]\nNames=a.example www.a.example\n"
		"Key=ecdsa-p256 ed25519\n");
	run_do(&run, "configure", "");
	ck_assert_str_eq(key_of("b"), "ecdsa-p256");
	ck_assert_str_eq(key_of("b+ed25519"), "ed25519");
	ck_assert_ptr_null(key_of(SECOND));
}
END_TEST

static const char *const STRANGE[] = {NAME "+rsa-2048", NAME "+", NAME "+x",
	NAME "+ed25519+ed25519", "../" SECOND};

START_TEST(a_key_that_is_not_configured_is_none)
{
	ck_assert(!run_ask(&run, "csr", "s:s", "name", STRANGE[_i]));
	ck_assert_str_eq(run.kind, "refused");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("vault_keys");
	TCase *tests = tcase_create("vault_keys");

	tcase_add_checked_fixture(tests, prepare, clean);
	tcase_set_timeout(tests, 60);
	tcase_add_test(tests, each_key_has_folders_of_its_own);
	tcase_add_test(tests, the_second_has_a_state_of_its_own);
	tcase_add_test(tests, without_its_key_the_second_is_an_orphan);
	tcase_add_test(tests, a_renamed_file_takes_both_along);
	tcase_add_loop_test(tests, a_key_that_is_not_configured_is_none, 0,
		sizeof(STRANGE) / sizeof(*STRANGE));
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
