/* SPDX-License-Identifier: MIT */
#include "dns_journal.h"

#include "json.h"
#include "mem.h"
#include "near_life.h"
#include "suite.h"
#include "text.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#undef fail /* ours, not the old one of check */

/* What the vault remembers of the records that it signed into zones. */

#define NAME "a.example"
#define SITE "etc/certs.d/" NAME ".conf"
#define VALUE "ZTRx1Ckl1-tM05o5zaizTTA0yUy5AGereMgSNWC6Ll8"
#define OTHER "AAAx1Ckl1-tM05o5zaizTTA0yUy5AGereMgSNWC6Ll8"
#define MOST 200
#define MOST_LISTED 100

static struct vault_run run;

static void configure(const char *site)
{
	cleanup(string) char *text =
		text_format("%sKeyFile=%s\n", site, run_path(&run, "etc/tsig"));

	run_write(&run, SITE, text);
	near_rescan();
}

#define NAMES "[Certificate]\nNames=" NAME "\n"
#define DYNAMIC \
	"[Challenge " NAME "]\nType=dns-01\nSolver=rfc2136\n" \
	"Server=192.0.2.53\nTTL=120\n"

static void prepare(void)
{
	near_prepare(&run);
	run_write_secret(&run, "etc/tsig",
		"hmac-sha256:acme.example:"
		"c2VjcmV0IG9mIHRoaXJ0eS10d28gYnl0ZXMsIG9rIQ==\n");
	near_start(&run);
	configure(NAMES DYNAMIC);
}

static void clean(void)
{
	near_end(&run);
}

static json_t *request(const char *verb, const char *record, const char *value)
{
	return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s}", "verb", verb, "name",
		NAME, "identifier", NAME, "zone", "example", "record", record,
		"value", value);
}

static bool signs(const char *record, const char *value)
{
	struct error err = {0};
	cleanup(json) json_t *asked = request("dns-update", record, value);
	cleanup(json) json_t *reply = near_ask(asked, &err);

	return reply != NULL;
}

/* The server refuses it, and needs no signature for that. */
static void refuse(const char *record, const char *value)
{
	struct error err = {0};
	cleanup(json) json_t *asked = request("dns-verify", record, value);

	json_object_set_new(asked, "mac", json_string("AAAA"));
	json_object_set_new(asked, "reply", json_string("AACoBQAAAAAAAAAA"));
	ck_assert_ptr_null(near_ask(asked, &err));
	ck_assert_int_eq(err.kind, ERROR_REFUSED);
}

static size_t count(void)
{
	cleanup(json) json_t *reply = near_do("dns-leftovers", "");

	return json_array_size(json_object_get(reply, "records"));
}

START_TEST(only_that_very_record_is_forgotten)
{
	refuse("x.example", VALUE);
	ck_assert_uint_eq(count(), 0);
	ck_assert(signs("x.example", VALUE));
	ck_assert(signs("x.example", OTHER));
	ck_assert(signs("y.example", VALUE));
	ck_assert_uint_eq(count(), 3);
	refuse("z.example", VALUE);
	ck_assert_uint_eq(count(), 3);
	refuse("x.example", VALUE);
	ck_assert_uint_eq(count(), 2);
}
END_TEST

START_TEST(of_too_many_the_oldest_is_forgotten)
{
	char record[32];

	for (int i = 0; i <= MOST; i++) {
		snprintf(record, sizeof(record), "r%d.example", i);
		ck_assert(signs(record, VALUE));
	}
	ck_assert_uint_eq(count(), MOST_LISTED);
	cleanup(string) char *text =
		run_read(&run, "state/records/" NAME ".json");
	cleanup(json) json_t *list = json_loads(text, 0, NULL);
	ck_assert_uint_eq(json_array_size(list), MOST);
	ck_assert_str_eq(
		member_string_or(json_array_get(list, 0), "record", ""),
		"r1.example");
}
END_TEST

START_TEST(what_cannot_be_signed_away_just_now_waits)
{
	ck_assert(signs("x.example", VALUE));
	configure(NAMES "[Challenge " NAME "]\nType=dns-01\n"
			"Solver=exec\nCommand=/bin/true\nX-");
	ck_assert_uint_eq(count(), 0);
	run_remove(&run, SITE);
	near_rescan();
	ck_assert_uint_eq(count(), 0);
	configure(NAMES DYNAMIC);
	ck_assert_uint_eq(count(), 1);
	run_write(&run, "state/records/" NAME ".json",
		"[{\"identifier\": \"-\"}]");
	ck_assert_uint_eq(count(), 0);
}
END_TEST

START_TEST(they_go_with_their_certificate)
{
	json_decref(near_do("placeholder", "s:s", "name", NAME));
	ck_assert(signs("x.example", VALUE));
	ck_assert_int_eq(rename(run_path(&run, SITE),
				 run_path(&run, "etc/certs.d/b.example.conf")),
		0);
	near_rescan();
	ck_assert(run_exists(&run, "state/records/b.example.json"));
	run_remove(&run, "etc/certs.d/b.example.conf");
	near_rescan();
	json_decref(near_do("purge", "s:s", "name", "b.example"));
	ck_assert(!run_exists(&run, "state/records/b.example.json"));
}
END_TEST

START_TEST(a_persistent_record_has_a_limit)
{
	static const char ISSUER[] = "ca.example; accounturi=";
	cleanup(string) char *value = calloc(1, 3000);

	configure(NAMES "[Challenge " NAME "]\nType=dns-persist-01\n"
			"Solver=rfc2136\nServer=192.0.2.53\n");
	memset(value, 'x', 2048);
	memcpy(value, ISSUER, strlen(ISSUER));
	ck_assert(signs("x.example", value));
	strcat(value, "x");
	ck_assert(!signs("x.example", value));
	ck_assert_uint_eq(count(), 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("dns_journal");
	TCase *tests = tcase_create("dns_journal");

	tcase_add_checked_fixture(tests, prepare, clean);
	tcase_add_test(tests, only_that_very_record_is_forgotten);
	tcase_add_test(tests, of_too_many_the_oldest_is_forgotten);
	tcase_add_test(tests, what_cannot_be_signed_away_just_now_waits);
	tcase_add_test(tests, they_go_with_their_certificate);
	tcase_add_test(tests, a_persistent_record_has_a_limit);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
