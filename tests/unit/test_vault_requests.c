/* SPDX-License-Identifier: MIT */
#include "mem.h"
#include "near_life.h"
#include "suite.h"
#include "text.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#undef fail /* ours, not the old one of check */

/* A loop that has been taken over asks for what it likes: whatever lacks
 * something, or names what there is not, changes nothing. */

#define NAME "a.example"
#define ACCOUNT "https://ca.test/account/1"
#define DNS_NAME "'name': 'a.example', 'identifier': 'a.example'"
#define DNS_UPDATE \
	DNS_NAME ", 'zone': 'example', 'record': '_acme-challenge.a.example'"
#define DNS_VALUE "ZTRx1Ckl1-tM05o5zaizTTA0yUy5AGereMgSNWC6Ll8"
#define HEADER "'url': 'https://ca.test/x', 'nonce': 'n'"

static struct vault_run run;
static struct little_ca ca;

static void permit_revoke(void)
{
	json_decref(near_do("permit", "s:s, s:s, s:i", "what", "revoke", "name",
		NAME, "version", 1));
}

static void prepare(void)
{
	little_ca_open(&ca);
	near_prepare(&run);
	run_write_secret(&run, "etc/tsig",
		"hmac-sha256:acme.example:"
		"c2VjcmV0IG9mIHRoaXJ0eS10d28gYnl0ZXMsIG9rIQ==\n");
	near_write_dynamic(&run, "");
	near_start(&run);
	json_decref(near_do("account", "s:s", "ca", "little"));
	json_decref(near_do("account-save", "s:s, s:s, s:s", "ca", "little",
		"url", ACCOUNT, "directory", "https://ca.test/dir"));
	near_save_order("little");
	near_install(&ca);
}

static void clean(void)
{
	near_end(&run);
	little_ca_close(&ca);
}

/* Written with ' for ", without the braces. */
static json_t *parse(const char *members)
{
	cleanup(string) char *text = text_format("{%s}", members);

	for (char *c = text; *c; c++)
		if (*c == '\'')
			*c = '"';
	json_t *request = json_loads(text, 0, NULL);
	ck_assert_msg(request != NULL, "%s", members);
	return request;
}

static void refuses(const char *members)
{
	struct error err = {0};
	cleanup(json) json_t *request = parse(members);

	ck_assert_msg(near_ask(request, &err) == NULL, "%s", members);
	ck_assert_msg(err.kind != ERROR_NONE && *err.text, "%s", members);
}

static void refuses_all(const char *const *requests)
{
	for (; *requests; requests++)
		refuses(*requests);
}

START_TEST(a_request_that_lacks_something_is_refused)
{
	static const char *const REQUESTS[] = {
		"",
		"'verb': 5",
		"'verb': 'nothing'",
		"'verb': 'configuration', 'index': -1",
		"'verb': 'configuration', 'offset': -1",
		"'verb': 'configuration', 'index': 1000",
		"'verb': 'configuration', 'offset': 100000",
		"'verb': 'look'",
		"'verb': 'placeholder'",
		"'verb': 'account'",
		"'verb': 'account-save'",
		"'verb': 'account-save', 'ca': 'little'",
		"'verb': 'account-save', 'ca': 'little', "
		"'url': '" ACCOUNT "'",
		"'verb': 'account-save', 'ca': 'little', "
		"'url': 'http://ca.test/1', 'directory': 'https://ca.test/'",
		"'verb': 'account-terms', 'ca': 'little'",
		"'verb': 'account-terms', 'terms': 'https://ca.test/terms'",
		"'verb': 'sign'",
		"'verb': 'sign', 'payload': ''",
		"'verb': 'sign', 'payload': '', 'ca': 'little'",
		"'verb': 'sign', 'payload': '', 'ca': 'little', "
		"'by': 'account'",
		"'verb': 'sign', 'payload': '', 'ca': 'little', "
		"'by': 'account', 'url': 'https://ca.test/x'",
		"'verb': 'sign', 'payload': '', 'ca': 'little', "
		"'by': 'account', 'url': 'https://ca.test/x', "
		"'nonce': 'a b'",
		"'verb': 'sign', 'payload': '', 'ca': 'little', "
		"'by': 'bound-key', " HEADER,
		"'verb': 'sign', 'payload': '', 'ca': 'little', "
		"'by': 'next-key', " HEADER,
		"'verb': 'key-change-begin'",
		"'verb': 'key-change-begin', 'ca': 'little'",
		"'verb': 'key-change'",
		"'verb': 'key-change', 'ca': 'little'",
		"'verb': 'key-change', 'ca': 'little', " HEADER,
		"'verb': 'key-change-settle'",
		"'verb': 'revoke'",
		"'verb': 'revoke', 'name': 'a.example', 'version': 2",
		"'verb': 'revoked'",
		"'verb': 'revoked', 'name': 'a.example', 'version': 2",
		"'verb': 'dns-update'",
		"'verb': 'dns-update', 'name': 'b.example'",
		"'verb': 'dns-update', 'name': 'a.example'",
		"'verb': 'dns-update', 'name': 'a.example', "
		"'identifier': '-'",
		"'verb': 'dns-update', " DNS_NAME,
		"'verb': 'dns-update', " DNS_NAME ", 'zone': 'example'",
		"'verb': 'dns-update', " DNS_UPDATE,
		"'verb': 'dns-verify'",
		"'verb': 'dns-verify', " DNS_UPDATE,
		"'verb': 'dns-verify', " DNS_UPDATE ", 'mac': '!'",
		"'verb': 'dns-verify', " DNS_UPDATE ", 'mac': 'AAAA'",
		"'verb': 'dns-verify', " DNS_UPDATE
		", 'mac': 'AAAA', 'reply': '!'",
		"'verb': 'csr'",
		"'verb': 'csr', 'name': 'a.example', 'without': ['x']",
		"'verb': 'order-save'",
		"'verb': 'order-save', 'name': 'b.example'",
		"'verb': 'order-save', 'name': 'a.example'",
		"'verb': 'order-save', 'name': 'a.example', 'order': {}",
		"'verb': 'order-save', 'name': 'a.example', "
		"'order': {'ca': 'little'}",
		"'verb': 'order-save', 'name': 'a.example', 'order': "
		"{'ca': 'little', 'url': 'https://ca.test/order/2'}",
		"'verb': 'order-drop'",
		"'verb': 'stage'",
		"'verb': 'stage', 'name': 'b.example'",
		"'verb': 'stage', 'name': 'a.example'",
		"'verb': 'switch'",
		"'verb': 'switch', 'name': 'a.example', "
		"'version': 3000000000",
		"'verb': 'rollback'",
		"'verb': 'rollback', 'name': 'b.example'",
		"'verb': 'rollback', 'name': 'b.example', 'version': 2",
		"'verb': 'state-save'",
		"'verb': 'state-save', 'name': 'b.example', "
		"'state': {'schema': 1}",
		"'verb': 'machine-save'",
		"'verb': 'machine-save', 'part': 'x'",
		"'verb': 'machine-load'",
		"'verb': 'permit'",
		"'verb': 'permit', 'what': 'revoke'",
		"'verb': 'permit', 'what': 'close'",
		"'verb': 'purge'",
		NULL,
	};

	refuses_all(REQUESTS);
}
END_TEST

START_TEST(what_root_permits_is_done_only_as_it_is_written)
{
	static const char *const REQUESTS[] = {
		"'verb': 'revoke', 'name': 'a.example', 'version': 1, "
		"'reason': 99",
		"'verb': 'revoke', 'name': 'a.example', 'version': 1",
		"'verb': 'revoke', 'name': 'a.example', 'version': 1, " HEADER,
		"'verb': 'revoke', 'name': 'a.example', 'version': 1, "
		"'by': 'account', 'ca': 'other', " HEADER,
		"'verb': 'revoked', 'name': 'a.example', 'version': 1, "
		"'reason': 99",
		NULL,
	};

	permit_revoke();
	refuses_all(REQUESTS);
}
END_TEST

/* The account has a key, but no URL. */
START_TEST(an_account_that_is_not_registered_revokes_nothing)
{
	json_decref(near_do("account", "s:s", "ca", "other"));
	permit_revoke();
	refuses("'verb': 'revoke', 'name': 'a.example', 'version': 1, "
		"'by': 'account', 'ca': 'other', " HEADER);
	json_decref(near_do(
		"permit", "s:s, s:s", "what", "key-change", "ca", "other"));
	json_decref(near_do("key-change-begin", "s:s", "ca", "other"));
	refuses("'verb': 'key-change', 'ca': 'other', " HEADER);
}
END_TEST

START_TEST(a_permit_for_a_version_that_is_gone_is_of_no_use)
{
	json_decref(near_do("permit", "s:s, s:s, s:i", "what", "revoke", "name",
		NAME, "version", 7));
	refuses("'verb': 'revoke', 'name': 'a.example', 'version': 7, " HEADER);
	refuses("'verb': 'revoked', 'name': 'a.example', 'version': 7");
}
END_TEST

START_TEST(root_gives_only_so_many_permits)
{
	for (int i = 0; i < 64; i++)
		json_decref(near_do("permit", "s:s, s:s, s:i", "what", "revoke",
			"name", NAME, "version", i));
	refuses("'verb': 'permit', 'what': 'revoke', 'name': 'a.example', "
		"'version': 64");
}
END_TEST

START_TEST(an_address_of_terms_has_a_limit)
{
	cleanup(string) char *terms = calloc(1, 2000);

	memset(terms, 'x', 1025);
	ck_assert(!near_try(
		"account-terms", "s:s, s:s", "ca", "little", "terms", terms));
	ck_assert_int_eq(near_error()->kind, ERROR_REFUSED);
}
END_TEST

/* Before a configuration was taken in. */
START_TEST(without_a_configuration_nobody_is_known)
{
	static const char *const REQUESTS[] = {
		"'verb': 'account', 'ca': 'little'",
		"'verb': 'csr', 'name': 'a.example'",
		"'verb': 'dns-update', " DNS_UPDATE ", 'value': '" DNS_VALUE
		"'",
		NULL,
	};

	near_reopen(&run);
	refuses_all(REQUESTS);
	cleanup(json) json_t *reply = near_do("load", "s:s", "after", "");
	ck_assert_uint_eq(
		json_array_size(json_object_get(reply, "certificates")), 1);
}
END_TEST

/* The reply of a name server comes from the network. */

START_TEST(a_reply_of_odd_length_is_refused)
{
	char mac[200] = "";

	memset(mac, 'A', 120);
	cleanup(string) char *long_mac =
		text_format("'verb': 'dns-verify', " DNS_UPDATE
			    ", 'mac': '%s', 'reply': 'AAAA'",
			mac);
	refuses(long_mac);
	refuses("'verb': 'dns-verify', " DNS_UPDATE
		", 'mac': 'AAAA', 'reply': 'AAAA'");
	run_write(&run, "etc/tsig", "nonsense\n");
	refuses("'verb': 'dns-verify', " DNS_UPDATE
		", 'mac': 'AAAA', 'reply': 'AAAA'");
	run_remove(&run, "etc/tsig");
	refuses("'verb': 'dns-update', " DNS_UPDATE ", 'value': '" DNS_VALUE
		"'");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("vault_requests");
	TCase *tests = tcase_create("vault_requests");

	tcase_add_checked_fixture(tests, prepare, clean);
	tcase_add_test(tests, a_request_that_lacks_something_is_refused);
	tcase_add_test(tests, what_root_permits_is_done_only_as_it_is_written);
	tcase_add_test(
		tests, an_account_that_is_not_registered_revokes_nothing);
	tcase_add_test(tests, a_permit_for_a_version_that_is_gone_is_of_no_use);
	tcase_add_test(tests, root_gives_only_so_many_permits);
	tcase_add_test(tests, an_address_of_terms_has_a_limit);
	tcase_add_test(tests, without_a_configuration_nobody_is_known);
	tcase_add_test(tests, a_reply_of_odd_length_is_refused);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
