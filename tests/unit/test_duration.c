/* SPDX-License-Identifier: MIT */
#include "duration.h"

#include "suite.h"

#include <check.h>

#define COUNT(array) ((int)(sizeof(array) / sizeof(*(array))))

#define NOW 1795228200 /* 2026-11-21T02:30:00Z */

static const struct {
	const char *text;
	int64_t seconds;
} GOOD[] = {
	{"30d", 2592000},
	{"12h", 43200},
	{"90s", 90},
	{"90", 90},
	{"0", 0},
	{"1h 30m", 5400},
	{"1h30m", 5400},
	{"2w", 1209600},
	{"5m ", 300},
	{"36525d", INT64_C(3155760000)},
	{"3155760000", INT64_C(3155760000)},
};

START_TEST(spans_are_read)
{
	int64_t seconds;

	ck_assert(duration_parse(GOOD[_i].text, &seconds));
	ck_assert_int_eq(seconds, GOOD[_i].seconds);
}
END_TEST

static const char *const BAD[] = {"", " ", "d", "-1d", "1.5h", "1y", "1h 30",
	"30 d", " 30d", "10ms", "1hx", "36526d", "3155760001", "36525d 1s",
	"99999999999999999999", "99999999999999999999d",
	"18446744073709551617s", "1h\n", "0x10"};

START_TEST(what_is_no_span_is_refused)
{
	int64_t seconds = 7;

	ck_assert(!duration_parse(BAD[_i], &seconds));
	ck_assert_int_eq(seconds, 7);
}
END_TEST

static void writes(int64_t seconds, const char *expected)
{
	char out[DURATION_SIZE];

	duration_format(seconds, out);
	ck_assert_str_eq(out, expected);
}

START_TEST(the_two_largest_units_are_written)
{
	writes(0, "0s");
	writes(59, "59s");
	writes(190, "3m 10s");
	writes(3600, "1h");
	writes(3601, "1h");
	writes(29 * 86400 + 4 * 3600 + 59, "29d 4h");
	writes(2592000, "30d");
	writes(-190, "-3m 10s");
	writes(INT64_MAX, "106751991167300d 15h");
	writes(INT64_MIN, "-106751991167300d 15h");
}
END_TEST

static void retries_after(const char *text, int64_t expected)
{
	int64_t seconds = -1;

	ck_assert_msg(
		duration_parse_retry_after(text, NOW, &seconds), "%s", text);
	ck_assert_int_eq(seconds, expected);
}

START_TEST(retry_after_is_seconds_or_a_date)
{
	retries_after("120", 120);
	retries_after(" 120 ", 120);
	retries_after("0", 0);
	retries_after("86400", 86400);
	retries_after("Sat, 21 Nov 2026 02:45:00 GMT", 900);
	retries_after("Saturday, 21-Nov-26 02:45:00 GMT", 900);
	retries_after("\tSat Nov 21 02:45:00 2026", 900);
}
END_TEST

START_TEST(a_retry_after_that_has_passed_is_zero)
{
	retries_after("Sat, 21 Nov 2026 02:00:00 GMT", 0);
}
END_TEST

START_TEST(a_huge_retry_after_is_cut)
{
	retries_after("2147483647", INT32_MAX);
	retries_after("2147483648", INT32_MAX);
	retries_after("99999999999999999999999999", INT32_MAX);
	retries_after("Fri, 31 Dec 9999 23:59:59 GMT", INT32_MAX);
}
END_TEST

START_TEST(a_garbled_retry_after_is_refused)
{
	static const char *const texts[] = {"", " ", "-1", "+1", "1.5", "120s",
		"1 2", "garbage", "2026-11-21T02:45:00Z",
		("Sat, 21 Nov 2026 02:45:00 GMT, Sat, 21 Nov 2026 02:45:00 GMT"
		 "                                                         x")};
	int64_t seconds;

	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		ck_assert_msg(
			!duration_parse_retry_after(texts[i], NOW, &seconds),
			"%s", texts[i]);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("duration");
	TCase *tests = tcase_create("duration");

	tcase_add_loop_test(tests, spans_are_read, 0, COUNT(GOOD));
	tcase_add_loop_test(tests, what_is_no_span_is_refused, 0, COUNT(BAD));
	tcase_add_test(tests, the_two_largest_units_are_written);
	tcase_add_test(tests, retry_after_is_seconds_or_a_date);
	tcase_add_test(tests, a_retry_after_that_has_passed_is_zero);
	tcase_add_test(tests, a_huge_retry_after_is_cut);
	tcase_add_test(tests, a_garbled_retry_after_is_refused);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
