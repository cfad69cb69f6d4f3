/* SPDX-License-Identifier: MIT */
#include "vault_run.h"

#include "base64url.h"
#include "json.h"
#include "mem.h"
#include "old_keys.h"
#include "suite.h"
#include "text.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* What the real vault does with accounts: bindings, other keys, permits. */

#define ACCOUNT "https://ca.test/account/1"
#define DIRECTORY "https://ca.test/dir"
#define NEW_ACCOUNT "https://ca.test/new-account"
#define MAC_KEY \
	"zWNDZM6eQGHWpSRTPal5eIUYFTu7EajVIoguysqZ9wG44nMEtx3MUAsUDkMTQ12W"

static struct vault_run run;

/* The file of the secret has a path that is known only now. */
static void configure(const char *contact)
{
	char text[1024];

	snprintf(text, sizeof(text),
		"[CA little]\nDirectory=" DIRECTORY "\nAgreeToTerms=yes\n"
		"Contact=%s\nEABKeyID=kid-1\nEABKeyFile=%s\n"
		"[CA other]\nDirectory=https://other.test/dir\n"
		"[Certificate]\nCA=little\n",
		contact, run_path(&run, "etc/mac"));
	run_write(&run, "etc/acmed.conf", text);
}

static void prepare(void)
{
	run_prepare(&run);
	run_write_secret(&run, "etc/mac", MAC_KEY "\n");
	configure("ops@a.example");
	run_begin(&run);
	run_do(&run, "account", "s:s", "ca", "little");
}

static void clean(void)
{
	run_clean(&run);
}

static void save(void)
{
	run_do(&run, "account-save", "s:s, s:s, s:s", "ca", "little", "url",
		ACCOUNT, "directory", DIRECTORY);
}

static bool signs(const char *by, const char *url, const char *payload)
{
	return run_ask(&run, "sign", "s:s, s:s, s:s, s:s, s:s", "ca", "little",
		"by", by, "url", url, "nonce", "n", "payload", payload);
}

static json_t *decode(const json_t *jws, const char *part)
{
	struct error err = {0};
	size_t length = 0;
	cleanup(bytes) unsigned char *bytes =
		base64url_decode(member_string_or(jws, part, ""), &length);

	ck_assert_ptr_nonnull(bytes);
	return json_read((const char *)bytes, length, part, &err);
}

/* A part of the JWS in the last reply. */
static json_t *signed_part(const char *part)
{
	struct error err = {0};
	const char *text = member_string_or(run.reply, "jws", "");
	cleanup(json) json_t *jws = json_read(text, strlen(text), "jws", &err);

	return decode(jws, part);
}

/* External account binding. */

START_TEST(a_new_account_is_bound)
{
	ck_assert(signs(
		"bound-key", NEW_ACCOUNT, "{\"termsOfServiceAgreed\":true}"));
	cleanup(json) json_t *payload = signed_part("payload");
	cleanup(json) json_t *header = signed_part("protected");
	const json_t *binding =
		json_object_get(payload, "externalAccountBinding");
	cleanup(json) json_t *inner = decode(binding, "protected");
	cleanup(json) json_t *bound = decode(binding, "payload");

	ck_assert(
		json_is_true(json_object_get(payload, "termsOfServiceAgreed")));
	ck_assert_str_eq(member_string_or(inner, "kid", ""), "kid-1");
	ck_assert_str_eq(member_string_or(inner, "alg", ""), "HS256");
	ck_assert_str_eq(member_string_or(inner, "url", ""), NEW_ACCOUNT);
	ck_assert_uint_eq(json_object_size(inner), 3);
	ck_assert(json_equal(bound, json_object_get(header, "jwk")));
}
END_TEST

START_TEST(a_secret_that_others_can_read_is_not_used)
{
	ck_assert_int_eq(chmod(run_path(&run, "etc/mac"), 0644), 0);
	ck_assert(!signs("bound-key", NEW_ACCOUNT, "{}"));
	ck_assert_str_eq(run.kind, "local");
	ck_assert_ptr_nonnull(strstr(run.text, "chmod o= /"));
}
END_TEST

static const char *const NO_SECRETS[] = {"", "\n \n", "not base64!", "QUJDR"};

START_TEST(a_secret_that_is_none_is_told)
{
	run_write(&run, "etc/mac", NO_SECRETS[_i]);
	ck_assert(!signs("bound-key", NEW_ACCOUNT, "{}"));
	ck_assert_str_eq(run.kind, "refused");
	ck_assert_ptr_nonnull(strstr(run.text, "/mac'"));
	ck_assert_ptr_null(strstr(run.text, "base64!"));
}
END_TEST

START_TEST(a_secret_that_is_missing_is_told)
{
	unlink(run_path(&run, "etc/mac"));
	ck_assert(!signs("bound-key", NEW_ACCOUNT, "{}"));
	ck_assert_ptr_nonnull(strstr(run.text, "No such file"));
	ck_assert(signs("key", NEW_ACCOUNT, "{}"));
}
END_TEST

START_TEST(the_loop_cannot_bind_by_itself)
{
	ck_assert(!signs("key", NEW_ACCOUNT,
		"{\"externalAccountBinding\":{\"payload\":\"\"}}"));
	ck_assert(!run_ask(&run, "sign", "s:s, s:s, s:s, s:s, s:s", "ca",
		"other", "by", "bound-key", "url", NEW_ACCOUNT, "nonce", "n",
		"payload", "{}"));
}
END_TEST

/* Contacts. */

START_TEST(it_says_when_the_ca_was_told_other_contacts)
{
	run_do(&run, "account", "s:s", "ca", "little");
	ck_assert(!member_bool_or(run.reply, "updates_contacts", true));
	save();
	run_do(&run, "account", "s:s", "ca", "little");
	ck_assert(!member_bool_or(run.reply, "updates_contacts", true));
	configure("new@a.example");
	run_do(&run, "configure", "");
	run_do(&run, "account", "s:s", "ca", "little");
	ck_assert(member_bool_or(run.reply, "updates_contacts", false));
	ck_assert(signs("account", ACCOUNT,
		"{\"contact\":[\"mailto:new@a.example\"]}"));
	save();
	run_do(&run, "account", "s:s", "ca", "little");
	ck_assert(!member_bool_or(run.reply, "updates_contacts", true));
}
END_TEST

/* Closing. */

START_TEST(an_account_is_closed_only_with_a_permit)
{
	static const char CLOSE[] = "{\"status\":\"deactivated\"}";

	save();
	ck_assert(!signs("account", ACCOUNT, CLOSE));
	run_do(&run, "permit", "s:s, s:s", "what", "close", "ca", "other");
	ck_assert(!signs("account", ACCOUNT, CLOSE));
	run_do(&run, "permit", "s:s, s:s", "what", "close", "ca", "little");
	ck_assert(signs("account", ACCOUNT, CLOSE));
	run_end(&run);
	run_begin(&run);
	ck_assert(!signs("account", ACCOUNT, CLOSE));
}
END_TEST

START_TEST(a_permit_for_anything_else_is_refused)
{
	ck_assert(!run_ask(
		&run, "permit", "s:s, s:s", "what", "sign", "ca", "little"));
	ck_assert(!run_ask(&run, "permit", "s:s", "what", "close"));
	ck_assert(!run_ask(&run, "permit", "s:s, s:s, s:i", "what", "revoke",
		"name", "../x", "version", 1));
}
END_TEST

/* Another key. */

static bool changes(void)
{
	return run_ask(&run, "key-change", "s:s, s:s, s:s", "ca", "little",
		"url", "https://ca.test/roll", "nonce", "n");
}

static char *thumbprint(void)
{
	run_do(&run, "account", "s:s", "ca", "little");
	return strdup(member_string_or(run.reply, "thumbprint", ""));
}

static void permit_change(void)
{
	run_do(&run, "permit", "s:s, s:s", "what", "key-change", "ca",
		"little");
}

static bool begins(void)
{
	return run_ask(&run, "key-change-begin", "s:s", "ca", "little");
}

static void begin_change(void)
{
	save();
	permit_change();
	ck_assert_msg(begins(), "%s", run.text);
}

static void settle(const char *goes_by)
{
	run_do(&run, "key-change-settle", "s:s, s:s", "ca", "little", "goes_by",
		goes_by);
}

START_TEST(no_key_is_changed_without_a_permit)
{
	save();
	ck_assert(!begins());
	ck_assert(!changes());
	ck_assert(!signs("next-key", ACCOUNT, ""));
	ck_assert(!run_exists(&run, "state/accounts/little/key.next.pem"));
}
END_TEST

START_TEST(a_change_is_signed_by_both_keys)
{
	begin_change();
	ck_assert_uint_eq(
		run_mode(&run, "state/accounts/little/key.next.pem"), 0600);
	ck_assert(changes());
	cleanup(json) json_t *outer = signed_part("protected");
	cleanup(json) json_t *inner = signed_part("payload");
	cleanup(json) json_t *header = decode(inner, "protected");
	cleanup(json) json_t *payload = decode(inner, "payload");

	ck_assert_str_eq(member_string_or(outer, "kid", ""), ACCOUNT);
	ck_assert_str_eq(member_string_or(header, "url", ""),
		member_string_or(outer, "url", "?"));
	ck_assert_ptr_null(json_object_get(header, "nonce"));
	ck_assert_str_eq(member_string_or(payload, "account", ""), ACCOUNT);
	ck_assert(!json_equal(json_object_get(payload, "oldKey"),
		json_object_get(header, "jwk")));
}
END_TEST

START_TEST(the_next_key_only_looks)
{
	begin_change();
	ck_assert(signs("next-key", ACCOUNT, ""));
	ck_assert(!signs("next-key", ACCOUNT, "{}"));
	ck_assert(!signs("next-key", ACCOUNT, "{\"status\":\"deactivated\"}"));
}
END_TEST

START_TEST(the_key_that_the_ca_goes_by_is_kept)
{
	bool is_new = _i;
	cleanup(string) char *before = thumbprint();

	begin_change();
	cleanup(string) char *next =
		run_read(&run, "state/accounts/little/key.next.pem");
	cleanup(string) char *old =
		run_read(&run, "state/accounts/little/key.pem");
	run_do(&run, "account", "s:s", "ca", "little");
	ck_assert(member_bool_or(run.reply, "changing", false));
	for (int i = 0; i < 2; i++) /* a second time does nothing */
		settle(is_new ? "new" : "old");
	cleanup(string) char *after = thumbprint();
	ck_assert_int_eq(streq(before, after), !is_new);
	ck_assert(!member_bool_or(run.reply, "changing", true));
	cleanup(string) char *kept =
		run_read(&run, "state/accounts/little/key.pem");
	cleanup(string) char *lost =
		run_read(&run, "state/accounts/little/key.old.pem");
	ck_assert_str_eq(kept, is_new ? next : old);
	ck_assert_str_eq(lost, is_new ? old : next);
	ck_assert_str_eq(member_string_or(run.reply, "url", ""), ACCOUNT);
}
END_TEST

/* Every write of the settlement may be the last one before the power goes:
 * afterwards it is either still changing, or the new key is in place. */
START_TEST(a_crash_while_it_is_settled_loses_no_key)
{
	begin_change();
	cleanup(string) char *next =
		run_read(&run, "state/accounts/little/key.next.pem");
	cleanup(string) char *old =
		run_read(&run, "state/accounts/little/key.pem");
	run_end(&run);
	for (unsigned i = 1; i < 100; i++) {
		run_write(&run, "state/accounts/little/key.pem", old);
		run_write(&run, "state/accounts/little/key.next.pem", next);
		run.kill_at = i;
		run_start(&run);
		bool is_done = run_try(&run, "hello", "s:s", "role", "loop") &&
			run_try(&run, "configure", "") &&
			run_try(&run, "key-change-settle", "s:s, s:s", "ca",
				"little", "goes_by", "new");
		run_was_killed(&run);
		run.kill_at = 0;
		cleanup(string) char *kept =
			run_read(&run, "state/accounts/little/key.pem");
		ck_assert(streq(kept, old) || streq(kept, next));
		ck_assert(streq(kept, next) ||
			run_exists(&run, "state/accounts/little/key.next.pem"));
		ck_assert(!run_exists(
			&run, "state/accounts/little/key.old.2.pem"));
		run_begin(&run);
		run_do(&run, "account", "s:s", "ca", "little");
		ck_assert_int_eq(member_bool_or(run.reply, "changing", false),
			streq(kept, old));
		run_end(&run);
		if (is_done)
			break;
		ck_assert_uint_lt(i, 99);
	}
	run_begin(&run);
}
END_TEST

/* A loop that was taken over settles without having asked the CA. */
START_TEST(a_permit_is_for_one_key)
{
	begin_change();
	settle(_i ? "new" : "old");
	ck_assert(!begins());
	ck_assert_str_eq(run.kind, "refused");
	permit_change();
	ck_assert(begins());
}
END_TEST

START_TEST(a_change_goes_on_without_a_permit_and_uses_it_up)
{
	begin_change();
	ck_assert(begins());
	ck_assert(member_bool_or(run.reply, "resumed", false));
	permit_change();
	permit_change();
	ck_assert(begins());
	settle("new");
	ck_assert(!begins());
}
END_TEST

static bool holds(const char *file, const char *key)
{
	char path[64];

	snprintf(path, sizeof(path), "state/accounts/little/%s", file);
	cleanup(string) char *text = run_read(&run, path);
	return text && streq(text, key);
}

START_TEST(keys_of_former_times_are_kept)
{
	char file[24] = "key.old.pem";
	cleanup(string) char *first =
		run_read(&run, "state/accounts/little/key.pem");

	for (unsigned i = 1; i <= OLD_KEYS_MOST; i++) {
		begin_change();
		settle("new");
		if (i > 1)
			snprintf(file, sizeof(file), "key.old.%u.pem", i);
		ck_assert(holds(file, first));
		ck_assert_uint_eq(
			run_mode(&run, "state/accounts/little/key.old.pem"),
			0600);
	}
	begin_change();
	cleanup(string) char *last =
		run_read(&run, "state/accounts/little/key.pem");
	settle("new");
	ck_assert(holds("key.old.pem", last));
	ck_assert(!holds(file, first));
	ck_assert(!run_exists(&run, "state/accounts/little/key.old.10.pem"));
}
END_TEST

START_TEST(an_account_is_looked_at_without_making_one)
{
	run_do(&run, "account", "s:s, s:b", "ca", "other", "look", true);
	ck_assert_ptr_null(json_object_get(run.reply, "thumbprint"));
	ck_assert(!run_exists(&run, "state/accounts/other"));
	save();
	run_do(&run, "account", "s:s, s:b", "ca", "little", "look", true);
	ck_assert_str_eq(member_string_or(run.reply, "url", ""), ACCOUNT);
	ck_assert_str_eq(member_string_or(run.reply, "key", ""), "ecdsa-p256");
	ck_assert(!member_bool_or(run.reply, "closed", true));
}
END_TEST

/* Beside the URL, which stays. */
START_TEST(the_terms_are_kept_with_the_account)
{
	ck_assert(!run_ask(&run, "account-terms", "s:s, s:s", "ca", "little",
		"terms", "https://ca.test/terms"));
	save();
	run_do(&run, "account-terms", "s:s, s:s", "ca", "little", "terms",
		"https://ca.test/terms");
	run_do(&run, "account", "s:s", "ca", "little");
	ck_assert_str_eq(member_string_or(run.reply, "terms", ""),
		"https://ca.test/terms");
	ck_assert_str_eq(member_string_or(run.reply, "url", ""), ACCOUNT);
}
END_TEST

START_TEST(a_closed_account_is_remembered)
{
	run_do(&run, "account-save", "s:s, s:s, s:s, s:b", "ca", "little",
		"url", ACCOUNT, "directory", DIRECTORY, "closed", true);
	run_end(&run);
	run_begin(&run);
	run_do(&run, "account", "s:s", "ca", "little");
	ck_assert(member_bool_or(run.reply, "closed", false));
}
END_TEST

START_TEST(contacts_that_are_still_to_be_told_are_told_later)
{
	run_do(&run, "account-save", "s:s, s:s, s:s, s:b", "ca", "little",
		"url", ACCOUNT, "directory", DIRECTORY, "has_contacts", false);
	run_do(&run, "account", "s:s", "ca", "little");
	ck_assert(member_bool_or(run.reply, "updates_contacts", false));
	save();
	run_do(&run, "account", "s:s", "ca", "little");
	ck_assert(!member_bool_or(run.reply, "updates_contacts", true));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("vault_account");
	TCase *tests = tcase_create("vault_account");

	tcase_add_checked_fixture(tests, prepare, clean);
	tcase_set_timeout(tests, 120);
	tcase_add_test(tests, a_new_account_is_bound);
	tcase_add_test(tests, a_secret_that_others_can_read_is_not_used);
	tcase_add_loop_test(tests, a_secret_that_is_none_is_told, 0,
		sizeof(NO_SECRETS) / sizeof(*NO_SECRETS));
	tcase_add_test(tests, a_secret_that_is_missing_is_told);
	tcase_add_test(tests, the_loop_cannot_bind_by_itself);
	tcase_add_test(tests, it_says_when_the_ca_was_told_other_contacts);
	tcase_add_test(tests, an_account_is_closed_only_with_a_permit);
	tcase_add_test(tests, a_permit_for_anything_else_is_refused);
	tcase_add_test(tests, no_key_is_changed_without_a_permit);
	tcase_add_test(tests, a_change_is_signed_by_both_keys);
	tcase_add_test(tests, the_next_key_only_looks);
	tcase_add_loop_test(tests, the_key_that_the_ca_goes_by_is_kept, 0, 2);
	tcase_add_test(tests, a_crash_while_it_is_settled_loses_no_key);
	tcase_add_loop_test(tests, a_permit_is_for_one_key, 0, 2);
	tcase_add_test(tests, a_change_goes_on_without_a_permit_and_uses_it_up);
	tcase_add_test(tests, keys_of_former_times_are_kept);
	tcase_add_test(tests, an_account_is_looked_at_without_making_one);
	tcase_add_test(tests, the_terms_are_kept_with_the_account);
	tcase_add_test(tests, a_closed_account_is_remembered);
	tcase_add_test(
		tests, contacts_that_are_still_to_be_told_are_told_later);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
