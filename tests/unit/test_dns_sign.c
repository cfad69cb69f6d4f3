/* SPDX-License-Identifier: MIT */
#include "dns_sign.h"

#include "json.h"
#include "mem.h"
#include "near_life.h"
#include "signed_reply.h"
#include "suite.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#undef fail /* ours, not the old one of check */

/* What a name server that knows the key answers. */

#define NAME "a.example"
#define VALUE "ZTRx1Ckl1-tM05o5zaizTTA0yUy5AGereMgSNWC6Ll8"
#define KEY "hmac-sha256:acme.example:c2VjcmV0IG9mIHRoaXJ0eS10d28gYnl0ZXM="

static struct vault_run run;
static struct tsig_key key;

static void prepare(void)
{
	struct error err = {0};

	ck_assert(tsig_key_parse(KEY, &key, &err));
	near_prepare(&run);
	run_write_secret(&run, "etc/tsig", KEY "\n");
	near_write_dynamic(&run, "");
	near_start(&run);
}

static void clean(void)
{
	near_end(&run);
}

static json_t *update(bool is_removal)
{
	return near_do("dns-update", "s:s, s:s, s:s, s:s, s:s, s:b", "name",
		NAME, "identifier", NAME, "zone", "example", "record",
		"x.example", "value", VALUE, "remove", is_removal);
}

/* Asks for an update, has the server answer, and the vault judge it. */
static bool goes_well(bool is_removal, enum dns_code code, struct error *err)
{
	cleanup(json) json_t *asked = update(is_removal);
	const char *mac = member_string_or(asked, "mac", "");
	json_int_t id = member_integer_or(asked, "number", 0);
	cleanup(string) char *bytes =
		signed_reply(&key, mac, (uint16_t)id, code);
	cleanup(json) json_t *request = json_pack(
		"{s:s, s:s, s:s, s:s, s:s, s:s, s:b, s:I, s:s, s:s}", "verb",
		"dns-verify", "name", NAME, "identifier", NAME, "zone",
		"example", "record", "x.example", "value", VALUE, "remove",
		is_removal, "number", id, "mac", mac, "reply", bytes);

	*err = (struct error){0};
	cleanup(json) json_t *reply = near_ask(request, err);
	return reply != NULL;
}

static size_t count(void)
{
	cleanup(json) json_t *reply = near_do("dns-leftovers", "");

	return json_array_size(json_object_get(reply, "records"));
}

START_TEST(a_signed_success_is_believed)
{
	struct error err;

	ck_assert_msg(goes_well(false, DNS_NOERROR, &err), "%s", err.text);
	ck_assert_uint_eq(count(), 1);
	ck_assert_msg(goes_well(true, DNS_NOERROR, &err), "%s", err.text);
	ck_assert_uint_eq(count(), 0);
}
END_TEST

START_TEST(a_signed_refusal_is_believed)
{
	struct error err;

	ck_assert(!goes_well(false, DNS_SERVFAIL, &err));
	ck_assert_int_eq(err.kind, ERROR_TRANSIENT);
	ck_assert_uint_eq(count(), 1);
	ck_assert(!goes_well(false, DNS_REFUSED, &err));
	ck_assert_int_eq(err.kind, ERROR_REFUSED);
	ck_assert_uint_eq(count(), 0);
}
END_TEST

/* What it says that it did is kept in mind, for it may have done it. */
START_TEST(what_another_key_has_signed_is_not_believed)
{
	struct error err;

	key.secret[0] ^= 1;
	ck_assert(!goes_well(false, DNS_NOERROR, &err));
	ck_assert_str_eq(err.code, "D1");
	ck_assert_uint_eq(count(), 1);
	ck_assert(!goes_well(false, DNS_REFUSED, &err));
	ck_assert_uint_eq(count(), 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("dns_sign");
	TCase *tests = tcase_create("dns_sign");

	tcase_add_checked_fixture(tests, prepare, clean);
	tcase_add_test(tests, a_signed_success_is_believed);
	tcase_add_test(tests, a_signed_refusal_is_believed);
	tcase_add_test(tests, what_another_key_has_signed_is_not_believed);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
