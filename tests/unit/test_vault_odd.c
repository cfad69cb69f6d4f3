/* SPDX-License-Identifier: MIT */
#include "archive.h"
#include "json.h"
#include "mem.h"
#include "near_life.h"
#include "suite.h"
#include "text.h"
#include "vault.h"

#include <check.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#undef fail /* ours, not the old one of check */

/* The vault among files that are not as it left them. */

#define NAME "a.example"
#define SITE "etc/certs.d/" NAME ".conf"
#define VERSION "state/archive/" NAME "/1/"

static struct vault_run run;

static void prepare(void)
{
	near_begin(&run);
	json_decref(near_do("placeholder", "s:s", "name", NAME));
}

static void clean(void)
{
	near_end(&run);
}

/* Versions. */

static void expect_damage(
	const char *file, const char *before, const char *after)
{
	char path[128];

	snprintf(path, sizeof(path), VERSION "%s", file);
	cleanup(string) char *text = run_read(&run, path);
	cleanup(string) char *odd = text_format("%s%s%s", before, text, after);
	run_write(&run, path, odd);
	cleanup(json) json_t *lineage = near_load_first();
	ck_assert_msg(*member_string_or(lineage, "problem", ""), "%s", file);
	ck_assert(json_is_null(json_object_get(lineage, "installed")));
	run_write(&run, path, text);
}

START_TEST(files_of_a_version_that_do_not_agree_are_told)
{
	expect_damage("cert.pem", "x\n", "");
	expect_damage("cert.pem", "", "x\n");
	expect_damage("chain.pem", "", "x\n");
	expect_damage("combined.pem", "x\n", "");
	expect_damage("combined.pem", "", "x\n");
	cleanup(json) json_t *lineage = near_load_first();
	ck_assert_str_eq(member_string_or(lineage, "problem", ""), "");
}
END_TEST

START_TEST(what_has_no_number_is_no_version)
{
	static const char *const NAMES[] = {"02", "1234567890", "2x", "x"};
	char path[128];

	ck_assert_uint_eq(archive_parse_number(""), 0);
	for (size_t i = 0; i < sizeof(NAMES) / sizeof(*NAMES); i++) {
		snprintf(path, sizeof(path), "state/archive/" NAME "/%s",
			NAMES[i]);
		ck_assert_int_eq(mkdir(run_path(&run, path), 0755), 0);
	}
	cleanup(json) json_t *lineage = near_load_first();
	const json_t *versions = json_object_get(lineage, "versions");
	ck_assert_uint_eq(json_array_size(versions), 1);
	ck_assert(run_exists(&run, "state/archive/" NAME "/2x"));
}
END_TEST

START_TEST(of_a_hundred_versions_the_installed_one_stays)
{
	char path[128];

	for (int i = 2; i < 100; i++) {
		snprintf(path, sizeof(path), "state/archive/" NAME "/%d", i);
		ck_assert_int_eq(mkdir(run_path(&run, path), 0755), 0);
	}
	cleanup(json) json_t *lineage = near_load_first();
	ck_assert(json_is_object(json_object_get(lineage, "installed")));
	ck_assert(run_exists(&run, "state/archive/" NAME "/1/cert.pem"));
	ck_assert(run_exists(&run, "state/archive/" NAME "/99"));
}
END_TEST

/* What a human keeps beside. */

START_TEST(only_what_acmed_left_half_done_is_removed)
{
	run_write(&run, "state/live/.notes", "x");
	run_write(&run, "state/live/x.new", "x");
	run_write(&run, "state/live/.x.new", "x");
	run_write(&run, "state/live/.x.gone", "x");
	run_write(&run, "state/state/x y.json", "{}");
	near_restart(&run);
	json_decref(near_load_first());
	ck_assert(run_exists(&run, "state/live/.notes"));
	ck_assert(run_exists(&run, "state/live/x.new"));
	ck_assert(!run_exists(&run, "state/live/.x.new"));
	ck_assert(!run_exists(&run, "state/live/.x.gone"));
	ck_assert(run_exists(&run, "state/state/x y.json"));
}
END_TEST

START_TEST(a_tree_that_is_too_deep_is_left)
{
	char path[128] = "state/live/.x.gone";

	for (int i = 0; i < 8; i++) {
		ck_assert_int_eq(mkdir(run_path(&run, path), 0755), 0);
		strcat(path, "/x");
	}
	near_restart(&run);
	ck_assert(run_exists(&run, "state/live/.x.gone"));
}
END_TEST

START_TEST(without_any_certificate_there_is_nothing_to_load)
{
	run_remove(&run, SITE);
	near_rescan();
	json_decref(near_do("purge", "s:s", "name", NAME));
	ck_assert_ptr_null(near_load_first());
}
END_TEST

START_TEST(who_cannot_be_named_holds_the_lock_all_the_same)
{
	struct vault second = {.state = -1};
	struct error err = {0};

	ck_assert(!vault_open(&second, &err));
	ck_assert_str_eq(err.code, "L8");
	vault_close(&second);
	run_remove(&run, "state/lock");
	ck_assert(!vault_open(&second, &err));
	ck_assert_ptr_nonnull(strstr(err.text, "process ?"));
	vault_close(&second);
}
END_TEST

START_TEST(an_accepted_configuration_that_is_damaged_is_none)
{
	static const char *const TEXTS[] = {"nonsense", "{\"files\": [{}]}",
		"{\"files\": [{\"path\": \"x\"}]}",
		"{\"files\": [{\"path\": \"x\", \"text\": 5}]}",
		"{\"files\": [{\"path\": \"x\", \"text\": \"[Oops\"}]}"};

	run_write(&run, "etc/acmed.conf", "[Oops\n");
	for (size_t i = 0; i < sizeof(TEXTS) / sizeof(*TEXTS); i++) {
		run_write(&run, "state/state/config/global.json", TEXTS[i]);
		ck_assert(!near_try("configure", ""));
		ck_assert_ptr_nonnull(strstr(
			near_error()->text, "no acmed.conf was accepted"));
	}
}
END_TEST

/* Keys for everybody. */

static size_t count_modes(int64_t version)
{
	cleanup(json) json_t *reply = near_do("look", "s:s, s:I", "name", NAME,
		"version", (json_int_t)version);
	const json_t *findings = json_object_get(reply, "findings");
	size_t i, count = 0;
	json_t *each;

	json_array_foreach (findings, i, each)
		count += streq(member_string_or(each, "code", ""), "P7");
	return count;
}

START_TEST(only_a_version_that_can_be_has_its_keys_closed)
{
	static const int64_t NUMBERS[] = {0, -1, 3000000000, 1};
	const char *key = VERSION "privkey.pem";

	ck_assert_int_eq(chmod(run_path(&run, key), 0644), 0);
	for (size_t i = 0; i < sizeof(NUMBERS) / sizeof(*NUMBERS); i++)
		ck_assert_uint_ge(count_modes(NUMBERS[i]), 1);
	ck_assert_uint_eq(run_mode(&run, key), 0600);
	/* Who is in another group was let in by somebody. */
	ck_assert_int_eq(chmod(run_path(&run, key), 0644), 0);
	if (chown(run_path(&run, key), (uid_t)-1, getegid() + 1) != 0)
		return; /* not root */
	ck_assert_uint_ge(count_modes(1), 1);
	ck_assert_uint_eq(run_mode(&run, key), 0640);
}
END_TEST

START_TEST(an_orphan_is_looked_at_too)
{
	run_remove(&run, SITE);
	near_rescan();
	ck_assert_uint_eq(count_modes(1), 0);
}
END_TEST

/* Accounts. */

static void save_url(const char *url, bool has_contacts)
{
	json_decref(near_do("account-save", "s:s, s:s, s:s, s:b", "ca", "other",
		"url", url, "directory", "https://other.test/dir",
		"has_contacts", has_contacts));
}

START_TEST(a_url_that_comes_back_is_former_once)
{
	json_decref(near_do("account", "s:s", "ca", "other"));
	save_url("https://other.test/1", false);
	cleanup(json) json_t *reply = near_do("account", "s:s", "ca", "other");
	ck_assert(!member_bool_or(reply, "updates_contacts", true));
	json_decref(near_do("account-terms", "s:s, s:s", "ca", "other", "terms",
		"https://other.test/terms"));
	save_url("https://other.test/2", true);
	save_url("https://other.test/1", true);
	save_url("https://other.test/2", true);
	save_url("https://other.test/3", true);
	cleanup(string) char *text =
		run_read(&run, "state/accounts/other/account.json");
	cleanup(json) json_t *saved = json_loads(text, 0, NULL);
	ck_assert_uint_eq(json_array_size(json_object_get(saved, "former")), 2);
	ck_assert_str_eq(member_string_or(saved, "terms", ""),
		"https://other.test/terms");
}
END_TEST

START_TEST(terms_are_kept_of_an_account_that_was_not_asked_for)
{
	json_decref(near_do("account", "s:s", "ca", "other"));
	save_url("https://other.test/1", true);
	json_decref(near_do("account", "s:s", "ca", "little"));
	json_decref(near_do("account-terms", "s:s, s:s", "ca", "other", "terms",
		"https://other.test/a"));
	json_decref(near_do("account-terms", "s:s, s:s", "ca", "other", "terms",
		"https://other.test/b"));
	cleanup(json) json_t *reply = near_do("account", "s:s", "ca", "other");
	ck_assert_str_eq(
		member_string_or(reply, "terms", ""), "https://other.test/b");
	ck_assert(!near_try("account-terms", "s:s, s:s", "ca", "little",
		"terms", "https://ca.test/"));
	ck_assert_int_eq(near_error()->kind, ERROR_REFUSED);
}
END_TEST

START_TEST(a_long_account_key_is_waited_for)
{
	json_decref(near_do("account", "s:s", "ca", "little"));
	run_write(&run, "etc/acmed.conf",
		"[CA little]\nDirectory=https://ca.test/dir\n"
		"AccountKey=rsa-2048\n"
		"[CA other]\nDirectory=https://other.test/dir\n"
		"AccountKey=rsa-2048\n[Certificate]\nCA=little\n");
	near_rescan();
	ck_assert(!near_try("account", "s:s", "ca", "other"));
	ck_assert_ptr_nonnull(strstr(near_error()->text, "is being made"));
	json_decref(near_do(
		"permit", "s:s, s:s", "what", "key-change", "ca", "little"));
	ck_assert(!near_try("key-change-begin", "s:s", "ca", "little"));
	ck_assert_ptr_nonnull(strstr(near_error()->text, "is being made"));
	ck_assert(!run_exists(&run, "state/accounts/little/key.next.pem"));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("vault_odd");
	TCase *tests = tcase_create("vault_odd");

	tcase_set_timeout(tests, 60);
	tcase_add_checked_fixture(tests, prepare, clean);
	tcase_add_test(tests, files_of_a_version_that_do_not_agree_are_told);
	tcase_add_test(tests, what_has_no_number_is_no_version);
	tcase_add_test(tests, of_a_hundred_versions_the_installed_one_stays);
	tcase_add_test(tests, only_what_acmed_left_half_done_is_removed);
	tcase_add_test(tests, a_tree_that_is_too_deep_is_left);
	tcase_add_test(tests, without_any_certificate_there_is_nothing_to_load);
	tcase_add_test(tests, who_cannot_be_named_holds_the_lock_all_the_same);
	tcase_add_test(
		tests, an_accepted_configuration_that_is_damaged_is_none);
	tcase_add_test(tests, only_a_version_that_can_be_has_its_keys_closed);
	tcase_add_test(tests, an_orphan_is_looked_at_too);
	tcase_add_test(tests, a_url_that_comes_back_is_former_once);
	tcase_add_test(
		tests, terms_are_kept_of_an_account_that_was_not_asked_for);
	tcase_add_test(tests, a_long_account_key_is_waited_for);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
