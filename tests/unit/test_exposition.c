/* SPDX-License-Identifier: MIT */
#include "exposition.h"

#include "mem.h"
#include "suite.h"

#include <check.h>
#include <math.h>

static struct text out;

static void set_up(void)
{
	out = (struct text){0};
}

static void tear_down(void)
{
	text_clear(&out);
}

static void expect(const char *wanted)
{
	ck_assert(!out.failed);
	ck_assert_str_eq(out.data, wanted);
}

START_TEST(a_family_is_its_help_and_its_type)
{
	exposition_family(&out, "acmed_up", EXPOSITION_GAUGE, "Is it up?");
	exposition_sample(&out, "acmed_up", NULL, 1);
	expect("# HELP acmed_up Is it up?\n"
	       "# TYPE acmed_up gauge\n"
	       "acmed_up 1\n");
}
END_TEST

START_TEST(help_is_one_line)
{
	exposition_family(
		&out, "a_total", EXPOSITION_COUNTER, "a\\b\n\"quoted\"");
	expect("# HELP a_total a\\\\b\\n\"quoted\"\n"
	       "# TYPE a_total counter\n");
}
END_TEST

START_TEST(labels_are_escaped)
{
	const struct exposition_label labels[] = {
		{"one", "back\\slash"}, {"two", "a \"quote\"\nand é"}, {0}};

	exposition_sample(&out, "a", labels, 0);
	expect("a{one=\"back\\\\slash\","
	       "two=\"a \\\"quote\\\"\\nand é\"} 0\n");
}
END_TEST

START_TEST(values_are_exact_where_they_can_be)
{
	static const struct {
		double value;
		const char *line;
	} ROWS[] = {
		{1800000000, "a 1800000000\n"},
		{-1, "a -1\n"},
		{0.25, "a 0.25\n"},
		{0.1, "a 0.1\n"},
		{1e300, "a 1e+300\n"},
		{INFINITY, "a +Inf\n"},
		{-INFINITY, "a -Inf\n"},
		{NAN, "a NaN\n"},
	};

	for (size_t i = 0; i < sizeof(ROWS) / sizeof(*ROWS); i++) {
		exposition_sample(&out, "a", NULL, ROWS[i].value);
		expect(ROWS[i].line);
		text_clear(&out);
	}
}
END_TEST

START_TEST(buckets_add_up_and_the_last_holds_all)
{
	const struct exposition_label labels[] = {{"step", "create"}, {0}};
	struct histogram histogram = {0};

	histogram_observe(&histogram, 0.01);
	histogram_observe(&histogram, 0.2);
	histogram_observe(&histogram, 4000.);
	exposition_histogram(&out, "a_seconds", labels, &histogram);
	expect("a_seconds_bucket{step=\"create\",le=\"0.01\"} 1\n"
	       "a_seconds_bucket{step=\"create\",le=\"0.1\"} 1\n"
	       "a_seconds_bucket{step=\"create\",le=\"0.5\"} 2\n"
	       "a_seconds_bucket{step=\"create\",le=\"1\"} 2\n"
	       "a_seconds_bucket{step=\"create\",le=\"5\"} 2\n"
	       "a_seconds_bucket{step=\"create\",le=\"15\"} 2\n"
	       "a_seconds_bucket{step=\"create\",le=\"60\"} 2\n"
	       "a_seconds_bucket{step=\"create\",le=\"300\"} 2\n"
	       "a_seconds_bucket{step=\"create\",le=\"1800\"} 2\n"
	       "a_seconds_bucket{step=\"create\",le=\"+Inf\"} 3\n"
	       "a_seconds_sum{step=\"create\"} 4000.21\n"
	       "a_seconds_count{step=\"create\"} 3\n");
}
END_TEST

START_TEST(a_histogram_needs_no_labels)
{
	struct histogram histogram = {0};

	exposition_histogram(&out, "a_seconds", NULL, &histogram);
	ck_assert_ptr_nonnull(
		strstr(out.data, "a_seconds_bucket{le=\"+Inf\"} 0"));
	ck_assert_ptr_nonnull(strstr(out.data, "a_seconds_count 0\n"));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("exposition");
	TCase *tcase = tcase_create("exposition");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, a_family_is_its_help_and_its_type);
	tcase_add_test(tcase, help_is_one_line);
	tcase_add_test(tcase, labels_are_escaped);
	tcase_add_test(tcase, values_are_exact_where_they_can_be);
	tcase_add_test(tcase, buckets_add_up_and_the_last_holds_all);
	tcase_add_test(tcase, a_histogram_needs_no_labels);
	suite_add_tcase(suite, tcase);
	return suite_run(suite);
}
