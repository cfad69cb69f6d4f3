/* SPDX-License-Identifier: MIT */
#include "retirement.h"

#include "fleet_saving.h"
#include "known_lineage.h"
#include "name_look.h"
#include "own_addresses.h"
#include "path_state.h"
#include "plan.h"
#include "suite.h"
#include "text.h"

#include <check.h>
#undef fail /* ours, not the old one of check */
#include <stdio.h>
#include <sys/socket.h>
#include <time.h>

#define HERE "192.0.2.1"
#define ELSEWHERE "192.0.2.7"

static struct known_lineage known;
static struct lineage *lineage;
static struct snapshot snapshot;
static struct fleet fleet;
static struct retirements *retirements;
static time_t now;
static char told[256]; /* "event/priority " of each */
static char set[512]; /* "source/level: text" of the last trouble */
static char cleared[64]; /* the source of the last one that is well */
static unsigned looks, saves, sweeps;
static void (*on_found)(void *data, const struct name_addresses *found);
static void *waits; /* for the look that is under way */

/* The clock, and the modules around it, as this test sees them. */

time_t time(time_t *result)
{
	if (result)
		*result = now;
	return now;
}

void alert_set(struct alert *alert, const struct alert_trouble *trouble)
{
	(void)alert;
	ck_assert_str_eq(trouble->subject, "example.org");
	ck_assert(trouble->is_once);
	snprintf(set, sizeof(set), "%s/%s: %s", trouble->source,
		alert_level_name(trouble->level), trouble->text);
}

void alert_clear(struct alert *alert, const char *source, const char *subject)
{
	(void)alert;
	ck_assert_str_eq(subject, "example.org");
	snprintf(cleared, sizeof(cleared), "%s", source);
}

void alert_sweep(struct alert *alert,
	bool (*is_there)(
		void *data, const char *source, const char *certificate),
	void *data)
{
	(void)alert;
	ck_assert(!is_there(data, "expiry", "example.org"));
	ck_assert_str_eq(set, "");
	sweeps++;
}

void fleet_saving_keep(struct fleet *keeper, struct lineage *kept)
{
	ck_assert_ptr_eq(keeper, &fleet);
	ck_assert_ptr_eq(kept, lineage);
	saves++;
}

struct helper_call *fleet_saving_ask(struct fleet *keeper, struct lineage *kept,
	void (*on_saved)(
		void *data, const json_t *reply, const struct error *err),
	void *data)
{
	(void)on_saved;
	(void)data;
	fleet_saving_keep(keeper, kept);
	return NULL;
}

void fleet_saving_end(struct fleet *keeper, struct lineage *kept)
{
	(void)keeper;
	(void)kept;
}

bool own_addresses_have(const struct dns_address *address)
{
	return streq(address->text, HERE);
}

const struct dns_tools *solvers_tools(const struct solvers *solvers)
{
	(void)solvers;
	return NULL;
}

struct name_look *name_look_start(const struct dns_tools *tools,
	const char *name,
	void (*on_end)(void *data, const struct name_addresses *found),
	void *data)
{
	(void)tools;
	ck_assert_str_eq(name, "example.org");
	looks++;
	on_found = on_end;
	waits = data;
	return (struct name_look *)&fleet;
}

void name_look_cancel(struct name_look *look)
{
	(void)look;
}

static void note(void *data, const struct event *event)
{
	size_t length = strlen(told);

	(void)data;
	snprintf(told + length, sizeof(told) - length, "%s/%d ", event->name,
		event->priority);
}

/* It was issued for 90 days, so many days ago. */
static void make(int64_t days)
{
	known_lineage_make(&known, days * DAY, 90 * DAY);
	lineage = known.lineage;
	fleet = (struct fleet){
		.events = events_new(),
		.snapshot = &snapshot,
		.lineages = &known.lineage,
		.count = 1,
	};
	snapshot.users = 1;
	events_listen(fleet.events, note, NULL);
	retirements = retirements_new(&fleet);
	told[0] = set[0] = cleared[0] = '\0';
	looks = saves = sweeps = 0;
	now = NOW;
}

/* It expired 31 days ago. */
static void set_up(void)
{
	make(121);
}

static void tear_down(void)
{
	retirements_free(retirements);
	events_free(fleet.events);
	known_lineage_clear(&known);
}

static void fail_renewal(const char *code)
{
	struct error err;

	fail_cause(&err, ERROR_TRANSIENT, code, "no");
	lineage_set_failure(lineage, &err);
}

static void look(void)
{
	retirements_look(retirements, lineage, now);
}

static void answer(const char *address)
{
	struct name_addresses found = {
		.list = {{.family = AF_INET}}, .count = 1};

	ck_assert_uint_eq(looks, 1);
	snprintf(found.list[0].text, sizeof(found.list[0].text), "%s", address);
	on_found(waits, &found);
}

START_TEST(what_expired_long_ago_and_leads_elsewhere_is_retired)
{
	fail_renewal("N2");
	look();
	answer(ELSEWHERE);
	ck_assert(lineage->is_retired);
	ck_assert_str_eq(told, "retired/4 ");
	ck_assert_uint_eq(sweeps, 1);
	ck_assert_uint_eq(saves, 1);
	ck_assert_str_eq(set,
		"retired/warning: it expired 31d ago, all its names lead "
		"elsewhere, and it is tried no more; 'acmectl renew "
		"example.org' takes it back");
	now += DAY;
	look();
	ck_assert(lineage->is_retired);
	ck_assert_uint_eq(looks, 1);
}
END_TEST

START_TEST(what_leads_here_is_not_retired)
{
	fail_renewal("N2");
	look();
	answer(HERE);
	look();
	ck_assert(!lineage->is_retired);
	ck_assert_uint_eq(looks, 1);
	now += HOUR;
	look();
	ck_assert_uint_eq(looks, 2);
}
END_TEST

START_TEST(a_clock_that_is_in_doubt_retires_nothing)
{
	fail_renewal("C1");
	look();
	ck_assert_uint_eq(looks, 0);
	fail_renewal("N2");
	look();
	fail_renewal("C1");
	answer(ELSEWHERE);
	ck_assert(!lineage->is_retired);
}
END_TEST

START_TEST(a_clock_that_is_set_right_meanwhile_retires_nothing)
{
	fail_renewal("N2");
	look();
	now -= 2 * DAY;
	answer(ELSEWHERE);
	ck_assert(!lineage->is_retired);
	ck_assert_str_eq(told, "");
}
END_TEST

START_TEST(where_a_ca_comes_another_way_nothing_is_retired)
{
	fail_renewal("N2");
	path_state_put(lineage->paths, "example.org",
		&(struct path_state){.colour = PATH_BLIND});
	look();
	ck_assert_uint_eq(looks, 0);
	path_state_put(lineage->paths, "example.org",
		&(struct path_state){.colour = PATH_RED});
	look();
	ck_assert_uint_eq(looks, 1);
}
END_TEST

START_TEST(what_a_clock_that_was_ahead_has_retired_is_taken_back)
{
	tear_down();
	make(30);
	now += 200 * DAY;
	fail_renewal("N2");
	look();
	answer(ELSEWHERE);
	ck_assert(lineage->is_retired);
	now = NOW;
	told[0] = '\0';
	look();
	ck_assert(!lineage->is_retired);
	ck_assert_uint_eq(lineage->failures, 0);
	ck_assert_str_eq(told, "step/4 ");
	ck_assert_str_eq(cleared, "retired");
	ck_assert_uint_eq(saves, 2);
	struct plan plan = plan_next(lineage, now);
	ck_assert_int_eq(plan.action, PLAN_ISSUE);
	ck_assert_int_eq(plan.when, plan_renewal_time(lineage));
	ck_assert_int_gt(plan.when, now);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("retirement");
	TCase *tests = tcase_create("retirement");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(
		tests, what_expired_long_ago_and_leads_elsewhere_is_retired);
	tcase_add_test(tests, what_leads_here_is_not_retired);
	tcase_add_test(tests, a_clock_that_is_in_doubt_retires_nothing);
	tcase_add_test(
		tests, a_clock_that_is_set_right_meanwhile_retires_nothing);
	tcase_add_test(tests, where_a_ca_comes_another_way_nothing_is_retired);
	tcase_add_test(
		tests, what_a_clock_that_was_ahead_has_retired_is_taken_back);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
