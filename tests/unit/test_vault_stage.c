/* SPDX-License-Identifier: MIT */
#include "json.h"
#include "mem.h"
#include "near_vault.h"
#include "text.h"
#include "vault_run.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#undef fail /* ours, not the old one of check */

/* Which chains are staged, and which are signed for. */

#define NAME "a.example"
#define ACCOUNT "https://ca.test/account/1"
#define SOON 200 /* seconds: less than a certificate has to last */

static struct vault_run run;
static struct little_ca ca;
static struct error err;

static void configure(const char *more)
{
	cleanup(string) char *text = text_format(
		"[Certificate]\nNames=" NAME " www." NAME "\n%s", more);

	run_write(&run, "etc/certs.d/" NAME ".conf", text);
	json_decref(near_do("configure", ""));
}

static void prepare(void)
{
	if (access("/dev/shm", W_OK) == 0)
		setenv("TMPDIR", "/dev/shm", 0); /* each step syncs */
	run_prepare(&run);
	little_ca_open(&ca);
	err = (struct error){0};
	ck_assert_int_eq(mkdir(run_path(&run, "state"), 0755), 0);
	near_open(run_path(&run, "etc"), run_path(&run, "state"));
	configure("");
}

static void clean(void)
{
	near_close();
	little_ca_close(&ca);
	run_clean(&run);
}

static bool asks(json_t *request)
{
	err = (struct error){0};
	json_t *reply = near_ask(request, &err);

	json_decref(request);
	json_decref(reply);
	return reply != NULL;
}

static void save_order(const char *name)
{
	json_decref(near_do("order-save", "s:s, s:{s:s, s:s, s:s}", "name",
		NAME, "order", "ca", name, "url", "https://ca.test/order/1",
		"account", ACCOUNT));
}

static char *make_csr(bool is_dry)
{
	cleanup(json) json_t *reply =
		near_do("csr", "s:s, s:b", "name", NAME, "dry", is_dry);

	return strdup(member_string_or(reply, "csr", ""));
}

static char *make_chain(void)
{
	cleanup(string) char *csr = make_csr(false);

	return little_ca_sign(&ca, csr);
}

static json_t *stage_request(const char *chain)
{
	return json_pack("{s:s, s:s, s:s}", "verb", "stage", "name", NAME,
		"chain", chain);
}

static void issue(void)
{
	cleanup(string) char *chain = make_chain();
	cleanup(json) json_t *staged =
		near_do("stage", "s:s, s:s", "name", NAME, "chain", chain);

	json_decref(near_do("switch", "s:s, s:I", "name", NAME, "version",
		(json_int_t)member_integer_or(staged, "version", 0)));
}

START_TEST(what_is_no_chain_is_not_staged)
{
	free(make_csr(false));
	ck_assert(!asks(json_pack(
		"{s:s, s:s, s:i}", "verb", "stage", "name", NAME, "chain", 7)));
	ck_assert_int_eq(err.kind, ERROR_REFUSED);
	ck_assert(
		!asks(json_pack("{s:s, s:s}", "verb", "stage", "name", NAME)));
	ck_assert_int_eq(err.kind, ERROR_REFUSED);
}
END_TEST

START_TEST(no_name_is_left_out_that_may_not_be)
{
	cleanup(string) char *chain = make_chain();
	json_t *request = stage_request(chain);

	json_object_set_new(request, "without", json_pack("[s]", "www." NAME));
	ck_assert(!asks(request));
	ck_assert_int_eq(err.kind, ERROR_REFUSED);
	ck_assert(asks(stage_request(chain)));
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
	configure("");
	save_order("little");
	cleanup(string) char *chain = make_chain();
	ck_assert(!asks(stage_request(chain)));
	ck_assert_str_eq(err.code, "P12");
	save_order("third");
	ck_assert_msg(asks(stage_request(chain)), "%s", err.text);
}
END_TEST

START_TEST(what_lasts_no_longer_is_staged_where_nothing_better_is)
{
	json_decref(near_do("placeholder", "s:s", "name", NAME));
	ca.seconds = SOON;
	cleanup(string) char *first = make_chain();
	ck_assert_msg(asks(stage_request(first)), "%s", err.text);
	ca.seconds = 0;
	issue();
	ca.seconds = SOON;
	cleanup(string) char *second = make_chain();
	ck_assert(!asks(stage_request(second)));
	ck_assert_str_eq(err.code, "K6");
	run_write(&run, "state/live/" NAME "/cert.pem", "damaged");
	ck_assert_msg(asks(stage_request(second)), "%s", err.text);
}
END_TEST

START_TEST(nobody_switches_to_a_version_before_the_installed_one)
{
	issue();
	issue();
	ck_assert(!asks(json_pack("{s:s, s:s, s:i}", "verb", "switch", "name",
		NAME, "version", 1)));
	ck_assert_int_eq(err.kind, ERROR_REFUSED);
	ck_assert_str_eq(
		run_link(&run, "state/live/" NAME), "../archive/" NAME "/2");
}
END_TEST

START_TEST(a_placeholder_waits_for_a_long_key)
{
	configure("Key=rsa-2048\n");
	ck_assert(!asks(
		json_pack("{s:s, s:s}", "verb", "placeholder", "name", NAME)));
	ck_assert_ptr_nonnull(strstr(err.text, "is being made"));
	ck_assert(!run_exists(&run, "state/live/" NAME));
}
END_TEST

/* The CA of a small network may have a root and nothing between. */
START_TEST(a_leaf_alone_has_an_empty_chain)
{
	cleanup(string) char *chain = make_chain();
	char *second = strstr(strstr(chain, "END CERT"), "-----BEGIN");

	*second = '\0';
	ck_assert_msg(asks(stage_request(chain)), "%s", err.text);
	cleanup(string) char *issuers =
		run_read(&run, "state/archive/" NAME "/1/chain.pem");
	ck_assert_ptr_nonnull(issuers);
	ck_assert_str_eq(issuers, "");
}
END_TEST

static bool offers_version(void)
{
	cleanup(json) json_t *reply = near_do("load", "s:s", "after", "");
	const json_t *lineage =
		json_array_get(json_object_get(reply, "certificates"), 0);

	return json_is_object(json_object_get(lineage, "staged"));
}

START_TEST(what_was_damaged_since_is_not_offered)
{
	cleanup(string) char *chain = make_chain();

	ck_assert(asks(stage_request(chain)));
	ck_assert(offers_version());
	run_write(&run, "state/archive/" NAME "/1/cert.pem", "damaged");
	ck_assert(!offers_version());
}
END_TEST

/* Requests that wait for their signature. */

static bool signs(const char *name, const char *csr)
{
	cleanup(string) char *payload = text_format("{\"csr\":\"%s\"}", csr);

	return asks(json_pack("{s:s, s:s, s:s, s:s, s:s, s:s}", "verb", "sign",
		"ca", name, "by", "account", "url", "https://ca.test/finalize",
		"nonce", "n", "payload", payload));
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
	cleanup(string) char *real = make_csr(false);
	cleanup(string) char *dry = make_csr(true);
	run_write(&run, "etc/certs.d/b.conf", "[Certificate]\nNames=b.test\n");
	json_decref(near_do("configure", ""));
	json_decref(near_do("csr", "s:s", "name", "b"));
	ck_assert_str_ne(real, dry);
	ck_assert_msg(signs("little", real), "%s", err.text);
	ck_assert_msg(signs("little", dry), "%s", err.text);
	json_decref(near_do("order-drop", "s:s, s:b", "name", NAME, "dry", 1));
	ck_assert(signs("little", real));
	ck_assert(!signs("little", dry));
}
END_TEST

START_TEST(a_request_is_signed_for_as_it_is_configured)
{
	open_account("little");
	open_account("other");
	cleanup(string) char *csr = make_csr(false);
	ck_assert(!signs("other", csr));
	ck_assert(signs("little", csr));
	configure("CA=other\n");
	ck_assert(!signs("little", csr));
	run_remove(&run, "etc/certs.d/" NAME ".conf");
	json_decref(near_do("configure", ""));
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
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? 1 : 0;
}
