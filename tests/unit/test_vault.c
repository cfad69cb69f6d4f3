/* SPDX-License-Identifier: MIT */
#include "vault_life.h"

#include "json.h"
#include "mem.h"
#include "suite.h"
#include "text.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* The life of a certificate in the real vault, as the loop leads it. */

#define NAME "a.example"
#define ARCHIVE "state/archive/" NAME
#define LIVE "state/live/" NAME

static struct vault_run run;
static struct little_ca ca;

static void prepare(void)
{
	run_prepare(&run);
	little_ca_open(&ca);
}

static void clean(void)
{
	run_clean(&run);
	little_ca_close(&ca);
}

static const char *get(const json_t *object, const char *name)
{
	return member_string_or(object, name, "");
}

START_TEST(hello_tells_version_and_walls)
{
	run_start(&run);
	const json_t *reply = run_do(&run, "hello", "s:s", "role", "loop");
	ck_assert_str_eq(get(reply, "version"), ACMED_VERSION);
	ck_assert_int_eq(member_integer_or(reply, "pid", 0), run.pid);
	ck_assert_uint_ge(json_array_size(json_object_get(reply, "walls")), 1);
	ck_assert_ptr_nonnull(member_string_or(reply, "missing", NULL));
	run_end(&run);
}
END_TEST

START_TEST(it_ends_with_its_loop)
{
	run_begin(&run);
	run_do(&run, "ping", "");
	run_end(&run);
}
END_TEST

START_TEST(a_new_certificate_has_nothing)
{
	run_begin(&run);
	const json_t *lineage = life_load_first(&run);
	ck_assert_str_eq(get(lineage, "name"), NAME);
	ck_assert(json_is_null(json_object_get(lineage, "state")));
	ck_assert(json_is_null(json_object_get(lineage, "installed")));
	ck_assert(json_is_null(json_object_get(lineage, "order")));
	ck_assert(json_is_null(json_object_get(lineage, "staged")));
	ck_assert_ptr_null(json_object_get(lineage, "problem"));
	ck_assert(json_is_null(json_object_get(run.reply, "next")));
}
END_TEST

START_TEST(the_placeholder_can_be_served_at_once)
{
	run_begin(&run);
	run_do(&run, "placeholder", "s:s", "name", NAME);
	const json_t *installed = json_object_get(run.reply, "installed");
	const json_t *facts = json_object_get(installed, "facts");
	ck_assert_int_eq(member_integer_or(installed, "version", 0), 1);
	ck_assert(member_bool_or(facts, "self_signed", false));
	ck_assert_str_eq(run_link(&run, LIVE), "../archive/" NAME "/1");
	cleanup(string) char *chain = run_read(&run, LIVE "/chain.pem");
	ck_assert_ptr_nonnull(strstr(chain, "BEGIN CERTIFICATE"));
}
END_TEST

START_TEST(a_second_placeholder_is_the_first_one)
{
	run_begin(&run);
	run_do(&run, "placeholder", "s:s", "name", NAME);
	run_do(&run, "placeholder", "s:s", "name", NAME);
	ck_assert(!run_exists(&run, ARCHIVE "/2"));
}
END_TEST

START_TEST(a_link_that_was_lost_is_made_again)
{
	run_begin(&run);
	run_do(&run, "placeholder", "s:s", "name", NAME);
	run_remove(&run, LIVE);
	run_do(&run, "placeholder", "s:s", "name", NAME);
	ck_assert_str_eq(run_link(&run, LIVE), "../archive/" NAME "/1");
}
END_TEST

START_TEST(no_placeholder_is_made_where_none_is_wanted)
{
	run_write(&run, "etc/certs.d/a.example.conf",
		"[Certificate]\nNames=a.example\nPlaceholder=no\n");
	run_begin(&run);
	ck_assert(!run_ask(&run, "placeholder", "s:s", "name", NAME));
	ck_assert_str_eq(run.kind, "refused");
}
END_TEST

START_TEST(a_certificate_is_issued)
{
	run_begin(&run);
	ck_assert_int_eq(life_issue(&run, &ca), 1);
	ck_assert_str_eq(run_link(&run, LIVE), "../archive/" NAME "/1");
	ck_assert(!run_exists(&run, ARCHIVE "/next"));
	const json_t *lineage = life_load_first(&run);
	const json_t *installed = json_object_get(lineage, "installed");
	ck_assert_int_eq(member_integer_or(installed, "version", 0), 1);
	ck_assert(json_is_null(json_object_get(lineage, "staged")));
}
END_TEST

static void has_modes(void)
{
	ck_assert_uint_eq(run_mode(&run, "state/live"), 0755);
	ck_assert_uint_eq(run_mode(&run, "state/archive"), 0755);
	ck_assert_uint_eq(run_mode(&run, "state/accounts"), 0700);
	ck_assert_uint_eq(run_mode(&run, "state/state"), 0700);
	ck_assert_uint_eq(run_mode(&run, "state/state/config"), 0700);
	ck_assert_uint_eq(run_mode(&run, ARCHIVE), 0755);
	ck_assert_uint_eq(run_mode(&run, ARCHIVE "/1"), 0755);
	ck_assert_uint_eq(run_mode(&run, ARCHIVE "/1/privkey.pem"), 0600);
	ck_assert_uint_eq(run_mode(&run, ARCHIVE "/1/combined.pem"), 0600);
	ck_assert_uint_eq(run_mode(&run, ARCHIVE "/1/cert.pem"), 0644);
	ck_assert_uint_eq(run_mode(&run, ARCHIVE "/1/chain.pem"), 0644);
	ck_assert_uint_eq(run_mode(&run, ARCHIVE "/1/fullchain.pem"), 0644);
	ck_assert_uint_eq(run_mode(&run, ARCHIVE "/next"), 0700);
	ck_assert_uint_eq(run_mode(&run, ARCHIVE "/next/privkey.pem"), 0600);
	ck_assert_uint_eq(run_mode(&run, ARCHIVE "/next/order.json"), 0600);
	ck_assert_uint_eq(
		run_mode(&run, "state/accounts/little/key.pem"), 0600);
	ck_assert_uint_eq(
		run_mode(&run, "state/accounts/little/account.json"), 0600);
	ck_assert_uint_eq(run_mode(&run, "state/state/a.example.json"), 0600);
}

static void make_everything(void)
{
	run_begin(&run);
	life_issue(&run, &ca);
	life_save_order(&run, "https://ca.test/order/2");
	run_do(&run, "csr", "s:s", "name", NAME);
	run_do(&run, "account", "s:s", "ca", "little");
	run_do(&run, "account-save", "s:s, s:s, s:s", "ca", "little", "url",
		"https://ca.test/account/1", "directory",
		"https://ca.test/dir");
	run_do(&run, "state-save", "s:s, s:{s:i}", "name", NAME, "state",
		"schema", 1);
}

START_TEST(modes_are_right_under_a_umask_of_nothing)
{
	umask(0);
	make_everything();
	has_modes();
}
END_TEST

START_TEST(modes_are_right_under_a_strict_umask)
{
	umask(077);
	make_everything();
	umask(022);
	has_modes();
}
END_TEST

START_TEST(combined_is_the_key_and_then_the_full_chain)
{
	run_begin(&run);
	life_issue(&run, &ca);
	cleanup(string) char *key = run_read(&run, LIVE "/privkey.pem");
	cleanup(string) char *full = run_read(&run, LIVE "/fullchain.pem");
	cleanup(string) char *cert = run_read(&run, LIVE "/cert.pem");
	cleanup(string) char *chain = run_read(&run, LIVE "/chain.pem");
	cleanup(string) char *combined = run_read(&run, LIVE "/combined.pem");
	cleanup(string) char *key_full = text_format("%s%s", key, full);
	cleanup(string) char *cert_chain = text_format("%s%s", cert, chain);
	ck_assert_str_eq(combined, key_full);
	ck_assert_str_eq(full, cert_chain);
}
END_TEST

START_TEST(three_versions_are_kept)
{
	run_begin(&run);
	for (int i = 1; i <= 5; i++)
		ck_assert_int_eq(life_issue(&run, &ca), i);
	ck_assert(!run_exists(&run, ARCHIVE "/1"));
	ck_assert(!run_exists(&run, ARCHIVE "/2"));
	ck_assert(run_exists(&run, ARCHIVE "/3"));
	ck_assert(run_exists(&run, ARCHIVE "/4"));
	ck_assert_str_eq(run_link(&run, LIVE), "../archive/" NAME "/5");
}
END_TEST

START_TEST(each_order_has_a_key_of_its_own)
{
	run_begin(&run);
	life_issue(&run, &ca);
	cleanup(string) char *first = run_read(&run, LIVE "/privkey.pem");
	life_issue(&run, &ca);
	cleanup(string) char *second = run_read(&run, LIVE "/privkey.pem");
	ck_assert_str_ne(first, second);
}
END_TEST

/* RFC 8555 section 11.1. */
START_TEST(an_accounts_key_is_no_certificates_key)
{
	run_begin(&run);
	run_do(&run, "account", "s:s", "ca", "little");
	cleanup(string) char *account =
		run_read(&run, "state/accounts/little/key.pem");
	life_save_order(&run, "https://ca.test/order/1");
	run_do(&run, "csr", "s:s", "name", NAME);
	run_write(&run, ARCHIVE "/next/privkey.pem", account);
	ck_assert(!run_ask(&run, "csr", "s:s", "name", NAME));
	ck_assert_str_eq(run.kind, "refused");
	ck_assert_ptr_nonnull(strstr(run.text, "key of an account"));
}
END_TEST

START_TEST(the_key_is_reused_when_the_file_says_so)
{
	run_write(&run, "etc/certs.d/a.example.conf",
		"[Certificate]\nNames=a.example www.a.example\nReuseKey=yes\n");
	run_begin(&run);
	run_do(&run, "placeholder", "s:s", "name", NAME);
	cleanup(string) char *placeholder = run_read(&run, LIVE "/privkey.pem");
	life_issue(&run, &ca);
	cleanup(string) char *first = run_read(&run, LIVE "/privkey.pem");
	life_issue(&run, &ca);
	cleanup(string) char *second = run_read(&run, LIVE "/privkey.pem");
	ck_assert_str_ne(placeholder, first);
	ck_assert_str_eq(first, second);
}
END_TEST

START_TEST(another_order_does_not_get_the_key_of_the_first)
{
	run_begin(&run);
	life_save_order(&run, "https://ca.test/order/1");
	run_do(&run, "csr", "s:s", "name", NAME);
	cleanup(string) char *first =
		run_read(&run, ARCHIVE "/next/privkey.pem");
	life_save_order(&run, "https://ca.test/order/1");
	run_do(&run, "csr", "s:s", "name", NAME);
	cleanup(string) char *same =
		run_read(&run, ARCHIVE "/next/privkey.pem");
	life_save_order(&run, "https://ca.test/order/2");
	run_do(&run, "csr", "s:s", "name", NAME);
	cleanup(string) char *second =
		run_read(&run, ARCHIVE "/next/privkey.pem");
	ck_assert_str_eq(first, same);
	ck_assert_str_ne(first, second);
}
END_TEST

START_TEST(a_dropped_order_leaves_nothing)
{
	run_begin(&run);
	life_save_order(&run, "https://ca.test/order/1");
	run_do(&run, "csr", "s:s", "name", NAME);
	run_do(&run, "order-drop", "s:s", "name", NAME);
	ck_assert(!run_exists(&run, ARCHIVE "/next"));
	run_do(&run, "order-drop", "s:s", "name", NAME);
}
END_TEST

START_TEST(a_dry_run_leaves_nothing_on_disk)
{
	run_begin(&run);
	const json_t *reply =
		run_do(&run, "csr", "s:s, s:b", "name", NAME, "dry", 1);
	cleanup(string) char *chain =
		little_ca_sign(&ca, member_string_or(reply, "csr", ""));
	reply = run_do(&run, "stage", "s:s, s:s, s:b", "name", NAME, "chain",
		chain, "dry", 1);
	ck_assert_int_eq(member_integer_or(reply, "version", -1), 0);
	run_do(&run, "order-drop", "s:s, s:b", "name", NAME, "dry", 1);
	ck_assert(!run_exists(&run, ARCHIVE));
	ck_assert(!run_ask(&run, "stage", "s:s, s:s, s:b", "name", NAME,
		"chain", chain, "dry", 1));
}
END_TEST

START_TEST(a_staging_account_is_another_one)
{
	run_begin(&run);
	const json_t *reply = run_do(&run, "account", "s:s", "ca", "little");
	cleanup(string) char *real = strdup(get(reply, "thumbprint"));
	ck_assert(json_is_null(json_object_get(reply, "url")));
	reply = run_do(
		&run, "account", "s:s, s:b", "ca", "little", "staging", 1);
	ck_assert_str_ne(get(reply, "thumbprint"), real);
	ck_assert(run_exists(&run, "state/accounts/little+staging/key.pem"));
	reply = run_do(&run, "account", "s:s", "ca", "little");
	ck_assert_str_eq(get(reply, "thumbprint"), real);
}
END_TEST

START_TEST(the_account_outlives_the_vault)
{
	run_begin(&run);
	const json_t *reply = run_do(&run, "account", "s:s", "ca", "little");
	cleanup(string) char *thumbprint = strdup(get(reply, "thumbprint"));
	run_do(&run, "account-save", "s:s, s:s, s:s", "ca", "little", "url",
		"https://ca.test/account/1", "directory",
		"https://ca.test/dir");
	run_end(&run);
	run_begin(&run);
	reply = run_do(&run, "account", "s:s", "ca", "little");
	ck_assert_str_eq(get(reply, "thumbprint"), thumbprint);
	ck_assert_str_eq(get(reply, "url"), "https://ca.test/account/1");
	ck_assert_str_eq(get(reply, "directory"), "https://ca.test/dir");
}
END_TEST

START_TEST(a_damaged_account_key_is_not_replaced)
{
	run_begin(&run);
	run_do(&run, "account", "s:s", "ca", "little");
	run_end(&run);
	run_write(&run, "state/accounts/little/key.pem", "nonsense");
	run_begin(&run);
	ck_assert(!run_ask(&run, "account", "s:s", "ca", "little"));
	cleanup(string) char *key =
		run_read(&run, "state/accounts/little/key.pem");
	ck_assert_str_eq(key, "nonsense");
}
END_TEST

static void roll_back(int from, int to)
{
	const json_t *reply = run_do(
		&run, "rollback", "s:s, s:i", "name", NAME, "version", from);

	ck_assert_int_eq(member_integer_or(reply, "version", 0), to);
}

START_TEST(rollback_goes_to_the_version_before)
{
	run_begin(&run);
	life_issue(&run, &ca);
	life_issue(&run, &ca);
	roll_back(2, 1);
	ck_assert_str_eq(run_link(&run, LIVE), "../archive/" NAME "/1");
	const json_t *lineage = life_load_first(&run);
	ck_assert(json_is_null(json_object_get(lineage, "staged")));
	ck_assert_int_eq(life_issue(&run, &ca), 3);
}
END_TEST

START_TEST(a_rollback_twice_is_a_rollback_once)
{
	run_begin(&run);
	for (int i = 0; i < 3; i++)
		life_issue(&run, &ca);
	roll_back(3, 2);
	roll_back(3, 2);
	ck_assert_str_eq(run_link(&run, LIVE), "../archive/" NAME "/2");
	roll_back(2, 1);
}
END_TEST

START_TEST(a_rollback_has_to_say_where_from)
{
	run_begin(&run);
	life_issue(&run, &ca);
	life_issue(&run, &ca);
	ck_assert(!run_ask(&run, "rollback", "s:s", "name", NAME));
	ck_assert_str_eq(run.kind, "refused");
	ck_assert(!run_ask(&run, "rollback", "s:s, s:I", "name", NAME,
		"version", (json_int_t)INT32_MAX + 1));
	ck_assert_str_eq(run.kind, "refused");
	ck_assert_str_eq(run_link(&run, LIVE), "../archive/" NAME "/2");
}
END_TEST

START_TEST(rollback_never_goes_to_a_placeholder)
{
	run_begin(&run);
	run_do(&run, "placeholder", "s:s", "name", NAME);
	life_issue(&run, &ca);
	ck_assert(!run_ask(
		&run, "rollback", "s:s, s:i", "name", NAME, "version", 2));
	ck_assert_str_eq(run.kind, "refused");
	ck_assert_str_eq(run_link(&run, LIVE), "../archive/" NAME "/2");
}
END_TEST

START_TEST(a_switch_twice_is_a_switch_once)
{
	run_begin(&run);
	life_issue(&run, &ca);
	run_do(&run, "switch", "s:s, s:i", "name", NAME, "version", 1);
	ck_assert_str_eq(run_link(&run, LIVE), "../archive/" NAME "/1");
}
END_TEST

START_TEST(a_chain_staged_twice_is_one_version)
{
	run_begin(&run);
	life_save_order(&run, "https://ca.test/order/1");
	cleanup(string) char *chain = life_make_chain(&run, &ca);
	for (int i = 0; i < 2; i++) {
		const json_t *reply = run_do(&run, "stage", "s:s, s:s", "name",
			NAME, "chain", chain);
		ck_assert_int_eq(member_integer_or(reply, "version", 0), 1);
	}
	ck_assert(!run_exists(&run, ARCHIVE "/2"));
}
END_TEST

START_TEST(the_state_is_kept_word_by_word)
{
	run_begin(&run);
	run_do(&run, "state-save", "s:s, s:{s:i, s:s}", "name", NAME, "state",
		"schema", 1, "x", "\"\\\xc3\xa4");
	run_end(&run);
	run_begin(&run);
	const json_t *state = json_object_get(life_load_first(&run), "state");
	ck_assert_str_eq(get(state, "x"), "\"\\\xc3\xa4");
}
END_TEST

START_TEST(the_probe_leaves_nothing)
{
	run_begin(&run);
	run_do(&run, "probe", "");
	ck_assert(!run_exists(&run, "state/state/.probe.unfinished"));
}
END_TEST

START_TEST(others_are_served_while_a_key_is_made)
{
	run_write(&run, "etc/certs.d/a.example.conf",
		"[Certificate]\nNames=a.example\nKey=rsa-4096\n");
	run_begin(&run);
	int slow = run_send(&run, "csr", "s:s", "name", NAME);
	int quick = run_send(&run, "ping", "");
	ck_assert(run_receive(&run));
	ck_assert_int_eq(member_integer_or(run.reply, "id", 0), quick);
	ck_assert(run_receive(&run));
	ck_assert_int_eq(member_integer_or(run.reply, "id", 0), slow);
	ck_assert_str_ne(get(run.reply, "csr"), "");
	ck_assert(run_exists(&run, ARCHIVE "/next/privkey.pem"));
}
END_TEST

START_TEST(two_requests_for_one_long_key_agree)
{
	run_write(&run, "etc/certs.d/a.example.conf",
		"[Certificate]\nNames=a.example www.a.example\nKey=rsa-2048\n");
	run_begin(&run);
	run_send(&run, "csr", "s:s", "name", NAME);
	run_send(&run, "csr", "s:s", "name", NAME);
	ck_assert(run_receive(&run));
	ck_assert(run_receive(&run));
	cleanup(string) char *chain =
		little_ca_sign(&ca, get(run.reply, "csr"));
	run_do(&run, "stage", "s:s, s:s", "name", NAME, "chain", chain);
}
END_TEST

START_TEST(it_ends_while_a_key_is_made)
{
	run_write(&run, "etc/certs.d/a.example.conf",
		"[Certificate]\nNames=a.example\nKey=rsa-4096\n");
	run_begin(&run);
	run_send(&run, "csr", "s:s", "name", NAME);
	run_do(&run, "ping", "");
	run_end(&run);
}
END_TEST

START_TEST(a_page_of_many_certificates_has_a_next)
{
	char path[64], text[64];

	for (int i = 0; i < 700; i++) {
		snprintf(path, sizeof(path), "etc/certs.d/n%03d.conf", i);
		snprintf(text, sizeof(text),
			"[Certificate]\nNames=n%03d.example\n", i);
		run_write(&run, path, text);
	}
	run_begin(&run);
	size_t count = 0;
	char after[101] = "";
	do {
		const json_t *reply =
			run_do(&run, "load", "s:s", "after", after);
		count +=
			json_array_size(json_object_get(reply, "certificates"));
		snprintf(after, sizeof(after), "%s", get(reply, "next"));
	} while (*after);
	ck_assert_uint_eq(count, 701);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("vault");
	TCase *tests = tcase_create("vault");

	tcase_set_timeout(tests, 120);
	tcase_add_checked_fixture(tests, prepare, clean);
	tcase_add_test(tests, hello_tells_version_and_walls);
	tcase_add_test(tests, it_ends_with_its_loop);
	tcase_add_test(tests, a_new_certificate_has_nothing);
	tcase_add_test(tests, the_placeholder_can_be_served_at_once);
	tcase_add_test(tests, a_second_placeholder_is_the_first_one);
	tcase_add_test(tests, a_link_that_was_lost_is_made_again);
	tcase_add_test(tests, no_placeholder_is_made_where_none_is_wanted);
	tcase_add_test(tests, a_certificate_is_issued);
	tcase_add_test(tests, modes_are_right_under_a_umask_of_nothing);
	tcase_add_test(tests, modes_are_right_under_a_strict_umask);
	tcase_add_test(tests, combined_is_the_key_and_then_the_full_chain);
	tcase_add_test(tests, three_versions_are_kept);
	tcase_add_test(tests, each_order_has_a_key_of_its_own);
	tcase_add_test(tests, an_accounts_key_is_no_certificates_key);
	tcase_add_test(tests, the_key_is_reused_when_the_file_says_so);
	tcase_add_test(tests, another_order_does_not_get_the_key_of_the_first);
	tcase_add_test(tests, a_dropped_order_leaves_nothing);
	tcase_add_test(tests, a_dry_run_leaves_nothing_on_disk);
	tcase_add_test(tests, a_staging_account_is_another_one);
	tcase_add_test(tests, the_account_outlives_the_vault);
	tcase_add_test(tests, a_damaged_account_key_is_not_replaced);
	tcase_add_test(tests, rollback_goes_to_the_version_before);
	tcase_add_test(tests, a_rollback_twice_is_a_rollback_once);
	tcase_add_test(tests, a_rollback_has_to_say_where_from);
	tcase_add_test(tests, rollback_never_goes_to_a_placeholder);
	tcase_add_test(tests, a_switch_twice_is_a_switch_once);
	tcase_add_test(tests, a_chain_staged_twice_is_one_version);
	tcase_add_test(tests, the_state_is_kept_word_by_word);
	tcase_add_test(tests, the_probe_leaves_nothing);
	tcase_add_test(tests, others_are_served_while_a_key_is_made);
	tcase_add_test(tests, two_requests_for_one_long_key_agree);
	tcase_add_test(tests, it_ends_while_a_key_is_made);
	tcase_add_test(tests, a_page_of_many_certificates_has_a_next);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
