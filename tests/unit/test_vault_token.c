/* SPDX-License-Identifier: MIT */
#include "json.h"
#include "mem.h"
#include "near_life.h"
#include "suite.h"
#include "text.h"
#include "token_key.h"

#include <check.h>
#include <openssl/ec.h>
#include <stdlib.h>
#undef fail /* ours, not the old one of check */

/* Keys of accounts that are in a token, which is played: what the vault keeps
 * of them. tests/integration/pkcs11.test has a real one. */

#define FIRST "pkcs11:token=acmed;object=first;type=private"
#define SECOND "pkcs11:token=acmed;object=second;type=private"
#define PIN "?pin-source=file:/etc/acmed/secrets/pin"
#define FOLDER "state/accounts/little/"

static struct vault_run run;
static EVP_PKEY *first, *second; /* in the token */
static char thumbprint[64]; /* of the account */

/* The linker leads the calls of acmed's own code here (--wrap). */
EVP_PKEY *__wrap_token_key_open(const char *uri, struct error *err);
EVP_PKEY *__wrap_token_key_open(const char *uri, struct error *err)
{
	EVP_PKEY *key = streq(uri, FIRST PIN) ? first
		: streq(uri, SECOND PIN)      ? second
					      : NULL;

	if (!key || !EVP_PKEY_up_ref(key)) {
		fail(err, ERROR_LOCAL, "no token opens with '%s'", uri);
		return NULL;
	}
	return key;
}

static void write_key(const char *uri)
{
	cleanup(string) char *text =
		text_format("[CA little]\nDirectory=https://ca.test/dir\n"
			    "AccountKey=%s" PIN "\n[Certificate]\nCA=little\n",
			uri);

	run_write(&run, "etc/acmed.conf", text);
}

static void configure(const char *uri)
{
	write_key(uri);
	near_rescan();
}

static void restart(const char *uri)
{
	write_key(uri);
	near_restart(&run);
}

/* The account's part of a token, or ""; and its thumbprint. */
static void look(const char *token)
{
	cleanup(json) json_t *reply = near_do("account", "s:s", "ca", "little");

	ck_assert_str_eq(member_string_or(reply, "token", ""), token);
	snprintf(thumbprint, sizeof(thumbprint), "%s",
		member_string_or(reply, "thumbprint", ""));
}

static void expect_text(const char *file, const char *text)
{
	cleanup(string) char *kept = run_read(&run, file);

	ck_assert_ptr_nonnull(kept);
	ck_assert_str_eq(kept, text);
	ck_assert_uint_eq(run_mode(&run, file), 0600);
}

static void permit_change(void)
{
	json_decref(near_do(
		"permit", "s:s, s:s", "what", "key-change", "ca", "little"));
}

static void prepare(void)
{
	first = EVP_EC_gen("P-256");
	second = EVP_EC_gen("P-256");
	near_prepare(&run);
	write_key(FIRST);
	near_start(&run);
}

static void clean(void)
{
	near_end(&run);
	EVP_PKEY_free(first);
	EVP_PKEY_free(second);
}

START_TEST(of_a_key_in_a_token_only_the_address_is_kept)
{
	char before[sizeof(thumbprint)];

	look(FIRST);
	memcpy(before, thumbprint, sizeof(before));
	expect_text(FOLDER "key.pem", FIRST PIN "\n");
	restart(SECOND); /* the account goes on with its own */
	look(FIRST);
	ck_assert_str_eq(thumbprint, before);
}
END_TEST

START_TEST(a_token_without_the_key_makes_no_account)
{
	configure("pkcs11:token=acmed;object=nobody");
	ck_assert(!near_try("account", "s:s", "ca", "little"));
	ck_assert_int_eq(near_error()->kind, ERROR_LOCAL);
	ck_assert(!run_exists(&run, FOLDER "key.pem"));
}
END_TEST

START_TEST(an_account_is_given_another_key_of_its_token)
{
	char before[sizeof(thumbprint)];

	look(FIRST);
	memcpy(before, thumbprint, sizeof(before));
	permit_change();
	ck_assert(!near_try("key-change-begin", "s:s", "ca", "little"));
	ck_assert_ptr_nonnull(
		strstr(near_error()->text, "has the key already"));
	configure(SECOND);
	json_decref(near_do("key-change-begin", "s:s", "ca", "little"));
	expect_text(FOLDER "key.next.pem", SECOND PIN "\n");
	json_decref(near_do("key-change-settle", "s:s, s:s", "ca", "little",
		"goes_by", "new"));
	expect_text(FOLDER "key.pem", SECOND PIN "\n");
	look(SECOND);
	ck_assert_str_ne(thumbprint, before);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("vault_token");
	TCase *tests = tcase_create("vault_token");

	tcase_add_checked_fixture(tests, prepare, clean);
	tcase_add_test(tests, of_a_key_in_a_token_only_the_address_is_kept);
	tcase_add_test(tests, a_token_without_the_key_makes_no_account);
	tcase_add_test(tests, an_account_is_given_another_key_of_its_token);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
