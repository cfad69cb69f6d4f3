/* SPDX-License-Identifier: MIT */
#include "vault_run.h"

#include "base64url.h"
#include "json.h"
#include "mem.h"
#include "suite.h"
#include "text.h"

#include <check.h>
#include <stdlib.h>
#undef fail

/* What the real vault does with certificates that are revoked. */

#define NAME "a.example"
#define ACCOUNT "https://ca.test/account/1"
#define REVOKE_URL "https://ca.test/revoke-cert"
#define KEY_COMPROMISE 1
#define SUPERSEDED 4

static struct vault_run run;
static struct little_ca ca;

static void issue(void)
{
	run_do(&run, "csr", "s:s", "name", NAME);
	cleanup(string) char *chain =
		little_ca_sign(&ca, member_string_or(run.reply, "csr", ""));
	run_do(&run, "stage", "s:s, s:s", "name", NAME, "chain", chain);
	run_do(&run, "switch", "s:s, s:i", "name", NAME, "version",
		(int)member_integer_or(run.reply, "version", 0));
}

static void prepare(void)
{
	run_prepare(&run);
	little_ca_open(&ca);
	run_begin(&run);
	run_do(&run, "account", "s:s", "ca", "little");
	run_do(&run, "account-save", "s:s, s:s, s:s", "ca", "little", "url",
		ACCOUNT, "directory", "https://ca.test/dir");
	issue();
}

static void clean(void)
{
	run_clean(&run);
	little_ca_close(&ca);
}

static void permit(int version, int reason)
{
	run_do(&run, "permit", "s:s, s:s, s:i, s:i", "what", "revoke", "name",
		NAME, "version", version, "reason", reason);
}

static bool revoke(const char *by, int version, int reason)
{
	return run_ask(&run, "revoke", "s:s, s:i, s:i, s:s, s:s, s:s, s:s",
		"name", NAME, "version", version, "reason", reason, "by", by,
		"ca", "little", "url", REVOKE_URL, "nonce", "n");
}

static bool mark(int version, int reason)
{
	return run_ask(&run, "revoked", "s:s, s:i, s:i", "name", NAME,
		"version", version, "reason", reason);
}

/* A part of the JWS in the last reply. */
static json_t *signed_part(const char *part)
{
	struct error err = {0};
	size_t length = 0;
	cleanup(json) json_t *jws = json_read(
		member_string_or(run.reply, "jws", ""),
		strlen(member_string_or(run.reply, "jws", "")), "jws", &err);
	cleanup(bytes) unsigned char *bytes =
		base64url_decode(member_string_or(jws, part, ""), &length);

	ck_assert_ptr_nonnull(bytes);
	return json_read((const char *)bytes, length, part, &err);
}

static char *key(void)
{
	return run_read(&run, "state/live/" NAME "/privkey.pem");
}

START_TEST(nothing_is_revoked_without_a_permit)
{
	ck_assert(!revoke("account", 1, SUPERSEDED));
	ck_assert(!mark(1, SUPERSEDED));
	permit(2, SUPERSEDED);
	ck_assert(!revoke("account", 1, SUPERSEDED));
	ck_assert(!run_exists(&run, "state/archive/" NAME "/1/revoked.json"));
}
END_TEST

START_TEST(the_account_or_the_certificate_signs)
{
	permit(1, SUPERSEDED);
	ck_assert(revoke("account", 1, SUPERSEDED));
	cleanup(json) json_t *header = signed_part("protected");
	cleanup(json) json_t *payload = signed_part("payload");
	ck_assert_str_eq(member_string_or(header, "kid", ""), ACCOUNT);
	ck_assert_int_eq(member_integer_or(payload, "reason", 0), SUPERSEDED);
	ck_assert_ptr_nonnull(json_object_get(payload, "certificate"));
	ck_assert(revoke("certificate", 1, SUPERSEDED));
	cleanup(json) json_t *own = signed_part("protected");
	ck_assert_ptr_nonnull(json_object_get(own, "jwk"));
	ck_assert_ptr_null(json_object_get(own, "kid"));
}
END_TEST

START_TEST(no_other_reason_is_given_than_root_permitted)
{
	permit(1, SUPERSEDED);
	ck_assert(!revoke("account", 1, KEY_COMPROMISE));
	ck_assert_str_eq(run.kind, "refused");
	ck_assert(!revoke("certificate", 1, KEY_COMPROMISE));
	ck_assert(!revoke("account", 1, 0));
	ck_assert(!mark(1, KEY_COMPROMISE));
	ck_assert(!run_exists(&run, "state/archive/" NAME "/1/revoked.json"));
}
END_TEST

static void configure(const char *more)
{
	cleanup(string) char *text = text_format(
		"[Certificate]\nNames=a.example www.a.example\n%s", more);

	run_write(&run, "etc/certs.d/a.example.conf", text);
	run_do(&run, "configure", "");
}

/* Let's Encrypt revokes all that have a key that was shown to it. */
START_TEST(a_key_in_service_revokes_nothing_else)
{
	configure("ReuseKey=yes\n");
	permit(1, SUPERSEDED);
	issue();
	ck_assert(!revoke("certificate", 1, SUPERSEDED));
	ck_assert_ptr_nonnull(strstr(run.text, "has the same key"));
	ck_assert(revoke("account", 1, SUPERSEDED));
	permit(1, KEY_COMPROMISE);
	ck_assert(revoke("certificate", 1, KEY_COMPROMISE));
	/* What is older counts only while it is live. */
	permit(2, SUPERSEDED);
	ck_assert(revoke("certificate", 2, SUPERSEDED));
	run_do(&run, "rollback", "s:s, s:i", "name", NAME, "version", 2);
	ck_assert(!revoke("certificate", 2, SUPERSEDED));
	ck_assert(!revoke("certificate", 1, SUPERSEDED));
	ck_assert(mark(2, SUPERSEDED));
	ck_assert(revoke("certificate", 1, SUPERSEDED));
}
END_TEST

START_TEST(a_reason_of_the_ca_alone_is_refused)
{
	permit(1, 0);
	ck_assert(!revoke("account", 1, 2));
	ck_assert(!revoke("account", 1, 7));
	ck_assert(!mark(1, 2));
}
END_TEST

START_TEST(rollback_never_goes_to_a_revoked_version)
{
	issue();
	permit(1, SUPERSEDED);
	ck_assert(mark(1, SUPERSEDED));
	ck_assert(!run_ask(
		&run, "rollback", "s:s, s:i", "name", NAME, "version", 2));
	ck_assert_str_eq(
		run_link(&run, "state/live/" NAME), "../archive/" NAME "/2");
}
END_TEST

START_TEST(what_is_installed_is_told_to_be_revoked)
{
	permit(1, 0);
	ck_assert(mark(1, 0));
	run_end(&run);
	run_begin(&run);
	run_do(&run, "load", "s:s", "after", "");
	const json_t *first =
		json_array_get(json_object_get(run.reply, "certificates"), 0);
	ck_assert(member_bool_or(
		json_object_get(first, "installed"), "revoked", false));
}
END_TEST

/* Permitted, or marked before a restart. */
START_TEST(a_compromised_key_is_not_reused)
{
	configure("ReuseKey=yes\n");
	cleanup(string) char *first = key();
	permit(1, _i ? SUPERSEDED : KEY_COMPROMISE);
	ck_assert(mark(1, _i ? SUPERSEDED : KEY_COMPROMISE));
	run_end(&run);
	run_begin(&run);
	issue();
	cleanup(string) char *second = key();
	ck_assert_int_eq(streq(first, second), _i);
	permit(2, KEY_COMPROMISE);
	issue();
	cleanup(string) char *third = key();
	ck_assert_str_ne(second, third);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("vault_revoke");
	TCase *tests = tcase_create("vault_revoke");

	tcase_add_checked_fixture(tests, prepare, clean);
	tcase_set_timeout(tests, 60);
	tcase_add_test(tests, nothing_is_revoked_without_a_permit);
	tcase_add_test(tests, the_account_or_the_certificate_signs);
	tcase_add_test(tests, no_other_reason_is_given_than_root_permitted);
	tcase_add_test(tests, a_key_in_service_revokes_nothing_else);
	tcase_add_test(tests, a_reason_of_the_ca_alone_is_refused);
	tcase_add_test(tests, rollback_never_goes_to_a_revoked_version);
	tcase_add_test(tests, what_is_installed_is_told_to_be_revoked);
	tcase_add_loop_test(tests, a_compromised_key_is_not_reused, 0, 2);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
