/* SPDX-License-Identifier: MIT */
#include "troubles.h"

#include "dead_names.h"
#include "known_lineage.h"
#include "mem.h"
#include "suite.h"
#include "text.h"

#include <check.h>
#undef fail /* ours, not the old one of check */
#include <stdio.h>

static struct known_lineage known;
static struct lineage *lineage;
static struct fleet fleet;
static char set[1024]; /* "source/code/level " of each */
static char cleared[1024]; /* "source " of each */
static char text[1024];
static char kept[128]; /* sources that the sweep leaves */

/* The module that takes them, as this test sees it. */

void alert_set(struct alert *alert, const struct alert_trouble *trouble)
{
	size_t length = strlen(set);

	(void)alert;
	ck_assert_str_eq(trouble->subject, "example.org");
	snprintf(set + length, sizeof(set) - length, "%s/%s/%s ",
		trouble->source, trouble->code,
		alert_level_name(trouble->level));
	snprintf(text, sizeof(text), "%s", trouble->text);
}

void alert_clear(struct alert *alert, const char *source, const char *subject)
{
	size_t length = strlen(cleared);

	(void)alert;
	ck_assert_str_eq(subject, "example.org");
	snprintf(cleared + length, sizeof(cleared) - length, "%s ", source);
}

void alert_sweep(struct alert *alert,
	bool (*is_there)(
		void *data, const char *source, const char *certificate),
	void *data)
{
	static const char *const SOURCES[] = {
		"orphan", "expiry", "rehearsal", "files", "names", "tlsa"};

	(void)alert;
	kept[0] = '\0';
	for (size_t i = 0; i < sizeof(SOURCES) / sizeof(*SOURCES); i++)
		if (is_there(data, SOURCES[i], "example.org"))
			snprintf(kept + strlen(kept),
				sizeof(kept) - strlen(kept), "%s ", SOURCES[i]);
}

static void make(int64_t age)
{
	known_lineage_make(&known, age, 90 * DAY);
	lineage = known.lineage;
}

static void set_up(void)
{
	fleet = (struct fleet){.alert = (struct alert *)&fleet};
	make(10 * DAY);
}

static void tear_down(void)
{
	known_lineage_clear(&known);
}

static void expect(const char *wanted)
{
	set[0] = '\0';
	cleared[0] = '\0';
	troubles_look(&fleet, lineage, NOW);
	ck_assert_str_eq(set, wanted);
}

static void fail_renewals(unsigned count)
{
	struct error err;

	fail_cause(&err, ERROR_VALIDATION, "H1", "port 80 is closed");
	while (count--)
		lineage_set_failure(lineage, &err);
}

static void fail_deploys(unsigned count)
{
	lineage->deploy.step = DEPLOY_RELOAD;
	lineage->deploy.failures = count;
	fail_cause(&lineage->deploy.err, ERROR_LOCAL, "P2",
		"nginx.service does not reload");
}

static void remake(int64_t age)
{
	known_lineage_clear(&known);
	make(age);
}

START_TEST(what_is_well_is_no_trouble)
{
	expect("");
}
END_TEST

START_TEST(failures_get_louder_as_the_slack_is_used_up)
{
	static const struct {
		int64_t age;
		const char *wanted;
	} CASES[] = {
		{61 * DAY, "renewal/H1/notice "},
		{68 * DAY, "renewal/H1/warning "},
		{76 * DAY, "renewal/H1/error "},
		{83 * DAY, "renewal/H1/critical "},
		{91 * DAY, "renewal/H1/emergency "},
	};

	for (size_t i = 0; i < sizeof(CASES) / sizeof(*CASES); i++) {
		remake(CASES[i].age);
		fail_renewals(1);
		expect(CASES[i].wanted);
	}
	ck_assert_str_eq(
		text, "not renewed: port 80 is closed; it has expired 1d ago");
}
END_TEST

START_TEST(a_first_certificate_that_keeps_failing_is_told)
{
	known_lineage_set_missing(&known);
	lineage->facts.not_after = 0;
	fail_renewals(1);
	expect("renewal/H1/notice ");
	fail_renewals(2);
	expect("renewal/H1/warning ");
}
END_TEST

START_TEST(an_end_that_comes_without_a_failure_is_told)
{
	remake(80 * DAY);
	expect("expiry//error ");
	remake(91 * DAY);
	expect("expiry//emergency ");
}
END_TEST

START_TEST(what_ended_by_a_clock_that_is_wrong_is_as_loud)
{
	struct error err;

	remake(91 * DAY);
	fail_cause(&err, ERROR_LOCAL, "C1", "the clock is wrong");
	lineage_set_failure(lineage, &err);
	expect("renewal/C1/emergency ");
	ck_assert_ptr_nonnull(strstr(text, "; by that clock it ended "));
	fail_renewals(1);
	expect("renewal/H1/emergency ");
	ck_assert_ptr_nonnull(strstr(text, "; it has expired "));
}
END_TEST

START_TEST(a_hold_silences_no_end)
{
	remake(80 * DAY);
	fail_renewals(1);
	lineage->is_held = true;
	expect("expiry//error ");
}
END_TEST

/* The CA wanted it replaced until then. */
static void set_window(int64_t end)
{
	strcpy(lineage->facts.ari_id, "id");
	renewal_info_bind(&lineage->info, "id");
	lineage->info.start = end - DAY;
	lineage->info.end = end;
	lineage->info.selected = end - HOUR;
}

START_TEST(what_is_revoked_and_not_replaced_is_critical)
{
	lineage->is_marked = true;
	fail_renewals(1);
	expect("renewal/H1/critical ");
	ck_assert_str_eq(text, "not renewed: port 80 is closed; it is revoked");
	remake(91 * DAY);
	lineage->is_marked = true;
	fail_renewals(1);
	expect("renewal/H1/emergency ");
}
END_TEST

START_TEST(what_its_ca_wanted_replaced_by_now_is_a_warning)
{
	fail_renewals(1);
	set_window(NOW + 1);
	expect("renewal/H1/notice ");
	set_window(NOW);
	expect("renewal/H1/warning ");
	ck_assert_str_eq(text,
		"not renewed: port 80 is closed; its CA wanted it replaced by "
		"2027-01-15T08:00:00Z");
	remake(62 * DAY);
	fail_renewals(1);
	set_window(NOW - 3 * DAY);
	expect("renewal/H1/warning ");
}
END_TEST

START_TEST(a_window_about_when_it_is_renewed_anyway_says_nothing)
{
	remake(62 * DAY);
	fail_renewals(1);
	set_window(NOW - DAY);
	expect("renewal/H1/notice ");
	ck_assert_ptr_nonnull(strstr(text, "; it expires in 27d"));
}
END_TEST

START_TEST(what_keeps_it_silences_no_revocation)
{
	lineage->is_held = true;
	set_window(NOW - HOUR);
	expect("expiry//warning ");
	lineage->is_marked = true;
	expect("expiry//critical ");
	ck_assert_str_eq(text, "on hold; it is revoked");
	lineage->is_held = false;
	lineage->paced_by = mem_string("orders:300/3h");
	lineage->paced_since = NOW;
	lineage->paced_until = NOW + HOUR;
	expect("expiry//critical ");
	ck_assert_str_eq(text, "orders:300/3h is used up; it is revoked");
}
END_TEST

START_TEST(what_is_revoked_is_well_when_it_is_replaced_and_not_before)
{
	lineage->is_marked = true;
	expect("");
	ck_assert_ptr_null(strstr(cleared, "expiry "));
	lineage->job = JOB_ISSUE;
	expect("");
	ck_assert_ptr_null(strstr(cleared, "expiry "));
	lineage->job = JOB_NONE;
	lineage->is_marked = false;
	expect("");
	ck_assert_ptr_nonnull(strstr(cleared, "expiry "));
}
END_TEST

START_TEST(a_deployment_that_fails_more_than_twice_is_told)
{
	fail_deploys(1);
	expect("deploy/P2/notice ");
	fail_deploys(3);
	expect("deploy/P2/warning ");
	ck_assert_str_eq(
		text, "installed, not deployed: nginx.service does not reload");
	lineage->deploy.deadline = NOW + 3 * DAY;
	expect("deploy/P2/critical ");
}
END_TEST

START_TEST(what_is_served_no_more_is_a_warning_at_once)
{
	fail_deploys(1);
	lineage->deploy.is_lost = true;
	expect("served/P2/warning ");
	ck_assert_str_eq(text,
		"not served as it should be: nginx.service does not reload");
	strcpy(lineage->deploy.waits_for, "nginx.service");
	expect("served/P2/warning ");
	ck_assert_str_eq(
		text, "not served as it should be: waits for nginx.service");
	lineage->deploy.step = DEPLOY_DONE;
	expect("");
}
END_TEST

START_TEST(a_unit_that_stays_stopped_is_told_as_the_old_one_ends)
{
	lineage->deploy.step = DEPLOY_RELOAD;
	snprintf(lineage->deploy.waits_for, sizeof(lineage->deploy.waits_for),
		"nginx.service");
	lineage->deploy.deadline = NOW + 28 * DAY;
	expect("");
	lineage->deploy.deadline = NOW + 14 * DAY;
	expect("deploy/P1/error ");
	ck_assert_str_eq(
		text, "installed, but it still waits for nginx.service");
}
END_TEST

START_TEST(a_reload_that_nobody_has_tried_is_told_after_a_day)
{
	lineage->deploy.step = DEPLOY_RELOAD;
	lineage->issued[0] = NOW - DAY / 2;
	expect("");
	lineage->issued[0] = NOW - 2 * DAY;
	expect("deploy/P2/warning ");
	ck_assert_ptr_nonnull(strstr(
		text, "installed 2d ago, and its reload was left out: "));
	lineage->job = JOB_DEPLOY;
	expect("");
}
END_TEST

START_TEST(an_orphan_is_a_trouble_while_it_is_served)
{
	json_array_append_new(lineage->endpoints, json_string("127.0.0.1:443"));
	lineage->certificate = NULL;
	expect("orphan//warning ");
	lineage->is_unserved = true;
	expect("");
}
END_TEST

START_TEST(a_setting_that_is_for_another_lifetime_is_told)
{
	known.certificate.policy.renew_before = 31 * DAY;
	expect("");
	known.certificate.policy.renew_before = 60 * DAY;
	expect("lifetime/X1/notice ");
	ck_assert_str_eq(text,
		"RenewBefore=60d does not fit a lifetime of 90d: it is renewed "
		"30d before its end");
}
END_TEST

START_TEST(a_path_that_nobody_has_proven_for_long_is_told)
{
	lineage->proven = NOW - 41 * DAY;
	expect("");
	lineage->is_relied = true;
	expect("path/X4/warning ");
	ck_assert_str_eq(text,
		"its CA has validated none of its names for 41d, and nobody "
		"has seen that they can be");
	json_object_set_new(lineage->paths, "example.org",
		json_pack("[s, I]", "green", (json_int_t)(NOW - DAY)));
	expect("");
	json_object_clear(lineage->paths);
	lineage->proven = NOW - 39 * DAY;
	expect("");
}
END_TEST

START_TEST(a_placeholder_that_is_not_made_is_told)
{
	struct error err;

	fail_cause(&err, ERROR_LOCAL, "L4", "no right");
	lineage->is_installed = false;
	lineage_set_unplaced(lineage, &err);
	expect("placeholder/L4/notice ");
	lineage_set_unplaced(lineage, &err);
	lineage_set_unplaced(lineage, &err);
	expect("placeholder/L4/warning ");
	ck_assert_str_eq(text, "no placeholder: no right");
}
END_TEST

START_TEST(what_is_damaged_is_told)
{
	lineage->is_installed = false;
	lineage->damage = mem_new(sizeof(*lineage->damage));
	fail_cause(lineage->damage, ERROR_LOCAL, "L5", "no text");
	expect("damage/L5/warning ");
	ck_assert_str_eq(text,
		"what is installed is damaged: no text; another one is to take "
		"its place");
	lineage->is_held = true;
	expect("damage/L5/warning ");
	ck_assert_str_eq(
		text, "what is installed is damaged: no text; it is on hold");
}
END_TEST

START_TEST(a_state_that_is_refused_twice_is_told)
{
	lineage->unsaved = mem_new(sizeof(*lineage->unsaved));
	fail_cause(lineage->unsaved, ERROR_LOCAL, "L1", "no space");
	lineage->refusals = 1;
	expect("");
	lineage->refusals = 2;
	expect("state/L1/warning ");
	ck_assert_str_eq(
		text, "'state/example.org.json' cannot be saved: no space");
}
END_TEST

START_TEST(what_is_not_loaded_yet_is_left_alone)
{
	fail_renewals(1);
	lineage->is_loaded = false;
	expect("");
}
END_TEST

START_TEST(a_state_that_cannot_be_read_is_told_with_its_end)
{
	remake(80 * DAY);
	fail_renewals(1);
	lineage->is_loaded = false;
	lineage->unread = mem_new(sizeof(*lineage->unread));
	fail_cause(lineage->unread, ERROR_LOCAL, "L4", "no right");
	expect("state/L4/error ");
	ck_assert_str_eq(text,
		"'state/example.org.json' cannot be read: no right; it expires "
		"in 9d 23h");
}
END_TEST

START_TEST(names_that_are_left_out_are_told_while_they_are_missing)
{
	known.certificate.identifier_count = 2;
	known.certificate.drop_dead_names = true;
	dead_names_mark(&lineage->dead, "www.example.org", NOW - DAY);
	expect("names/K9/warning ");
	ck_assert_str_eq(
		text, "issued without www.example.org, tried again each day");
	known.certificate.identifier_count = 1; /* nobody wants it any more */
	expect("");
	ck_assert_ptr_nonnull(strstr(cleared, "names "));
	lineage->certificate = NULL; /* it has not become well */
	expect("");
	ck_assert_ptr_null(strstr(cleared, "names "));
}
END_TEST

START_TEST(lineages_that_are_gone_are_swept_out)
{
	troubles_sweep(&fleet);
	ck_assert_str_eq(kept, "");
}
END_TEST

START_TEST(what_nobody_looks_at_any_more_is_swept_out)
{
	fleet.lineages = &lineage;
	fleet.count = 1;
	troubles_sweep(&fleet);
	ck_assert_str_eq(kept, "orphan expiry rehearsal files names tlsa ");
	known.certificate.deploy.verify = VERIFY_NO;
	troubles_sweep(&fleet);
	ck_assert_str_eq(kept, "orphan expiry rehearsal files names ");
	lineage->certificate = NULL;
	troubles_sweep(&fleet);
	ck_assert_str_eq(kept, "orphan expiry ");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("troubles");
	TCase *sources = tcase_create("sources");

	tcase_add_checked_fixture(sources, set_up, tear_down);
	tcase_add_test(sources, what_is_well_is_no_trouble);
	tcase_add_test(sources, failures_get_louder_as_the_slack_is_used_up);
	tcase_add_test(sources, a_first_certificate_that_keeps_failing_is_told);
	tcase_add_test(sources, an_end_that_comes_without_a_failure_is_told);
	tcase_add_test(sources, what_ended_by_a_clock_that_is_wrong_is_as_loud);
	tcase_add_test(sources, a_hold_silences_no_end);
	tcase_add_test(sources, what_is_revoked_and_not_replaced_is_critical);
	tcase_add_test(
		sources, what_its_ca_wanted_replaced_by_now_is_a_warning);
	tcase_add_test(
		sources, a_window_about_when_it_is_renewed_anyway_says_nothing);
	tcase_add_test(sources, what_keeps_it_silences_no_revocation);
	tcase_add_test(sources,
		what_is_revoked_is_well_when_it_is_replaced_and_not_before);
	tcase_add_test(
		sources, a_deployment_that_fails_more_than_twice_is_told);
	tcase_add_test(
		sources, a_unit_that_stays_stopped_is_told_as_the_old_one_ends);
	tcase_add_test(
		sources, a_reload_that_nobody_has_tried_is_told_after_a_day);
	tcase_add_test(sources, an_orphan_is_a_trouble_while_it_is_served);
	tcase_add_test(sources, what_is_served_no_more_is_a_warning_at_once);
	tcase_add_test(sources, a_setting_that_is_for_another_lifetime_is_told);
	tcase_add_test(sources, a_path_that_nobody_has_proven_for_long_is_told);
	tcase_add_test(sources, a_placeholder_that_is_not_made_is_told);
	tcase_add_test(sources, what_is_damaged_is_told);
	tcase_add_test(sources, a_state_that_is_refused_twice_is_told);
	tcase_add_test(sources, what_is_not_loaded_yet_is_left_alone);
	tcase_add_test(
		sources, a_state_that_cannot_be_read_is_told_with_its_end);
	tcase_add_test(sources,
		names_that_are_left_out_are_told_while_they_are_missing);
	tcase_add_test(sources, lineages_that_are_gone_are_swept_out);
	tcase_add_test(sources, what_nobody_looks_at_any_more_is_swept_out);
	suite_add_tcase(suite, sources);
	return suite_run(suite);
}
