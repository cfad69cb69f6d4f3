/* SPDX-License-Identifier: MIT */
#include "server_date.h"

#include "suite.h"

#include <check.h>
#undef fail /* ours, not the old one of check */
#include <string.h>

#define TWO "Mon, 22 Dec 2025 14:00:00 GMT"
#define WALL 1766412000 /* the same */
#define HOUR 3600

/* Asked at 1000, received at 1001, compared at 1001 + later. */
static const struct {
	const char *date, *age;
	int64_t wall;
	double later;
	const char *words; /* of the error, or NULL */
} CASES[] = {
	{TWO, NULL, WALL, 0, NULL},
	{TWO, "0", WALL + 300, 0, NULL},
	{TWO, NULL, WALL - 300, 0, NULL},
	{TWO, NULL, WALL - 301, 0,
		"is 5m 1s behind the CA's: it says 2025-12-22T13:54:59Z, the "
		"CA 2025-12-22T14:00:00Z; one of the two is wrong, see "
		"'timedatectl'"},
	{TWO, NULL, WALL + 302, 0, "is 5m 1s ahead of the CA's"},
	{TWO, NULL, WALL + 6 * HOUR, 0, "is 5h 59m ahead of the CA's"},
	{TWO, NULL, WALL - 6 * HOUR, 0, "is 6h behind the CA's"},
	{TWO, NULL, WALL - 20LL * 8766 * HOUR, 0, "behind the CA's"},
	/* It was an hour ago. */
	{TWO, NULL, WALL + HOUR, HOUR, NULL},
	{TWO, NULL, WALL, HOUR, "is 1h behind the CA's"},
	{TWO, NULL, WALL + 2 * HOUR, HOUR, "is 59m 59s ahead of the CA's"},
	/* The other two forms. */
	{"Monday, 22-Dec-25 14:00:00 GMT", NULL, WALL, 0, NULL},
	{"Mon Dec 22 14:00:00 2025", NULL, 0, 0, "behind the CA's"},
	/* Nothing can be said. */
	{NULL, NULL, 0, 0, NULL},
	{"", NULL, 0, 0, NULL},
	{"tomorrow", NULL, 0, 0, NULL},
	{"1766412000", NULL, 0, 0, NULL},
	{"Mon, 22 Dec 2025 14:00:00 GMT, " TWO, NULL, 0, 0, NULL},
	{"Mon, 22 Dec 2025 25:61:00 GMT", NULL, 0, 0, NULL},
	{"Sat, 01 Jan 2011 00:00:00 GMT", NULL, WALL, 0, NULL},
	{"Thu, 01 Jan 1970 00:00:00 GMT", NULL, WALL, 0, NULL},
	{"Fri, 31 Dec 9999 23:59:59 GMT", NULL, WALL, 0, NULL},
	{TWO, "7200", WALL + 2 * HOUR, 0, NULL},
	{TWO, "-1", 0, 0, NULL},
	{TWO, "old", 0, 0, NULL},
};

START_TEST(a_date_is_compared_with_our_clock)
{
	struct server_date date;
	struct error err;

	server_date_read(&date, CASES[_i].date, CASES[_i].age, 1000, 1001);
	bool agrees = server_date_agrees(
		&date, CASES[_i].wall, 1001 + CASES[_i].later, &err);
	ck_assert(agrees == !CASES[_i].words);
	if (agrees)
		return;
	ck_assert_int_eq(err.kind, ERROR_TRANSIENT);
	ck_assert_str_eq(err.code, "C1");
	ck_assert_msg(
		strstr(err.text, CASES[_i].words) != NULL, "%s", err.text);
}
END_TEST

START_TEST(a_machine_that_slept_before_the_reply_came_has_the_right_time)
{
	struct server_date date;

	/* The CA answered early or late in that night. */
	server_date_read(&date, TWO, NULL, 1000, 1000 + 9 * HOUR);
	ck_assert(server_date_agrees(&date, WALL, 1000 + 9 * HOUR, NULL));
	ck_assert(server_date_agrees(
		&date, WALL + 9 * HOUR, 1000 + 9 * HOUR, NULL));
	ck_assert(!server_date_agrees(
		&date, WALL + 10 * HOUR, 1000 + 9 * HOUR, NULL));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("server_date");
	TCase *tests = tcase_create("server_date");

	tcase_add_loop_test(tests, a_date_is_compared_with_our_clock, 0,
		sizeof(CASES) / sizeof(*CASES));
	tcase_add_test(tests,
		a_machine_that_slept_before_the_reply_came_has_the_right_time);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
