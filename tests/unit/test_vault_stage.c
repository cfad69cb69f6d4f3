/* SPDX-License-Identifier: MIT */
#include "json.h"
#include "mem.h"
#include "near_life.h"
#include "suite.h"
#include "text.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#undef fail /* ours, not the old one of check */

/* Which chains are staged, and which are signed for. */

#define NAME "a.example"
#define ACCOUNT "https://ca.test/account/1"
#define SOON 200 /* seconds: less than a certificate has to last */

static struct vault_run run;
static struct little_ca ca;

static void prepare(void)
{
	little_ca_open(&ca);
	near_begin(&run);
}

static void clean(void)
{
	near_end(&run);
	little_ca_close(&ca);
}

static bool stages(const char *chain)
{
	return near_try("stage", "s:s, s:s", "name", NAME, "chain", chain);
}

START_TEST(what_is_no_chain_is_not_staged)
{
	free(near_make_csr());
	ck_assert(!near_try("stage", "s:s, s:i", "name", NAME, "chain", 7));
	ck_assert_int_eq(near_error()->kind, ERROR_REFUSED);
	ck_assert(!near_try("stage", "s:s", "name", NAME));
	ck_assert_int_eq(near_error()->kind, ERROR_REFUSED);
}
END_TEST

START_TEST(no_name_is_left_out_that_may_not_be)
{
	cleanup(string) char *chain = near_make_chain(&ca);

	ck_assert(!near_try("stage", "s:s, s:s, s:[s]", "name", NAME, "chain",
		chain, "without", "www." NAME));
	ck_assert_int_eq(near_error()->kind, ERROR_REFUSED);
	ck_assert(stages(chain));
}
END_TEST

static unsigned count_versions(unsigned most)
{
	char path[64];
	unsigned count = 0;

	for (unsigned i = 1; i <= most; i++) {
		snprintf(path, sizeof(path), "state/archive/" NAME "/%u", i);
		count += run_exists(&run, path);
	}
	return count;
}

/* A CA of one's own without RootFile= is whoever says so. */
START_TEST(what_is_staged_again_and_again_does_not_pile_up)
{
	int last = 0;

	if (_i)
		near_install(&ca);
	for (int i = 0; i < 10; i++) {
		cleanup(string) char *chain = near_make_chain(&ca);
		last = near_stage(chain);
		ck_assert_int_eq(last, _i + i + 1);
	}
	ck_assert_uint_eq(count_versions(20), 3 + (unsigned)_i);
	ck_assert_int_eq(run_exists(&run, "state/archive/" NAME "/1"), _i);
	near_switch(last);
}
END_TEST

/* It may be asked for to be revoked. */
START_TEST(what_was_gone_back_from_stays_while_another_is_staged)
{
	for (int i = 0; i < 3; i++)
		near_install(&ca);
	json_decref(
		near_do("rollback", "s:s, s:i", "name", NAME, "version", 3));
	json_decref(
		near_do("rollback", "s:s, s:i", "name", NAME, "version", 2));
	cleanup(string) char *chain = near_make_chain(&ca);
	ck_assert_int_eq(near_stage(chain), 4);
	ck_assert_uint_eq(count_versions(4), 4);
}
END_TEST

/* Each CA has its root: that of the one which was asked counts. */
START_TEST(the_root_is_that_of_the_ca_of_the_order)
{
	struct little_ca stranger;
	little_ca_open(&stranger);
	cleanup(string) char *root = little_ca_root(&ca);
	cleanup(string) char *strange = little_ca_root(&stranger);
	little_ca_close(&stranger);
	run_write(&run, "etc/root.pem", root);
	run_write(&run, "etc/strange.pem", strange);
	cleanup(string) char *text = text_format(
		"[CA little]\nDirectory=https://ca.test/dir\nRootFile=%s\n"
		"[CA other]\nDirectory=https://other.test/dir\n"
		"[CA third]\nDirectory=https://third.test/dir\nRootFile=%s\n"
		"[Certificate]\nCA=little other third\n",
		run_path(&run, "etc/strange.pem"),
		run_path(&run, "etc/root.pem"));
	run_write(&run, "etc/acmed.conf", text);
	near_rescan();
	near_save_order("little");
	cleanup(string) char *chain = near_make_chain(&ca);
	ck_assert(!stages(chain));
	ck_assert_str_eq(near_error()->code, "P12");
	near_save_order("third");
	ck_assert_msg(stages(chain), "%s", near_error()->text);
}
END_TEST

START_TEST(what_lasts_no_longer_is_staged_where_nothing_better_is)
{
	json_decref(near_do("placeholder", "s:s", "name", NAME));
	ca.seconds = SOON;
	cleanup(string) char *first = near_make_chain(&ca);
	ck_assert_msg(stages(first), "%s", near_error()->text);
	ca.seconds = 0;
	near_install(&ca);
	ca.seconds = SOON;
	cleanup(string) char *second = near_make_chain(&ca);
	ck_assert(!stages(second));
	ck_assert_str_eq(near_error()->code, "K6");
	run_write(&run, "state/live/" NAME "/cert.pem", "damaged");
	ck_assert_msg(stages(second), "%s", near_error()->text);
}
END_TEST

START_TEST(nobody_switches_to_a_version_before_the_installed_one)
{
	near_install(&ca);
	near_install(&ca);
	ck_assert(!near_try("switch", "s:s, s:i", "name", NAME, "version", 1));
	ck_assert_int_eq(near_error()->kind, ERROR_REFUSED);
	ck_assert_str_eq(
		run_link(&run, "state/live/" NAME), "../archive/" NAME "/2");
}
END_TEST

START_TEST(a_placeholder_waits_for_a_long_key)
{
	near_configure(&run, "Key=rsa-2048\n");
	ck_assert(!near_try("placeholder", "s:s", "name", NAME));
	ck_assert_ptr_nonnull(strstr(near_error()->text, "is being made"));
	ck_assert(!run_exists(&run, "state/live/" NAME));
}
END_TEST

/* The CA of a small network may have a root and nothing between. */
START_TEST(a_leaf_alone_has_an_empty_chain)
{
	cleanup(string) char *chain = near_make_chain(&ca);
	char *second = strstr(strstr(chain, "END CERT"), "-----BEGIN");

	*second = '\0';
	ck_assert_msg(stages(chain), "%s", near_error()->text);
	cleanup(string) char *issuers =
		run_read(&run, "state/archive/" NAME "/1/chain.pem");
	ck_assert_ptr_nonnull(issuers);
	ck_assert_str_eq(issuers, "");
}
END_TEST

static bool offers_version(void)
{
	cleanup(json) json_t *lineage = near_load_first();

	return json_is_object(json_object_get(lineage, "staged"));
}

START_TEST(what_was_damaged_since_is_not_offered)
{
	cleanup(string) char *chain = near_make_chain(&ca);

	ck_assert(stages(chain));
	ck_assert(offers_version());
	run_write(&run, "state/archive/" NAME "/1/cert.pem", "damaged");
	ck_assert(!offers_version());
}
END_TEST

/* Requests that wait for their signature. */

static bool signs(const char *name, const char *csr)
{
	cleanup(string) char *payload = text_format("{\"csr\":\"%s\"}", csr);

	return near_try("sign", "s:s, s:s, s:s, s:s, s:s", "ca", name, "by",
		"account", "url", "https://ca.test/finalize", "nonce", "n",
		"payload", payload);
}

static void open_account(const char *name)
{
	cleanup(string) char *directory = text_format(
		"https://%s.test/dir", streq(name, "little") ? "ca" : name);

	json_decref(near_do("account", "s:s", "ca", name));
	json_decref(near_do("account-save", "s:s, s:s, s:s", "ca", name, "url",
		ACCOUNT, "directory", directory));
}

START_TEST(a_dry_run_and_a_real_one_are_signed_for_side_by_side)
{
	open_account("little");
	cleanup(string) char *real = near_make_csr();
	cleanup(json) json_t *reply =
		near_do("csr", "s:s, s:b", "name", NAME, "dry", true);
	const char *dry = member_string_or(reply, "csr", "");
	run_write(&run, "etc/certs.d/b.conf", "[Certificate]\nNames=b.test\n");
	near_rescan();
	json_decref(near_do("csr", "s:s", "name", "b"));
	ck_assert_str_ne(real, dry);
	ck_assert_msg(signs("little", real), "%s", near_error()->text);
	ck_assert_msg(signs("little", dry), "%s", near_error()->text);
	json_decref(near_do("order-drop", "s:s, s:b", "name", NAME, "dry", 1));
	ck_assert(signs("little", real));
	ck_assert(!signs("little", dry));
}
END_TEST

START_TEST(a_request_is_signed_for_as_it_is_configured)
{
	open_account("little");
	open_account("other");
	cleanup(string) char *csr = near_make_csr();
	ck_assert(!signs("other", csr));
	ck_assert(signs("little", csr));
	near_configure(&run, "CA=other\n");
	ck_assert(!signs("little", csr));
	run_remove(&run, "etc/certs.d/" NAME ".conf");
	near_rescan();
	ck_assert(!signs("little", csr));
	ck_assert(!signs("other", csr));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("vault_stage");
	TCase *tests = tcase_create("vault_stage");

	tcase_set_timeout(tests, 60);
	tcase_add_checked_fixture(tests, prepare, clean);
	tcase_add_test(tests, what_is_no_chain_is_not_staged);
	tcase_add_test(tests, no_name_is_left_out_that_may_not_be);
	tcase_add_loop_test(
		tests, what_is_staged_again_and_again_does_not_pile_up, 0, 2);
	tcase_add_test(
		tests, what_was_gone_back_from_stays_while_another_is_staged);
	tcase_add_test(tests, the_root_is_that_of_the_ca_of_the_order);
	tcase_add_test(
		tests, what_lasts_no_longer_is_staged_where_nothing_better_is);
	tcase_add_test(
		tests, nobody_switches_to_a_version_before_the_installed_one);
	tcase_add_test(tests, a_leaf_alone_has_an_empty_chain);
	tcase_add_test(tests, what_was_damaged_since_is_not_offered);
	tcase_add_test(tests, a_placeholder_waits_for_a_long_key);
	tcase_add_test(
		tests, a_dry_run_and_a_real_one_are_signed_for_side_by_side);
	tcase_add_test(tests, a_request_is_signed_for_as_it_is_configured);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
