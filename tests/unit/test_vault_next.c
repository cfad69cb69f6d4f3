/* SPDX-License-Identifier: MIT */
#include "mem.h"
#include "near_life.h"
#include "suite.h"
#include "text.h"

#include <check.h>
#include <openssl/ec.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#undef fail /* ours, not the old one of check */

/* The key of the next version: which one it is when files are not as the
 * vault left them, or the settings are others. */

#define NAME "a.example"
#define NEXT "state/archive/" NAME "/next/"

static struct vault_run run;
static struct little_ca ca;

static void prepare(void)
{
	little_ca_open(&ca);
	near_begin(&run);
	near_configure(&run, "ReuseKey=yes\n");
}

static void clean(void)
{
	near_end(&run);
	little_ca_close(&ca);
}

/* Gives the key in PEM. */
static char *issue(void)
{
	near_install(&ca);
	return run_read(&run, "state/live/" NAME "/privkey.pem");
}

static char *next_key_file(void)
{
	return run_read(&run, NEXT "privkey.pem");
}

static bool has_order(void)
{
	cleanup(json) json_t *lineage = near_load_first();

	return json_is_object(json_object_get(lineage, "order"));
}

START_TEST(a_key_is_used_again_only_as_it_is_wanted)
{
	cleanup(string) char *first = issue();
	cleanup(string) char *second = issue();
	ck_assert(streq(first, second)); /* shows no key */
	near_configure(&run, "ReuseKey=yes\nKey=ecdsa-p384\n");
	cleanup(string) char *third = issue();
	ck_assert(!streq(third, second));
	near_configure(&run, "ReuseKey=no\nKey=ecdsa-p384\n");
	cleanup(string) char *fourth = issue();
	ck_assert(!streq(fourth, third));
}
END_TEST

START_TEST(the_key_of_a_version_that_is_gone_is_not_used_again)
{
	cleanup(string) char *first = issue();
	run_remove(&run, "state/archive/" NAME "/1");
	cleanup(string) char *second = issue();
	ck_assert(!streq(first, second));
	run_write(&run, "state/live/" NAME "/cert.pem", "damaged");
	cleanup(string) char *third = issue();
	ck_assert(!streq(second, third));
}
END_TEST

START_TEST(a_next_key_that_is_damaged_is_made_anew)
{
	free(near_make_csr());
	run_write(&run, NEXT "privkey.pem", "nonsense");
	free(near_make_csr());
	cleanup(string) char *key = next_key_file();
	ck_assert_ptr_nonnull(strstr(key, "PRIVATE KEY"));
}
END_TEST

START_TEST(without_an_order_the_next_key_is_as_it_is_wanted)
{
	free(near_make_csr());
	cleanup(string) char *first = next_key_file();
	free(near_make_csr());
	cleanup(string) char *second = next_key_file();
	ck_assert(streq(first, second));
	near_configure(&run, "Key=ecdsa-p384\n");
	free(near_make_csr());
	cleanup(string) char *third = next_key_file();
	ck_assert(!streq(third, second));
	near_save_order("little");
	near_configure(&run, "Key=ecdsa-p256\n");
	free(near_make_csr());
	cleanup(string) char *fourth = next_key_file();
	ck_assert(streq(fourth, third));
}
END_TEST

/* From whoever restored it. */
static void write_foreign_key(const char *curve)
{
	cleanup(pkey) EVP_PKEY *key = EVP_EC_gen(curve);
	FILE *file = fopen(run_path(&run, NEXT "privkey.pem"), "we");

	ck_assert_ptr_nonnull(file);
	ck_assert_int_eq(
		PEM_write_PrivateKey(file, key, NULL, NULL, 0, NULL, NULL), 1);
	fclose(file);
}

START_TEST(a_next_key_of_no_known_kind_is_made_anew)
{
	free(near_make_csr());
	write_foreign_key("P-521");
	cleanup(string) char *first = next_key_file();
	free(near_make_csr());
	cleanup(string) char *second = next_key_file();
	ck_assert(!streq(first, second));
}
END_TEST

START_TEST(an_order_that_is_none_is_none)
{
	near_save_order("little");
	ck_assert(has_order());
	run_write(&run, NEXT "order.json", "[]");
	ck_assert(!has_order());
	run_write(&run, NEXT "order.json", "{");
	ck_assert(!has_order());
}
END_TEST

/* Beside a key of ours the request of a user is one of long ago. */
START_TEST(our_own_key_goes_before_the_request_of_a_user)
{
	near_save_order("little");
	free(near_make_csr());
	run_write(&run, NEXT "csr.pem", "nonsense");
	ck_assert(has_order());
	ck_assert_int_eq(unlink(run_path(&run, NEXT "privkey.pem")), 0);
	ck_assert(!has_order());
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("vault_next");
	TCase *tests = tcase_create("vault_next");

	tcase_set_timeout(tests, 60);
	tcase_add_checked_fixture(tests, prepare, clean);
	tcase_add_test(tests, a_key_is_used_again_only_as_it_is_wanted);
	tcase_add_test(
		tests, the_key_of_a_version_that_is_gone_is_not_used_again);
	tcase_add_test(tests, a_next_key_that_is_damaged_is_made_anew);
	tcase_add_test(tests, without_an_order_the_next_key_is_as_it_is_wanted);
	tcase_add_test(tests, a_next_key_of_no_known_kind_is_made_anew);
	tcase_add_test(tests, an_order_that_is_none_is_none);
	tcase_add_test(tests, our_own_key_goes_before_the_request_of_a_user);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
