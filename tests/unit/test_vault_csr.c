/* SPDX-License-Identifier: MIT */
#include "vault_run.h"

#include "csr.h"
#include "csr_read.h"
#include "json.h"
#include "key.h"
#include "mem.h"
#include "suite.h"
#include "text.h"
#include "vault_life.h"

#include <check.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#undef fail

/* What the real vault does with the request of a user. */

#define NAME "a.example"
#define NEXT "state/archive/" NAME "/next/"

static struct vault_run run;
static struct little_ca ca;
static char encoded[4096];

/* For a.example, with a key that nobody keeps; in the configuration. */
static void bring_request(enum key_type type)
{
	struct error err = {0};
	cleanup(pkey) EVP_PKEY *key = key_generate(type, &err);
	struct identifier names[2];

	ck_assert(identifier_parse("a.example", &names[0], NULL));
	ck_assert(identifier_parse("www.a.example", &names[1], NULL));
	cleanup(string) char *csr = csr_new(key, names, 2, &err);
	ck_assert_ptr_nonnull(csr);
	cleanup(string) char *pem = csr_to_pem(csr, &err);
	snprintf(encoded, sizeof(encoded), "%s", csr);
	run_write(&run, "etc/site.csr", pem);
	ck_assert_int_eq(chmod(run_path(&run, "etc/site.csr"), 0644), 0);
}

static void configure(void)
{
	run_do(&run, "configure", "");
	while (member_bool_or(run.reply, "more", false))
		run_do(&run, "configure", "s:b", "more", 1);
}

static void write_site(void)
{
	cleanup(string) char *text = text_format(
		"[Certificate]\nCSR=%s\n", run_path(&run, "etc/site.csr"));

	run_write(&run, "etc/certs.d/a.example.conf", text);
}

static void prepare(void)
{
	run_prepare(&run);
	little_ca_open(&ca);
	bring_request(KEY_ECDSA_P256);
	write_site();
	run_begin(&run);
}

static void clean(void)
{
	run_clean(&run);
	little_ca_close(&ca);
}

static const json_t *installed(void)
{
	return json_object_get(life_load_first(&run), "installed");
}

START_TEST(the_request_is_handed_on_as_it_is)
{
	life_save_order(&run, "https://ca.test/order/1");
	run_do(&run, "csr", "s:s", "name", NAME);
	ck_assert_str_eq(member_string_or(run.reply, "csr", ""), encoded);
	ck_assert(run_exists(&run, NEXT "csr.pem"));
	ck_assert(!run_exists(&run, NEXT "privkey.pem"));
}
END_TEST

START_TEST(a_version_has_the_request_in_the_place_of_its_key)
{
	char hash[CSR_HASH_SIZE];

	csr_hash(encoded, hash);
	ck_assert_int_eq(life_issue(&run, &ca), 1);
	ck_assert_str_eq(member_string_or(installed(), "request", ""), hash);
	ck_assert(run_exists(&run, "state/live/a.example/csr.pem"));
	ck_assert(run_exists(&run, "state/live/a.example/fullchain.pem"));
	ck_assert(!run_exists(&run, "state/live/a.example/privkey.pem"));
	ck_assert(!run_exists(&run, "state/live/a.example/combined.pem"));
	ck_assert_int_eq(life_issue(&run, &ca), 2);
	run_do(&run, "rollback", "s:s, s:i", "name", NAME, "version", 2);
	ck_assert_str_eq(member_string_or(run.reply, "request", ""), hash);
}
END_TEST

START_TEST(a_chain_for_another_key_is_refused)
{
	life_save_order(&run, "https://ca.test/order/1");
	run_do(&run, "csr", "s:s", "name", NAME);
	cleanup(string) char *chain = little_ca_sign_other(&ca, NAME);
	ck_assert(!run_ask(
		&run, "stage", "s:s, s:s", "name", NAME, "chain", chain));
	ck_assert_str_eq(run.code, "K6");
}
END_TEST

START_TEST(a_dry_run_keeps_nothing)
{
	run_do(&run, "csr", "s:s, s:b", "name", NAME, "dry", 1);
	cleanup(string) char *chain =
		little_ca_sign(&ca, member_string_or(run.reply, "csr", ""));
	run_do(&run, "stage", "s:s, s:s, s:b", "name", NAME, "chain", chain,
		"dry", 1);
	ck_assert(!run_exists(&run, NEXT "csr.pem"));
	ck_assert(!run_exists(&run, "state/archive/a.example/1"));
}
END_TEST

START_TEST(an_order_goes_on_with_its_request_after_a_crash)
{
	life_save_order(&run, "https://ca.test/order/1");
	run_do(&run, "csr", "s:s", "name", NAME);
	run_kill(&run);
	run_begin(&run);
	ck_assert(json_is_object(
		json_object_get(life_load_first(&run), "order")));
	ck_assert_int_eq(life_issue(&run, &ca), 1);
}
END_TEST

START_TEST(an_order_without_its_request_is_dead)
{
	life_save_order(&run, "https://ca.test/order/1");
	run_do(&run, "csr", "s:s", "name", NAME);
	run_remove(&run, NEXT "csr.pem");
	ck_assert(
		json_is_null(json_object_get(life_load_first(&run), "order")));
}
END_TEST

START_TEST(a_key_of_our_own_takes_its_place_and_the_reverse)
{
	ck_assert_int_eq(life_issue(&run, &ca), 1);
	run_write(&run, "etc/certs.d/a.example.conf",
		"[Certificate]\nNames=a.example www.a.example\nReuseKey=yes\n");
	configure();
	ck_assert_int_eq(life_issue(&run, &ca), 2);
	ck_assert(run_exists(&run, "state/live/a.example/privkey.pem"));
	ck_assert_ptr_null(json_object_get(installed(), "request"));
	write_site();
	configure();
	ck_assert_int_eq(life_issue(&run, &ca), 3);
	ck_assert(!run_exists(&run, "state/live/a.example/privkey.pem"));
}
END_TEST

START_TEST(one_that_is_gone_or_broken_leaves_the_accepted_one)
{
	run_remove(&run, "etc/site.csr");
	configure();
	const json_t *mistakes = json_object_get(run.reply, "mistakes");
	ck_assert_uint_eq(json_array_size(mistakes), 1);
	ck_assert_ptr_nonnull(
		strstr(json_string_value(json_array_get(mistakes, 0)),
			"a.example.conf:2: 'CSR="));
	run_do(&run, "csr", "s:s", "name", NAME);
	ck_assert_str_eq(member_string_or(run.reply, "csr", ""), encoded);
}
END_TEST

START_TEST(another_request_is_taken_in)
{
	cleanup(string) char *before = strdup(encoded);

	bring_request(KEY_ED25519);
	configure();
	run_do(&run, "csr", "s:s", "name", NAME);
	ck_assert_str_eq(member_string_or(run.reply, "csr", ""), encoded);
	ck_assert_str_ne(before, encoded);
}
END_TEST

START_TEST(its_own_key_cannot_revoke_it)
{
	ck_assert_int_eq(life_issue(&run, &ca), 1);
	run_do(&run, "permit", "s:s, s:s, s:i, s:i", "what", "revoke", "name",
		NAME, "version", 1, "reason", 0);
	ck_assert(!run_ask(&run, "revoke", "s:s, s:i, s:i, s:s, s:s, s:s",
		"name", NAME, "version", 1, "reason", 0, "by", "certificate",
		"url", "https://ca.test/revoke", "nonce", "n"));
	ck_assert_ptr_nonnull(strstr(run.text, "not on this machine"));
}
END_TEST

START_TEST(a_version_whose_request_does_not_fit_is_damaged)
{
	struct error err;

	ck_assert_int_eq(life_issue(&run, &ca), 1);
	bring_request(KEY_ECDSA_P256);
	cleanup(string) char *pem = csr_to_pem(encoded, &err);
	run_write(&run, "state/archive/a.example/1/csr.pem", pem);
	ck_assert_ptr_nonnull(
		strstr(member_string_or(life_load_first(&run), "problem", ""),
			"L6: 'archive/a.example/1': that of csr.pem is not"));
	run_write(&run, "state/archive/a.example/1/csr.pem", "nonsense");
	ck_assert(json_is_null(installed()));
}
END_TEST

START_TEST(an_order_whose_request_is_damaged_is_dead)
{
	life_save_order(&run, "https://ca.test/order/1");
	run_do(&run, "csr", "s:s", "name", NAME);
	run_write(&run, NEXT "csr.pem", "nonsense");
	ck_assert(
		json_is_null(json_object_get(life_load_first(&run), "order")));
}
END_TEST

/* Who holds that certificate's key would hold the account. */
START_TEST(a_request_with_the_next_key_of_an_account_is_refused)
{
	struct error err = {0};
	struct identifier names[2];

	run_do(&run, "account", "s:s", "ca", "little");
	run_do(&run, "permit", "s:s, s:s", "what", "key-change", "ca",
		"little");
	run_do(&run, "key-change-begin", "s:s", "ca", "little");
	cleanup(string) char *text =
		run_read(&run, "state/accounts/little/key.next.pem");
	cleanup(pkey) EVP_PKEY *key = key_from_pem(text, strlen(text), &err);
	ck_assert(identifier_parse("a.example", &names[0], NULL));
	ck_assert(identifier_parse("www.a.example", &names[1], NULL));
	cleanup(string) char *csr = csr_new(key, names, 2, &err);
	cleanup(string) char *pem = csr_to_pem(csr, &err);
	run_write(&run, "etc/site.csr", pem);
	configure();
	run_do(&run, "account", "s:s", "ca", "little");
	ck_assert(!run_ask(&run, "csr", "s:s", "name", NAME));
	ck_assert_ptr_nonnull(strstr(run.text, "the key of an account"));
}
END_TEST

START_TEST(no_placeholder_is_made)
{
	ck_assert(!run_ask(&run, "placeholder", "s:s", "name", NAME));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("vault_csr");
	TCase *tests = tcase_create("vault_csr");

	tcase_set_timeout(tests, 60);
	tcase_add_checked_fixture(tests, prepare, clean);
	tcase_add_test(tests, the_request_is_handed_on_as_it_is);
	tcase_add_test(
		tests, a_version_has_the_request_in_the_place_of_its_key);
	tcase_add_test(tests, a_chain_for_another_key_is_refused);
	tcase_add_test(tests, a_dry_run_keeps_nothing);
	tcase_add_test(tests, an_order_goes_on_with_its_request_after_a_crash);
	tcase_add_test(tests, an_order_without_its_request_is_dead);
	tcase_add_test(tests, a_key_of_our_own_takes_its_place_and_the_reverse);
	tcase_add_test(
		tests, one_that_is_gone_or_broken_leaves_the_accepted_one);
	tcase_add_test(tests, another_request_is_taken_in);
	tcase_add_test(tests, its_own_key_cannot_revoke_it);
	tcase_add_test(tests, a_version_whose_request_does_not_fit_is_damaged);
	tcase_add_test(tests, an_order_whose_request_is_damaged_is_dead);
	tcase_add_test(
		tests, a_request_with_the_next_key_of_an_account_is_refused);
	tcase_add_test(tests, no_placeholder_is_made);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
