/* SPDX-License-Identifier: MIT */
#include "caa.h"

#include "mem.h"
#include "suite.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>
#undef fail

#define ACCOUNT "https://ca.test/account/1"

struct line {
	int flags;
	const char *tag;
	const char *value;
};

static const struct row {
	const char *what;
	struct line lines[4];
	bool is_wildcard;
	const char *refusal; /* NULL: allowed */
} ROWS[] = {
	{"our CA", {{0, "issue", "ca.test"}}, false, NULL},
	{"whatever its case", {{0, "ISSUE", "CA.Test"}}, true, NULL},
	{"one of its other names", {{0, "issue", "ca.example"}}, false, NULL},
	{"another CA", {{0, "issue", "other.test"}}, false,
		"CAA at 'a.test' allows only other.test"},
	{"nobody", {{0, "issue", ";"}}, false,
		"CAA at 'a.test' allows only nobody"},
	{"nobody, by an empty value", {{0, "issue", ""}}, false,
		"CAA at 'a.test' allows only nobody"},
	{"several CAs",
		{{0, "issue", "other.test"}, {0, "issue", " ca.test ; x=y"}},
		false, NULL},
	{"several others",
		{{0, "issue", "other.test"}, {0, "issue", "third.test"}}, false,
		"CAA at 'a.test' allows only other.test, third.test"},
	{"where to report, and no more", {{0, "iodef", "mailto:x@a.test"}},
		false, NULL},
	{"wildcards go by issuewild",
		{{0, "issue", "other.test"}, {0, "issuewild", "ca.test"}}, true,
		NULL},
	{"names do not",
		{{0, "issue", "other.test"}, {0, "issuewild", "ca.test"}},
		false, "CAA at 'a.test' allows only other.test"},
	{"no wildcards", {{0, "issue", "ca.test"}, {0, "issuewild", ";"}}, true,
		"CAA at 'a.test' allows only nobody"},
	{"wildcards only", {{0, "issuewild", "other.test"}}, false, NULL},
	{"our account", {{0, "issue", "ca.test; accounturi=" ACCOUNT}}, false,
		NULL},
	{"another account",
		{{0, "issue", "ca.test; accounturi=https://ca.test/account/2"}},
		false,
		"CAA at 'a.test' allows only the account "
		"'https://ca.test/account/2' of ca.test"},
	{"two accounts in one record",
		{{0, "issue",
			"ca.test; accounturi=" ACCOUNT
			"; accounturi=" ACCOUNT}},
		false, "CAA at 'a.test' allows only ca.test"},
	{"two accounts in two records",
		{{0, "issue", "ca.test;accounturi=https://ca.test/account/2"},
			{0, "issue", "ca.test;accounturi=" ACCOUNT}},
		false, NULL},
	{"our method",
		{{0, "issue", "ca.test; validationmethods=dns-01,http-01"}},
		false, NULL},
	{"another method", {{0, "issue", "ca.test; validationmethods=dns-01"}},
		false,
		"CAA at 'a.test' allows only the method dns-01 of ca.test"},
	{"a method that only begins like ours",
		{{0, "issue", "ca.test; validationmethods=http-01x,http"}},
		false,
		"CAA at 'a.test' allows only the method http-01x,http of "
		"ca.test"},
	{"another method as long as ours",
		{{0, "issue", "ca.test; validationmethods=http-02"}}, false,
		"CAA at 'a.test' allows only the method http-02 of ca.test"},
	{"the nearest miss, whatever follows it",
		{{0, "issue", "ca.test;accounturi=https://ca.test/account/2"},
			{0, "issue", "other.test"}},
		false,
		"CAA at 'a.test' allows only the account "
		"'https://ca.test/account/2' of ca.test"},
	{"a parameter without a value", {{0, "issue", "ca.test; odd"}}, false,
		"CAA at 'a.test' allows only ca.test"},
	{"a critical property that nobody knows",
		{{128, "tbs", "x"}, {0, "issue", "ca.test"}}, false,
		"CAA at 'a.test' has a critical property 'tbs' that no CA "
		"knows"},
	{"an unknown property", {{0, "tbs", "x"}, {0, "issue", "ca.test"}},
		false, NULL},
	{"a critical property that all know", {{128, "issue", "ca.test"}},
		false, NULL},
	{"no records at all", {{0}}, false, NULL},
};

static void add(struct caa_set *set, const struct line *line)
{
	unsigned char data[512] = {
		(unsigned char)line->flags, (unsigned char)strlen(line->tag)};
	size_t tag = strlen(line->tag);
	size_t value = strlen(line->value);

	memcpy(data + 2, line->tag, tag);
	memcpy(data + 2 + tag, line->value, value);
	caa_add(set, data, 2 + tag + value);
}

static bool ask(const struct caa_set *set, bool is_wildcard, struct error *err)
{
	cleanup(json) json_t *issuers =
		json_pack("[s, s]", "ca.test", "ca.example");
	const struct caa_wish wish = {
		.issuers = issuers,
		.account = ACCOUNT,
		.method = "http-01",
		.is_wildcard = is_wildcard,
	};

	return caa_allows(set, &wish, "a.test", err);
}

START_TEST(records_say_who_may_issue)
{
	const struct row *row = &ROWS[_i];
	struct caa_set set = {0};
	struct error err = {0};

	for (int i = 0; i < 4 && row->lines[i].tag; i++)
		add(&set, &row->lines[i]);
	bool is_allowed = ask(&set, row->is_wildcard, &err);
	ck_assert_msg(
		is_allowed == !row->refusal, "%s: %s", row->what, err.text);
	if (!row->refusal)
		return;
	ck_assert_str_eq(err.text, row->refusal);
	ck_assert_str_eq(err.code, "D8");
	ck_assert_int_eq(err.kind, ERROR_REFUSED);
}
END_TEST

START_TEST(nonsense_forbids)
{
	static const struct {
		const char *bytes;
		size_t length;
	} NONSENSE[] = {
		{"", 0},
		{"\0", 1},
		{"\0\0ca.test", 9},
		{"\0\5iss", 5},
		{"\200\24abcdefghijklmnopqrst", 22},
	};
	struct caa_set set = {0};

	caa_add(&set, (const unsigned char *)NONSENSE[_i].bytes,
		NONSENSE[_i].length);
	ck_assert(!ask(&set, false, NULL));
}
END_TEST

START_TEST(what_is_too_long_allows_nobody)
{
	unsigned char data[2 + 5 + 2000] = {0, 5, 'i', 's', 's', 'u', 'e'};
	struct caa_set set = {0};

	memset(data + 7, 'a', 2000);
	memcpy(data + 7, "ca.test;", 8);
	caa_add(&set, data, sizeof(data));
	ck_assert(!ask(&set, false, NULL));
	data[7 + 7] = '\0';
	set.count = 0;
	caa_add(&set, data, 7 + 20);
	ck_assert(!ask(&set, false, NULL));
}
END_TEST

/* That is opened at the first order. */
START_TEST(without_an_account_yet_none_is_a_wrong_one)
{
	const struct line line = {0, "issue", "ca.test; accounturi=" ACCOUNT};
	cleanup(json) json_t *issuers = json_pack("[s]", "ca.test");
	const struct caa_wish wish = {.issuers = issuers, .method = "http-01"};
	struct caa_set set = {0};
	struct error err = {0};

	add(&set, &line);
	ck_assert_msg(caa_allows(&set, &wish, "a.test", &err), "%s", err.text);
}
END_TEST

START_TEST(a_pin_lets_us_in)
{
	cleanup(string) char *pin = caa_pin("ca.test", ACCOUNT, "http-01");
	const struct line line = {0, "issue", pin};
	struct caa_set set = {0};

	ck_assert_str_eq(pin,
		"ca.test; accounturi=" ACCOUNT "; validationmethods=http-01");
	add(&set, &line);
	ck_assert(ask(&set, false, NULL));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("caa");
	TCase *tests = tcase_create("caa");

	tcase_add_loop_test(tests, records_say_who_may_issue, 0,
		sizeof(ROWS) / sizeof(*ROWS));
	tcase_add_loop_test(tests, nonsense_forbids, 0, 5);
	tcase_add_test(tests, what_is_too_long_allows_nobody);
	tcase_add_test(tests, without_an_account_yet_none_is_a_wrong_one);
	tcase_add_test(tests, a_pin_lets_us_in);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
