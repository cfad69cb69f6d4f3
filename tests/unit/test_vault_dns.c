/* SPDX-License-Identifier: MIT */
#include "vault_run.h"

#include "base64url.h"
#include "dns_message.h"
#include "json.h"
#include "mem.h"
#include "suite.h"
#include "text.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#undef fail

/* What the real vault signs for a name server, and what it believes. */

#define SECRET "c2VjcmV0IG9mIHRoaXJ0eS10d28gYnl0ZXMsIG9rIQ=="
#define VALUE "ZTRx1Ckl1-tM05o5zaizTTA0yUy5AGereMgSNWC6Ll8"
#define RECORD "_acme-challenge.a.example"

#define PERSIST "ca.example; accounturi=https://ca.example/1"

static struct vault_run run;

/* The first name is proved over DNS, as these lines say. */
static void write_site(const char *name, const char *lines)
{
	char text[512];

	snprintf(text, sizeof(text),
		"[Certificate]\nNames=%s www.a.example\n"
		"[Challenge %s]\nSolver=rfc2136\n"
		"Server=192.0.2.53\nKeyFile=%s\n%s\n",
		name, name, run_path(&run, "etc/tsig"), lines);
	run_write(&run, "etc/certs.d/a.example.conf", text);
}

static void configure(const char *name, const char *lines)
{
	write_site(name, lines);
	run_do(&run, "configure", "");
}

static void prepare(void)
{
	run_prepare(&run);
	write_site("a.example", "Type=dns-01");
	run_write_secret(
		&run, "etc/tsig", "hmac-sha256:acme.example:" SECRET "\n");
	run_begin(&run);
}

static void clean(void)
{
	run_clean(&run);
}

static bool signs(const char *identifier, const char *zone, const char *record,
	const char *value)
{
	return run_ask(&run, "dns-update", "s:s, s:s, s:s, s:s, s:s", "name",
		"a.example", "identifier", identifier, "zone", zone, "record",
		record, "value", value);
}

static unsigned char *decode(const char *name, size_t *length)
{
	unsigned char *bytes = base64url_decode(
		member_string_or(run.reply, name, "!"), length);

	ck_assert_ptr_nonnull(bytes);
	return bytes;
}

START_TEST(an_update_is_written_and_signed)
{
	struct dns_header header;
	struct dns_record record;
	char zone[DNS_NAME_SIZE];
	size_t length = 0;

	ck_assert_msg(
		signs("a.example", "example", RECORD, VALUE), "%s", run.text);
	cleanup(bytes) unsigned char *bytes = decode("message", &length);
	struct dns_reader reader = {.bytes = bytes, .length = length};
	ck_assert(dns_get_header(&reader, &header));
	ck_assert_int_eq(member_integer_or(run.reply, "number", -1), header.id);
	ck_assert_uint_eq(header.flags, 5 << 11);
	ck_assert(dns_get_name(&reader, zone));
	ck_assert_str_eq(zone, "example");
	reader.at += 4;
	ck_assert(dns_get_record(&reader, &record));
	ck_assert_str_eq(record.name, RECORD);
	ck_assert_uint_eq(record.type, DNS_TYPE_TXT);
	ck_assert_uint_eq(record.class, DNS_CLASS_IN);
	ck_assert_uint_eq(record.ttl, 60);
	ck_assert_mem_eq(bytes + record.data + 1, VALUE, 43);
	ck_assert(dns_get_record(&reader, &record));
	ck_assert_uint_eq(record.type, DNS_TYPE_TSIG);
	ck_assert_uint_eq(reader.at, length);
}
END_TEST

START_TEST(only_answers_to_challenges_are_written)
{
	ck_assert(!signs("a.example", "example", RECORD, "v=spf1 -all"));
	ck_assert_str_eq(run.kind, "refused");
	ck_assert(!signs("a.example", "example", RECORD, VALUE "x"));
	ck_assert(!signs("a.example", "example.org", RECORD, VALUE));
	ck_assert(!signs("www.a.example", "example", RECORD, VALUE));
	ck_assert_ptr_nonnull(strstr(run.text, "Solver=rfc2136"));
	ck_assert(!signs("a.example", "example", RECORD, PERSIST));
}
END_TEST

/* The default settings, which have a key, are for its names alone. */
START_TEST(only_names_of_the_certificate_are_answered_for)
{
	cleanup(string) char *text = text_format(
		"[Certificate]\nNames=a.example\n[Challenge]\nType=dns-01\n"
		"Solver=rfc2136\nServer=192.0.2.53\nKeyFile=%s\n",
		run_path(&run, "etc/tsig"));

	run_write(&run, "etc/certs.d/a.example.conf", text);
	run_do(&run, "configure", "");
	ck_assert(signs("a.example", "example", RECORD, VALUE));
	ck_assert(!signs("b.example", "example", RECORD, VALUE));
	ck_assert_str_eq(run.kind, "refused");
	ck_assert_ptr_nonnull(strstr(run.text, "no name of 'a.example'"));
}
END_TEST

START_TEST(a_configured_zone_is_the_only_one)
{
	configure("a.example", "Type=dns-01\nZone=A.example.");
	ck_assert(signs("a.example", "a.example", RECORD, VALUE));
	ck_assert(!signs("a.example", "example", RECORD, VALUE));
	ck_assert_str_eq(run.kind, "refused");
	ck_assert_ptr_nonnull(strstr(run.text, "Zone=a.example"));
}
END_TEST

/* Only the loop sees where an alias leads. */
START_TEST(a_record_may_lie_where_an_alias_leads)
{
	ck_assert(signs("a.example", "acme.test", "a.acme.test", VALUE));
}
END_TEST

START_TEST(a_persistent_record_says_who_and_nothing_more)
{
	static const char *const OTHERS[] = {VALUE,
		"v=DKIM1; k=rsa; p=MIIB; accounturi=x",
		"v=DMARC1; p=none; accounturi=x", PERSIST "; policy=wildcard",
		PERSIST "; x=y", "; accounturi=https://ca.example/1"};

	configure("a.example", "Type=dns-persist-01");
	ck_assert(signs("a.example", "example", RECORD, PERSIST));
	for (size_t i = 0; i < sizeof(OTHERS) / sizeof(*OTHERS); i++)
		ck_assert_msg(!signs("a.example", "example", RECORD, OTHERS[i]),
			"%s", OTHERS[i]);
	configure("*.c.example", "Type=dns-persist-01");
	ck_assert(!signs("*.c.example", "example", RECORD, PERSIST));
	ck_assert(signs(
		"*.c.example", "example", RECORD, PERSIST "; policy=wildcard"));
}
END_TEST

START_TEST(a_key_that_is_none_is_told_with_its_file)
{
	run_write(&run, "etc/tsig", "hmac-md5:acme.example:" SECRET "\n");
	ck_assert(!signs("a.example", "example", RECORD, VALUE));
	ck_assert_str_eq(run.code, "D1");
	ck_assert_ptr_nonnull(strstr(run.text, "etc/tsig'"));
	ck_assert_ptr_null(strstr(run.text, "c2Vj"));
}
END_TEST

/* What a server that knows no keys sends back. */
static char *answer(unsigned code)
{
	struct dns_message reply = {0};
	const struct dns_header header = {
		.id = (uint16_t)member_integer_or(run.reply, "number", 0),
		.flags = (uint16_t)(DNS_FLAG_REPLY | 5U << 11 | code)};

	dns_put_header(&reply, &header);
	return base64url_encode(reply.bytes, reply.length);
}

static bool verifies(const char *mac, int64_t id, const char *reply)
{
	return run_ask(&run, "dns-verify", "s:s, s:s, s:s, s:I, s:s, s:s",
		"name", "a.example", "identifier", "a.example", "zone",
		"example", "number", (json_int_t)id, "mac", mac, "reply",
		reply);
}

START_TEST(an_unsigned_success_is_not_believed)
{
	ck_assert(signs("a.example", "example", RECORD, VALUE));
	int64_t id = member_integer_or(run.reply, "number", 0);
	cleanup(string) char *mac =
		strdup(member_string_or(run.reply, "mac", ""));
	cleanup(string) char *fine = answer(0);
	cleanup(string) char *refused = answer(5);

	ck_assert(!verifies(mac, id, fine));
	ck_assert_str_eq(run.code, "D1");
	ck_assert_ptr_nonnull(strstr(run.text, "not signed"));
	ck_assert(!verifies(mac, id, refused));
	ck_assert_ptr_nonnull(strstr(run.text, "REFUSED"));
	ck_assert(!verifies(mac, id, "!"));
	ck_assert(!verifies("", id, ""));
}
END_TEST

static size_t count_leftovers(void)
{
	ck_assert_msg(run_ask(&run, "dns-leftovers", ""), "%s", run.text);
	return json_array_size(json_object_get(run.reply, "records"));
}

/* Signs, and tells the vault how the server answered. */
static void update(const char *value, bool is_removal, unsigned code)
{
	ck_assert_msg(
		run_ask(&run, "dns-update", "s:s, s:s, s:s, s:s, s:s, s:b",
			"name", "a.example", "identifier", "a.example", "zone",
			"example", "record", RECORD, "value", value, "remove",
			is_removal),
		"%s", run.text);
	int64_t id = member_integer_or(run.reply, "number", 0);
	cleanup(string) char *mac =
		strdup(member_string_or(run.reply, "mac", ""));
	cleanup(string) char *reply = answer(code);
	ck_assert(!run_ask(&run, "dns-verify",
		"s:s, s:s, s:s, s:s, s:s, s:b, s:I, s:s, s:s", "name",
		"a.example", "identifier", "a.example", "zone", "example",
		"record", RECORD, "value", value, "remove", is_removal,
		"number", (json_int_t)id, "mac", mac, "reply", reply));
}

START_TEST(what_was_signed_into_a_zone_is_on_a_list)
{
	ck_assert_uint_eq(count_leftovers(), 0);
	ck_assert(signs("a.example", "example", RECORD, VALUE));
	ck_assert(signs("a.example", "example", RECORD, VALUE));
	ck_assert_uint_eq(count_leftovers(), 1);
	const json_t *left =
		json_array_get(json_object_get(run.reply, "records"), 0);
	ck_assert_str_eq(member_string_or(left, "name", ""), "a.example");
	ck_assert_str_eq(member_string_or(left, "server", ""), "192.0.2.53");
	ck_assert_int_eq(member_integer_or(left, "port", 0), 53);
	ck_assert_str_eq(member_string_or(left, "zone", ""), "example");
	ck_assert_str_eq(member_string_or(left, "record", ""), RECORD);
	ck_assert_str_eq(member_string_or(left, "value", ""), VALUE);
}
END_TEST

START_TEST(a_refused_record_is_not_on_the_list)
{
	update(VALUE, false, 2);
	ck_assert_uint_eq(count_leftovers(), 1);
	update(VALUE, true, 5);
	ck_assert_uint_eq(count_leftovers(), 1);
	update(VALUE, false, 5);
	ck_assert_uint_eq(count_leftovers(), 0);
}
END_TEST

static bool removes(const char *identifier, const char *value)
{
	return run_ask(&run, "dns-update", "s:s, s:s, s:s, s:s, s:s, s:b",
		"name", "a.example", "identifier", identifier, "zone",
		"example", "record", RECORD, "value", value, "remove", true);
}

/* A name server can be asked whether it would: that changes nothing. */
START_TEST(only_what_could_be_written_is_removed)
{
	ck_assert(removes("a.example", VALUE));
	ck_assert(!removes("a.example", "v=spf1 -all"));
	ck_assert(!removes("a.example", PERSIST));
	ck_assert(!removes("b.example", VALUE));
}
END_TEST

START_TEST(what_was_written_is_removed_under_other_settings_too)
{
	cleanup(string) char *other = strdup(VALUE);

	other[0] = 'A';
	ck_assert(signs("a.example", "example", RECORD, VALUE));
	configure("b.example", "Type=dns-01\nZone=test");
	/* What no section is for has the default settings. */
	ck_assert(!removes("a.example", VALUE));
	ck_assert_ptr_nonnull(strstr(run.text, "Solver=rfc2136"));
	ck_assert(removes("b.example", VALUE));
	ck_assert(!removes("b.example", other));
}
END_TEST

START_TEST(a_persistent_record_is_to_stay)
{
	configure("a.example", "Type=dns-persist-01");
	ck_assert(signs("a.example", "example", RECORD, PERSIST));
	ck_assert_uint_eq(count_leftovers(), 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("vault_dns");
	TCase *tests = tcase_create("vault_dns");

	tcase_add_checked_fixture(tests, prepare, clean);
	tcase_add_test(tests, an_update_is_written_and_signed);
	tcase_add_test(tests, only_answers_to_challenges_are_written);
	tcase_add_test(tests, only_names_of_the_certificate_are_answered_for);
	tcase_add_test(tests, a_configured_zone_is_the_only_one);
	tcase_add_test(tests, a_record_may_lie_where_an_alias_leads);
	tcase_add_test(tests, a_persistent_record_says_who_and_nothing_more);
	tcase_add_test(tests, a_key_that_is_none_is_told_with_its_file);
	tcase_add_test(tests, an_unsigned_success_is_not_believed);
	tcase_add_test(tests, what_was_signed_into_a_zone_is_on_a_list);
	tcase_add_test(tests, a_refused_record_is_not_on_the_list);
	tcase_add_test(tests, only_what_could_be_written_is_removed);
	tcase_add_test(
		tests, what_was_written_is_removed_under_other_settings_too);
	tcase_add_test(tests, a_persistent_record_is_to_stay);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
