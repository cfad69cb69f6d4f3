/* SPDX-License-Identifier: MIT */
#include "path_book.h"

#include "known_lineage.h"
#include "mem.h"
#include "suite.h"
#include "text.h"
#include "troubles.h"

#include <check.h>
#undef fail /* ours, not the old one of check */

static struct known_lineage known;
static struct lineage *lineage;
static struct ev_loop *loop;
static struct events *events;
static struct fleet fleet;
static unsigned troubles; /* that were told */
static unsigned ends;

static void note(void *data, const struct event *event)
{
	(void)data;
	troubles += streq(event->name, "trouble");
	ends += streq(event->name, "well");
}

static void look(enum finding_verdict verdict)
{
	struct path_sum sum = {.is_seen = true, .verdict = verdict};

	fail_cause(&sum.err, ERROR_VALIDATION, "H1", "port 80 is closed");
	path_book_look(&fleet, lineage, "example.org", &sum, NOW);
}

/* Its path is red, as people know. */
static void set_up(void)
{
	troubles = ends = 0;
	loop = ev_loop_new(0);
	events = events_new();
	events_listen(events, note, NULL);
	known_lineage_make(&known, 10 * DAY, 90 * DAY);
	lineage = known.lineage;
	fleet = (struct fleet){.loop = loop,
		.alert = alert_new(loop, events),
		.lineages = &lineage,
		.count = 1};
	look(FINDING_GOOD);
	look(FINDING_BAD);
	ck_assert_uint_eq(troubles, 1);
}

static void tear_down(void)
{
	alert_free(fleet.alert);
	known_lineage_clear(&known);
	events_free(events);
	ev_loop_destroy(loop);
}

static bool is_trouble(void)
{
	cleanup(json) json_t *shown = alert_describe(fleet.alert);

	return json_integer_value(json_object_get(shown, "troubles")) > 0;
}

START_TEST(a_path_that_is_mended_is_well)
{
	look(FINDING_GOOD);
	ck_assert(!is_trouble());
	ck_assert_uint_eq(ends, 1);
}
END_TEST

START_TEST(a_name_that_is_wanted_no_more_is_well)
{
	known.certificate.identifiers = &known.identifiers[1];
	path_book_prune(&fleet, lineage);
	ck_assert(!is_trouble());
	ck_assert_uint_eq(json_object_size(lineage->paths), 0);
}
END_TEST

START_TEST(of_a_file_that_is_gone_nothing_is_said_again)
{
	lineage->certificate = NULL;
	path_book_prune(&fleet, lineage);
	troubles_sweep(&fleet);
	ck_assert(!is_trouble());
	ck_assert_uint_eq(ends, 0);
	ck_assert_uint_eq(json_object_size(lineage->paths), 0);
	look(FINDING_GOOD); /* by an attempt that is under way */
	look(FINDING_BAD);
	ck_assert(!is_trouble());
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("path_book");
	TCase *tests = tcase_create("path_book");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(tests, a_path_that_is_mended_is_well);
	tcase_add_test(tests, a_name_that_is_wanted_no_more_is_well);
	tcase_add_test(tests, of_a_file_that_is_gone_nothing_is_said_again);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
