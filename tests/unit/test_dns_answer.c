/* SPDX-License-Identifier: MIT */
#include "dns_answer.h"

#include "suite.h"

#include <check.h>
#include <string.h>
#undef fail

#define NAME "_acme-challenge.example.com"

static struct dns_question question;
static struct dns_message message;
static struct dns_answer answer;
static struct dns_record record;
static struct error err;

static void set_up(void)
{
	question = (struct dns_question){
		.id = 0x1234, .type = DNS_TYPE_TXT, .name = NAME};
	message = (struct dns_message){0};
	err = (struct error){0};
}

/* The head of a reply with `count` records. */
static void begin(unsigned flags, unsigned count)
{
	const struct dns_header header = {
		.id = 0x1234,
		.flags = (uint16_t)(DNS_FLAG_REPLY | flags),
		.counts = {1, (uint16_t)count, 0, 0},
	};

	message = (struct dns_message){0};
	dns_put_header(&message, &header);
	dns_put_name(&message, "_ACME-challenge.example.com");
	dns_put_16(&message, question.type);
	dns_put_16(&message, DNS_CLASS_IN);
}

static void add_head(unsigned type, unsigned length)
{
	dns_put_name(&message, NAME);
	dns_put_16(&message, type);
	dns_put_16(&message, DNS_CLASS_IN);
	dns_put_32(&message, 60);
	dns_put_16(&message, length);
}

/* Bytes of a TXT record: strings with their lengths before them. */
static void add_text(const char *strings)
{
	add_head(DNS_TYPE_TXT, (unsigned)strlen(strings));
	dns_put_bytes(&message, strings, strlen(strings));
}

static void add_name(unsigned type, const char *name)
{
	add_head(type, (unsigned)strlen(name) + 2);
	dns_put_name(&message, name);
}

static bool opens(void)
{
	return dns_answer_open(
		&answer, message.bytes, message.length, &question, &err);
}

START_TEST(a_question_is_written_and_read_back)
{
	struct dns_header header;

	question.wants_recursion = true;
	ck_assert(dns_question_write(&question, &message, &err));
	struct dns_reader reader = {
		.bytes = message.bytes, .length = message.length};
	ck_assert(dns_get_header(&reader, &header));
	ck_assert_uint_eq(header.id, 0x1234);
	ck_assert_uint_eq(header.flags, 0x0100);
	ck_assert(dns_skip_questions(&reader, header.counts[0]));
	ck_assert_uint_eq(reader.at, message.length);
	question.name = "two..dots";
	ck_assert(!dns_question_write(&question, &message, &err));
	ck_assert_str_eq(err.code, "D5");
}
END_TEST

START_TEST(one_of_several_values_is_enough)
{
	begin(0, 3);
	add_text("\5other");
	add_name(DNS_TYPE_CNAME, "elsewhere.example");
	add_text("\3val\2ue");
	ck_assert(opens());
	ck_assert(dns_answer_has_text(&answer, "value"));
	ck_assert(opens());
	ck_assert(!dns_answer_has_text(&answer, "val"));
	ck_assert(opens());
	ck_assert(!dns_answer_has_text(&answer, "values"));
}
END_TEST

START_TEST(a_persistent_record_may_say_more)
{
	begin(0, 2);
	add_text("\5other");
	add_text("\2ca\12; uri=1; p");
	ck_assert(opens());
	ck_assert(dns_answer_has_persistent(&answer, "ca; uri=1; p"));
	ck_assert(opens());
	ck_assert(dns_answer_has_persistent(&answer, "ca; uri=1"));
	ck_assert(opens());
	ck_assert(!dns_answer_has_persistent(&answer, "ca; uri="));
	ck_assert(opens());
	ck_assert(!dns_answer_has_text(&answer, "ca; uri=1"));
}
END_TEST

START_TEST(a_string_longer_than_its_record_says_nothing)
{
	begin(0, 1);
	add_text("\11val");
	ck_assert(opens());
	ck_assert(!dns_answer_has_text(&answer, "val"));
}
END_TEST

START_TEST(the_target_of_an_alias_is_told)
{
	char name[DNS_NAME_SIZE];

	begin(0, 2);
	add_text("\5other");
	add_name(DNS_TYPE_CNAME, "Elsewhere.example");
	ck_assert(opens());
	ck_assert(dns_answer_next(&answer, DNS_TYPE_CNAME, &record));
	ck_assert(dns_answer_target(&answer, &record, name));
	ck_assert_str_eq(name, "elsewhere.example");
	ck_assert(!dns_answer_next(&answer, DNS_TYPE_CNAME, &record));
}
END_TEST

START_TEST(an_answer_to_another_question_is_none)
{
	begin(0, 0);
	question.type = DNS_TYPE_NS;
	ck_assert(!opens());
	ck_assert_str_eq(err.code, "D7");
	question.type = DNS_TYPE_TXT;
	question.id++;
	ck_assert(!opens());
	question.id--;
	question.name = "example.com";
	ck_assert(!opens());
	question.name = NAME;
	ck_assert(opens());
	message.length = 5;
	ck_assert(!opens());
}
END_TEST

static const char *cause_of(unsigned code, bool wants_recursion)
{
	begin(code, 0);
	question.wants_recursion = wants_recursion;
	ck_assert(opens());
	return dns_answer_check(&answer, &question, &err) ? "" : err.code;
}

START_TEST(the_causes_of_servers_are_told_apart)
{
	ck_assert_str_eq(cause_of(DNS_NOERROR, false), "");
	ck_assert_str_eq(cause_of(DNS_NXDOMAIN, false), "");
	ck_assert_str_eq(cause_of(DNS_SERVFAIL, false), "D7");
	ck_assert_ptr_nonnull(strstr(err.text, "SERVFAIL"));
	ck_assert_str_eq(cause_of(DNS_REFUSED, false), "D1");
	ck_assert_str_eq(cause_of(DNS_REFUSED, true), "D7");
	ck_assert_str_eq(cause_of(DNS_NOTIMP, false), "D7");
}
END_TEST

START_TEST(an_answer_that_is_cut_anywhere_ends_quietly)
{
	begin(0, 2);
	add_text("\5other");
	add_text("\5value");
	for (size_t length = message.length; length-- > 0;) {
		if (!dns_answer_open(
			    &answer, message.bytes, length, &question, &err))
			continue;
		ck_assert(!dns_answer_has_text(&answer, "value"));
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("dns_answer");
	TCase *tests = tcase_create("dns_answer");

	tcase_add_checked_fixture(tests, set_up, NULL);
	tcase_add_test(tests, a_question_is_written_and_read_back);
	tcase_add_test(tests, one_of_several_values_is_enough);
	tcase_add_test(tests, a_persistent_record_may_say_more);
	tcase_add_test(tests, a_string_longer_than_its_record_says_nothing);
	tcase_add_test(tests, the_target_of_an_alias_is_told);
	tcase_add_test(tests, an_answer_to_another_question_is_none);
	tcase_add_test(tests, the_causes_of_servers_are_told_apart);
	tcase_add_test(tests, an_answer_that_is_cut_anywhere_ends_quietly);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
