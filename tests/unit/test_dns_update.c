/* SPDX-License-Identifier: MIT */
#include "dns_update.h"

#include "dns_vectors.h"
#include "suite.h"

#include <check.h>
#include <stdio.h>
#include <string.h>
#undef fail

#define NAME "_acme-challenge.www.example.com"
#define SHORT "ZTRx1Ckl1-tM05o5zaizTTA0yUy5AGereMgSNWC6Ll8"
#define HUNDRED \
	"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx" \
	"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"

static struct dns_message message;
static struct error err;

static struct dns_update update_of(const char *value)
{
	return (struct dns_update){.id = 0x1234,
		.zone = "example.com",
		.name = NAME,
		.value = value,
		.ttl = 60};
}

static void check_bytes(const char *vector)
{
	size_t length = 0;
	const unsigned char *bytes = dns_vector(vector, &length);

	ck_assert_uint_eq(message.length, length);
	ck_assert_mem_eq(message.bytes, bytes, length);
}

START_TEST(a_record_is_added_as_others_add_it)
{
	struct dns_update update = update_of(SHORT);

	ck_assert(dns_update_write(&update, &message, &err));
	check_bytes("add");
}
END_TEST

START_TEST(one_value_is_removed_and_no_other)
{
	struct dns_update update = update_of(SHORT);

	update.is_removal = true;
	ck_assert(dns_update_write(&update, &message, &err));
	check_bytes("remove");
}
END_TEST

START_TEST(a_long_value_is_cut_into_strings)
{
	struct dns_update update =
		update_of("ca.example; accounturi=" HUNDRED HUNDRED HUNDRED);

	ck_assert(dns_update_write(&update, &message, &err));
	check_bytes("add-long");
}
END_TEST

static const struct {
	const char *zone;
	const char *name;
} FOREIGN[] = {
	{"example.com", "a.example.org"},
	{"example.com", "badexample.com"},
	{"www.example.com", "example.com"},
	{"example.com", "a..example.com"},
	{"example.com", ".example.com"},
	{"", "a.example.com."},
	{"", HUNDRED ".com"},
};

START_TEST(a_name_that_is_none_or_foreign_is_refused)
{
	struct dns_update update = update_of(SHORT);

	update.zone = FOREIGN[_i].zone;
	update.name = FOREIGN[_i].name;
	ck_assert(!dns_update_write(&update, &message, &err));
	ck_assert_int_eq(err.kind, ERROR_REFUSED);
}
END_TEST

START_TEST(the_zone_is_asked_for)
{
	dns_update_ask_zone(&message, 0x4321, NAME);
	check_bytes("ask-zone");
}
END_TEST

static bool read_zone(const char *vector, uint16_t id, char *zone)
{
	size_t length = 0;
	const unsigned char *bytes = dns_vector(vector, &length);

	return dns_update_read_zone(bytes, length, id, NAME, zone, &err);
}

START_TEST(the_zone_is_found_in_the_authority_section)
{
	char zone[DNS_NAME_SIZE] = "";

	ck_assert(read_zone("zone", 0x4321, zone));
	ck_assert_str_eq(zone, "example.com");
	zone[0] = '\0';
	ck_assert(read_zone("zone-nxdomain", 0x4321, zone));
	ck_assert_str_eq(zone, "example.com");
}
END_TEST

START_TEST(without_a_zone_the_cause_is_told)
{
	char zone[DNS_NAME_SIZE];

	ck_assert(!read_zone("zone-none", 0x4321, zone));
	ck_assert_str_eq(err.code, "D5");
	ck_assert(!read_zone("zone-servfail", 0x4321, zone));
	ck_assert_str_eq(err.code, "D7");
	ck_assert_int_eq(err.kind, ERROR_TRANSIENT);
	ck_assert(!read_zone("zone", 0x4320, zone));
	ck_assert(!read_zone("ask-zone", 0x4321, zone));
}
END_TEST

static const struct {
	unsigned code;
	enum error_kind kind;
	const char *cause;
} CODES[] = {
	{DNS_NOERROR, ERROR_NONE, ""},
	{DNS_FORMERR, ERROR_REFUSED, "D1"},
	{DNS_SERVFAIL, ERROR_TRANSIENT, "D7"},
	{DNS_NXDOMAIN, ERROR_VALIDATION, "D5"},
	{DNS_NOTIMP, ERROR_REFUSED, "D1"},
	{DNS_REFUSED, ERROR_REFUSED, "D1"},
	{DNS_NOTAUTH, ERROR_REFUSED, "D1"},
	{DNS_NOTZONE, ERROR_REFUSED, "D1"},
	{6, ERROR_TRANSIENT, "D7"},
	{15, ERROR_TRANSIENT, "D7"},
};

START_TEST(each_code_of_a_server_is_told_apart)
{
	size_t length = 0;
	unsigned char bytes[512];
	const unsigned char *reply = dns_vector("reply-hmac-sha256", &length);

	memcpy(bytes, reply, length);
	bytes[3] = (unsigned char)CODES[_i].code;
	ck_assert_int_eq(dns_update_read_reply(
				 bytes, length, 0x1234, "example.com", &err),
		CODES[_i].kind == ERROR_NONE);
	ck_assert_int_eq(err.kind, CODES[_i].kind);
	ck_assert_str_eq(err.code, CODES[_i].cause);
}
END_TEST

START_TEST(a_reply_to_something_else_is_no_success)
{
	size_t length = 0;
	const unsigned char *reply = dns_vector("reply-hmac-sha256", &length);
	const unsigned char *query = dns_vector("zone", &length);

	ck_assert(!dns_update_read_reply(reply, 11, 0x1234, "z", &err));
	ck_assert(!dns_update_read_reply(reply, 12, 0x1235, "z", &err));
	ck_assert(!dns_update_read_reply(query, length, 0x4321, "z", &err));
}
END_TEST

/* Every byte changed and every length: no reading past the end (ASan), no
 * endless loop. */
START_TEST(spoilt_messages_are_survived)
{
	static const char *const VECTORS[] = {"zone", "zone-nxdomain"};
	unsigned char bytes[512];
	char zone[DNS_NAME_SIZE];
	size_t length = 0;
	const unsigned char *good = dns_vector(VECTORS[_i], &length);

	for (size_t cut = 0; cut < length; cut++)
		ck_assert(!dns_update_read_zone(
			good, cut, 0x4321, NAME, zone, &err));
	for (size_t i = 0; i < length * 256; i++) {
		memcpy(bytes, good, length);
		bytes[i / 256] = (unsigned char)i;
		dns_update_read_zone(bytes, length, 0x4321, NAME, zone, &err);
	}
}
END_TEST

START_TEST(a_pointer_that_leads_in_a_circle_ends)
{
	static const unsigned char CIRCLES[][6] = {
		{0xc0, 0},
		{0xc0, 2, 0xc0, 0},
		{1, 'a', 0xc0, 0},
		{1, 'a', 0xc0, 4, 0xc0, 2},
	};
	char name[DNS_NAME_SIZE];

	for (size_t i = 0; i < 4; i++)
		for (size_t at = 0; at < 6; at++) {
			struct dns_reader reader = {
				.bytes = CIRCLES[i], .length = 6, .at = at};
			dns_get_name(&reader, name);
		}
	struct dns_reader reader = {.bytes = CIRCLES[2], .length = 6, .at = 0};
	ck_assert(!dns_get_name(&reader, name));
}
END_TEST

START_TEST(a_message_that_is_too_long_is_told)
{
	static char value[DNS_MESSAGE_SIZE + 1];
	struct dns_update update = update_of(value);

	memset(value, 'x', DNS_MESSAGE_SIZE);
	ck_assert(!dns_update_write(&update, &message, &err));
	value[DNS_MESSAGE_SIZE - 60] = '\0';
	ck_assert(!dns_update_write(&update, &message, &err));
}
END_TEST

static void prepare(void)
{
	err = (struct error){0};
}

int main(void)
{
	Suite *suite = suite_create("dns_update");
	TCase *tests = tcase_create("dns_update");

	tcase_add_checked_fixture(tests, prepare, NULL);
	tcase_add_test(tests, a_record_is_added_as_others_add_it);
	tcase_add_test(tests, one_value_is_removed_and_no_other);
	tcase_add_test(tests, a_long_value_is_cut_into_strings);
	tcase_add_loop_test(tests, a_name_that_is_none_or_foreign_is_refused, 0,
		sizeof(FOREIGN) / sizeof(*FOREIGN));
	tcase_add_test(tests, the_zone_is_asked_for);
	tcase_add_test(tests, the_zone_is_found_in_the_authority_section);
	tcase_add_test(tests, without_a_zone_the_cause_is_told);
	tcase_add_loop_test(tests, each_code_of_a_server_is_told_apart, 0,
		sizeof(CODES) / sizeof(*CODES));
	tcase_add_test(tests, a_reply_to_something_else_is_no_success);
	tcase_add_loop_test(tests, spoilt_messages_are_survived, 0, 2);
	tcase_add_test(tests, a_pointer_that_leads_in_a_circle_ends);
	tcase_add_test(tests, a_message_that_is_too_long_is_told);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
