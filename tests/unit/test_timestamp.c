/* SPDX-License-Identifier: MIT */
#include "timestamp.h"

#include "suite.h"

#include <check.h>

#define COUNT(array) ((int)(sizeof(array) / sizeof(*(array))))

#define NEW_YEAR_2027 1798761600

static const struct {
	const char *text;
	int64_t when;
} GOOD[] = {
	{"1970-01-01T00:00:00Z", 0},
	{"2027-01-01T00:00:00Z", NEW_YEAR_2027},
	{"2027-01-01t00:00:00z", NEW_YEAR_2027},
	{"2027-01-01T00:00:00.377Z", NEW_YEAR_2027},
	{"2027-01-01T04:00:00+04:00", NEW_YEAR_2027},
	{"2026-12-31T19:30:00.1-04:30", NEW_YEAR_2027},
	{"2026-12-31T23:59:60Z", NEW_YEAR_2027},
	{"2016-01-05T14:09:07.99Z", 1452002947},
	{"2000-02-29T00:00:00Z", 951782400},
	{"1969-12-31T23:59:59Z", -1},
	{"0001-01-01T00:00:00Z", INT64_C(-62135596800)},
	{"2049-12-31T23:59:59Z", INT64_C(2524607999)},
	{"2050-01-01T00:00:00Z", INT64_C(2524608000)},
	{"9999-12-31T23:59:59Z", INT64_C(253402300799)},
};

START_TEST(dates_are_read)
{
	int64_t when;

	ck_assert(timestamp_parse(GOOD[_i].text, &when));
	ck_assert_int_eq(when, GOOD[_i].when);
}
END_TEST

static const char *const BAD[] = {"", "2027", "2027-01-01",
	"2027-01-01T00:00:00", "2027-01-01 00:00:00Z", "2027-13-01T00:00:00Z",
	"2027-00-01T00:00:00Z", "2027-02-29T00:00:00Z", "2100-02-29T00:00:00Z",
	"2027-01-32T00:00:00Z", "2027-01-00T00:00:00Z", "2027-01-01T24:00:00Z",
	"2027-01-01T00:60:00Z", "2027-01-01T00:00:61Z", "2027-01-01T00:00:00.Z",
	"2027-01-01T00:00:00x04:00", "2027-01-01T00:00:00+0400",
	"2027-01-01T00:00:00+24:00", "2027-01-01T00:00:00+00:60",
	"2027-01-01T00:00:00Zx", "0000-01-01T00:00:00Z",
	"0001-01-01T00:00:00+00:01", "9999-12-31T23:59:59-00:01",
	"9999-12-31T23:59:60Z", " 2027-01-01T00:00:00Z", "-027-01-01T00:00:00Z",
	"2027-1-01T00:00:00Z", "2027-01-01T00:00:00.", "garbage"};

START_TEST(what_is_no_date_is_refused)
{
	int64_t when = 7;

	ck_assert(!timestamp_parse(BAD[_i], &when));
	ck_assert_int_eq(when, 7);
}
END_TEST

START_TEST(the_three_forms_of_an_http_date_are_read)
{
	static const char *const dates[] = {
		"Sun, 06 Nov 1994 08:49:37 GMT",
		"Sunday, 06-Nov-94 08:49:37 GMT",
		"Sun Nov  6 08:49:37 1994",
	};

	for (int i = 0; i < 3; i++) {
		int64_t when = 0;
		ck_assert(timestamp_parse_http(dates[i], &when));
		ck_assert_int_eq(when, 784111777);
	}
}
END_TEST

START_TEST(an_http_date_of_two_digits_is_of_our_time)
{
	int64_t when;

	ck_assert(
		timestamp_parse_http("Friday, 01-Jan-27 00:00:00 GMT", &when));
	ck_assert_int_eq(when, NEW_YEAR_2027);
}
END_TEST

START_TEST(what_is_no_http_date_is_refused)
{
	static const char *const dates[] = {"", "GMT", "Sun",
		"Sun, 06 Nov 1994 08:49:37 CET", "Sun, 06 Nov 1994 08:49:37",
		"Sun, 31 Nov 1994 08:49:37 GMT",
		"Xun, 06 Nov 1994 08:49:37 GMT", "Sun, 6 Nov 1994 08:49:37 GMT",
		"sun, 06 nov 1994 08:49:37 gmt",
		"Sun, 06 Nov 1994 08:49:37 GMT x"};
	int64_t when;

	for (size_t i = 0; i < sizeof(dates) / sizeof(*dates); i++)
		ck_assert_msg(
			!timestamp_parse_http(dates[i], &when), "%s", dates[i]);
}
END_TEST

static void writes(int64_t when, const char *expected)
{
	char out[TIMESTAMP_SIZE];

	timestamp_format(when, out);
	ck_assert_str_eq(out, expected);
}

START_TEST(a_date_in_words_ends_with_its_zone)
{
	static const char *const others[] = {"", "2027-01-01",
		"2027-01-01 00:00:00", "2027-01-01 00:00:00 CET",
		"2027-02-29 00:00:00 UTC", "2027-01-01T00:00:00 UTC",
		"tomorrow"};
	int64_t when = 0;

	ck_assert(timestamp_parse_words("2027-01-01 00:00:00 UTC", &when));
	ck_assert_int_eq(when, NEW_YEAR_2027);
	ck_assert(timestamp_parse_words(
		"2027-01-01 00:00:00 UTC: see https://ca.example/", &when));
	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
		ck_assert_msg(!timestamp_parse_words(others[i], &when), "%s",
			others[i]);
}
END_TEST

START_TEST(dates_are_written)
{
	writes(0, "1970-01-01T00:00:00Z");
	writes(-1, "1969-12-31T23:59:59Z");
	writes(951782400, "2000-02-29T00:00:00Z");
	writes(784111777, "1994-11-06T08:49:37Z");
}
END_TEST

START_TEST(years_beyond_the_calendar_are_cut)
{
	writes(INT64_MIN, "0001-01-01T00:00:00Z");
	writes(INT64_MAX, "9999-12-31T23:59:59Z");
}
END_TEST

START_TEST(every_day_of_ten_thousand_years_survives)
{
	for (int64_t day = -719162; day < 2932897; day += 97) {
		char out[TIMESTAMP_SIZE];
		int64_t when;
		timestamp_format(day * 86400 + 3723, out);
		ck_assert(timestamp_parse(out, &when));
		ck_assert_int_eq(when, day * 86400 + 3723);
	}
}
END_TEST

START_TEST(days_are_counted)
{
	ck_assert_int_eq(timestamp_days(1970, 1, 1), 0);
	ck_assert_int_eq(timestamp_days(1969, 12, 31), -1);
	ck_assert_int_eq(timestamp_days(2000, 3, 1), 11017);
	ck_assert_int_eq(timestamp_days(1, 1, 1), -719162);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("timestamp");
	TCase *tests = tcase_create("timestamp");

	tcase_add_loop_test(tests, dates_are_read, 0, COUNT(GOOD));
	tcase_add_loop_test(tests, what_is_no_date_is_refused, 0, COUNT(BAD));
	tcase_add_test(tests, the_three_forms_of_an_http_date_are_read);
	tcase_add_test(tests, an_http_date_of_two_digits_is_of_our_time);
	tcase_add_test(tests, what_is_no_http_date_is_refused);
	tcase_add_test(tests, a_date_in_words_ends_with_its_zone);
	tcase_add_test(tests, dates_are_written);
	tcase_add_test(tests, years_beyond_the_calendar_are_cut);
	tcase_add_test(tests, every_day_of_ten_thousand_years_survives);
	tcase_add_test(tests, days_are_counted);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
