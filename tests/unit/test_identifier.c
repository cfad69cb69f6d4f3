/* SPDX-License-Identifier: MIT */
#include "identifier.h"

#include "mem.h"
#include "suite.h"
#include "text.h"
#include "without_memory.h"

#include <check.h>
#include <idn2.h>
#undef fail
#include <stdio.h>

#define COUNT(array) ((int)(sizeof(array) / sizeof(*(array))))

static struct identifier known(const char *text)
{
	struct identifier identifier;
	struct error err = {0};

	ck_assert_msg(
		identifier_parse(text, &identifier, &err), "%s", err.text);
	return identifier;
}

static const struct {
	const char *text;
	const char *value;
	enum identifier_type type;
} GOOD[] = {
	{"example.com", "example.com", IDENTIFIER_DNS},
	{"Example.COM.", "example.com", IDENTIFIER_DNS},
	{"*.Example.com", "*.example.com", IDENTIFIER_DNS},
	{"localhost", "localhost", IDENTIFIER_DNS},
	{"1.example.com", "1.example.com", IDENTIFIER_DNS},
	{"a.b2", "a.b2", IDENTIFIER_DNS},
	{"b\303\274cher.example", "xn--bcher-kva.example", IDENTIFIER_DNS},
	{"xn--bcher-kva.example", "xn--bcher-kva.example", IDENTIFIER_DNS},
	{"*.b\303\274cher.example", "*.xn--bcher-kva.example", IDENTIFIER_DNS},
	{"fa\303\237.example", "xn--fa-hia.example", IDENTIFIER_DNS},
	{"\303\211NICODE-example.com.", "xn--nicode-example-9jb.com",
		IDENTIFIER_DNS},
	{"\303\274\303\221ICODE-example.com.", "xn--icode-example-hkb8n.com",
		IDENTIFIER_DNS},
	{"192.0.2.7", "192.0.2.7", IDENTIFIER_IP},
	{"2001:DB8:0:0:0:0:0:1", "2001:db8::1", IDENTIFIER_IP},
	{"2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1", IDENTIFIER_IP},
	{"2001:0:0:1:0:0:0:1", "2001:0:0:1::1", IDENTIFIER_IP},
	{"::", "::", IDENTIFIER_IP},
	{"::ffff:192.0.2.1", "::ffff:192.0.2.1", IDENTIFIER_IP},
};

START_TEST(names_and_addresses_get_their_one_form)
{
	struct identifier found = known(GOOD[_i].text);

	ck_assert_str_eq(found.value, GOOD[_i].value);
	ck_assert_int_eq(found.type, GOOD[_i].type);
}
END_TEST

static const struct {
	const char *text;
	bool is_public;
} PUBLIC[] = {
	{"example.com", true},
	{"*.example.com", true},
	{"local.example.com", true},
	{"mylan.org", true},
	{"nas.local", false},
	{"*.nas.lan", false},
	{"a.b.internal", false},
	{"router.home.arpa", false},
	{"7.2.0.192.in-addr.arpa", true},
	{"localhost", false},
	{"192.0.1.7", true},
	{"9.255.255.255", true},
	{"10.1.2.3", false},
	{"100.63.0.1", true},
	{"100.127.0.1", false},
	{"127.0.0.1", false},
	{"169.254.1.1", false},
	{"172.15.0.1", true},
	{"172.31.0.1", false},
	{"172.32.0.1", true},
	{"192.168.7.7", false},
	{"192.169.7.7", true},
	{"224.0.0.1", false},
	{"2606:4700::1", true},
	{"::1", false},
	{"fd00::1", false},
	{"fe80::1", false},
	{"ff02::1", false},
};

START_TEST(what_means_something_else_elsewhere_is_not_public)
{
	struct identifier found = known(PUBLIC[_i].text);

	ck_assert_int_eq(identifier_is_public(&found), PUBLIC[_i].is_public);
}
END_TEST

static const char *const BAD[] = {"", ".", "..", "*", "*.", "*.*.example.com",
	"a.*.example.com", "a*.example.com", "**.example.com", "example..com",
	".example.com", "example.com..", "exa mple.com", "example.com\n",
	"\texample.com", "under_score.example.com", "-a.example.com",
	"a-.example.com", "example", "*.com", "*.localhost", "*.192.0.2.1",
	"*.2001:db8::1", "192.0.2.256", "192.0.2", "1.2.3.4.5", "a.123",
	"[2001:db8::1]", "2001:db8::1%eth0", "2001:db8:::1", "a/b.example.com",
	"a:80.example.com", "http://example.com", "example.com:443",
	"user@example.com", "\377.example.com", "xn--a.example.com",
	"\357\274\212.example.com", "a\342\200\256b.example.com",
	"r3---sn.example.com", "$(id).example.com", "../etc.example.com"};

START_TEST(what_is_no_name_is_refused)
{
	struct identifier identifier;
	struct error err = {0};

	ck_assert_msg(!identifier_parse(BAD[_i], &identifier, &err), "%s -> %s",
		BAD[_i], identifier.value);
	ck_assert_int_eq(err.kind, ERROR_REFUSED);
	ck_assert(text_starts_with(err.text, "name '"));
}
END_TEST

/* A name of `last` + 192 bytes. */
static void make_name(char *out, size_t size, int last)
{
	char label[64];

	memset(label, 'a', 63);
	label[63] = '\0';
	snprintf(out, size, "%s.%s.%s.%.*s", label, label, label, last, label);
}

START_TEST(labels_and_names_have_a_limit)
{
	char name[400];
	struct identifier found;

	make_name(name, sizeof(name), 61);
	ck_assert_uint_eq(strlen(name), 253);
	ck_assert(identifier_parse(name, &found, NULL));
	make_name(name, sizeof(name), 62);
	ck_assert(!identifier_parse(name, &found, NULL));
	memcpy(name, "*.", 2);
	make_name(name + 2, sizeof(name) - 2, 59);
	ck_assert(identifier_parse(name, &found, NULL));
	make_name(name + 2, sizeof(name) - 2, 60);
	ck_assert(!identifier_parse(name, &found, NULL));
	memset(name, 'a', 64);
	memcpy(name + 64, ".com", 5);
	ck_assert(!identifier_parse(name, &found, NULL));
}
END_TEST

START_TEST(an_endless_name_is_refused)
{
	char name[5000];
	struct identifier found;

	memset(name, 'a', sizeof(name));
	name[sizeof(name) - 1] = '\0';
	ck_assert(!identifier_parse(name, &found, NULL));
}
END_TEST

START_TEST(a_wildcard_has_a_base)
{
	struct identifier wildcard = known("*.example.com");
	struct identifier plain = known("example.com");

	ck_assert(identifier_is_wildcard(&wildcard));
	ck_assert(!identifier_is_wildcard(&plain));
	ck_assert_str_eq(identifier_base(&wildcard), "example.com");
	ck_assert_str_eq(identifier_base(&plain), "example.com");
}
END_TEST

START_TEST(addresses_are_compared_as_bytes)
{
	struct identifier a = known("2001:db8::1");
	struct identifier b = known("2001:0db8:0:0::0001");
	struct identifier mapped = known("::ffff:192.0.2.1");
	struct identifier plain = known("192.0.2.1");

	ck_assert(identifier_equal(&a, &b));
	snprintf(b.value, sizeof(b.value), "another text");
	ck_assert(identifier_equal(&a, &b));
	ck_assert(!identifier_equal(&mapped, &plain));
	ck_assert_uint_eq(plain.address_length, 4);
	ck_assert_uint_eq(mapped.address_length, 16);
}
END_TEST

static bool covers(const char *pattern, const char *name)
{
	struct identifier a = known(pattern);
	struct identifier b = known(name);

	return identifier_covers(&a, &b);
}

START_TEST(a_wildcard_covers_one_label)
{
	ck_assert(covers("example.com", "EXAMPLE.com"));
	ck_assert(covers("*.example.com", "www.example.com"));
	ck_assert(covers("*.example.com", "*.example.com"));
	ck_assert(!covers("*.example.com", "example.com"));
	ck_assert(!covers("*.example.com", "a.b.example.com"));
	ck_assert(!covers("*.example.com", "*.b.example.com"));
	ck_assert(!covers("*.b.example.com", "*.example.com"));
	ck_assert(!covers("www.example.com", "*.example.com"));
	ck_assert(!covers("example.com", "192.0.2.1"));
	ck_assert(covers("192.0.2.1", "192.0.2.1"));
}
END_TEST

START_TEST(a_set_has_no_order)
{
	struct identifier a[] = {known("a.example"), known("b.example")};
	struct identifier b[] = {known("b.example"), known("a.example")};
	struct identifier c[] = {known("b.example"), known("c.example")};

	ck_assert(identifier_same_set(a, 2, b, 2));
	ck_assert(!identifier_same_set(a, 2, c, 2));
	ck_assert(!identifier_same_set(a, 2, b, 1));
	ck_assert(!identifier_same_set(a, 1, b, 2));
	ck_assert(identifier_same_set(NULL, 0, NULL, 0));
}
END_TEST

START_TEST(json_goes_both_ways)
{
	static const char *const names[] = {
		"example.com", "*.example.com", "192.0.2.1", "2001:db8::1"};

	for (int i = 0; i < COUNT(names); i++) {
		struct identifier identifier = known(names[i]);
		struct identifier back;
		struct error err = {0};
		cleanup(json) json_t *object = identifier_to_json(&identifier);
		ck_assert(identifier_from_json(object, &back, &err));
		ck_assert(identifier_equal(&identifier, &back));
	}
}
END_TEST

START_TEST(json_of_the_wrong_type_is_refused)
{
	static const char *const pairs[][2] = {{"ip", "example.com"},
		{"dns", "192.0.2.1"}, {"email", "a.example"}, {"dns", "a b.c"}};

	for (int i = 0; i < COUNT(pairs); i++) {
		struct identifier found;
		struct error err = {0};
		cleanup(json) json_t *object = json_pack(
			"{s:s,s:s}", "type", pairs[i][0], "value", pairs[i][1]);
		ck_assert(!identifier_from_json(object, &found, &err));
		ck_assert_int_eq(err.kind, ERROR_TRANSIENT);
	}
}
END_TEST

START_TEST(json_without_members_is_refused)
{
	struct identifier found;
	struct error err = {0};
	cleanup(json) json_t *object = json_pack("{s:s}", "type", "dns");

	ck_assert(!identifier_from_json(object, &found, &err));
	ck_assert_str_eq(err.text, "member 'value' is missing");
	ck_assert(!identifier_from_json(NULL, &found, NULL));
}
END_TEST

/* The linker leads calls of libidn2 here (--wrap). */
static bool is_short;

int __real_idn2_to_ascii_8z(const char *name, char **ascii, int flags);
int __wrap_idn2_to_ascii_8z(const char *name, char **ascii, int flags);

int __wrap_idn2_to_ascii_8z(const char *name, char **ascii, int flags)
{
	return is_short ? IDN2_MALLOC
			: __real_idn2_to_ascii_8z(name, ascii, flags);
}

static void parse_without_memory(void)
{
	struct identifier identifier;

	is_short = true;
	identifier_parse("a.example", &identifier, NULL);
}

/* The name is not wrong: its certificate would be lost. */
START_TEST(without_memory_the_program_ends)
{
	ck_assert(ends_itself(parse_without_memory));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("identifier");
	TCase *tests = tcase_create("identifier");

	tcase_add_loop_test(
		tests, names_and_addresses_get_their_one_form, 0, COUNT(GOOD));
	tcase_add_loop_test(tests, what_is_no_name_is_refused, 0, COUNT(BAD));
	tcase_add_test(tests, labels_and_names_have_a_limit);
	tcase_add_test(tests, an_endless_name_is_refused);
	tcase_add_test(tests, a_wildcard_has_a_base);
	tcase_add_test(tests, addresses_are_compared_as_bytes);
	tcase_add_test(tests, a_wildcard_covers_one_label);
	tcase_add_test(tests, a_set_has_no_order);
	tcase_add_test(tests, json_goes_both_ways);
	tcase_add_test(tests, json_of_the_wrong_type_is_refused);
	tcase_add_test(tests, json_without_members_is_refused);
	tcase_add_loop_test(tests,
		what_means_something_else_elsewhere_is_not_public, 0,
		COUNT(PUBLIC));
	tcase_add_test(tests, without_memory_the_program_ends);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
