/* SPDX-License-Identifier: MIT */
#include "intake.h"

#include "fleet_run.h"
#include "mem.h"
#include "suite.h"
#include "text.h"

#include <check.h>
#undef fail /* ours, not the old one of check */
#include <stdio.h>

static struct fleet_run run;

static void set_up(void)
{
	fleet_run_prepare(&run);
}

static void tear_down(void)
{
	fleet_run_clean(&run);
}

static struct error failure;
static size_t mistakes;
static bool is_unfinished;

static void on_end(void *data, const struct intake_result *result)
{
	(void)data;
	failure = result->err ? *result->err : (struct error){0};
	mistakes = result->mistakes->list.count;
	is_unfinished = result->is_unfinished;
	run.is_ended = true;
}

static void take_in(void)
{
	intake_start(&run.fleet, on_end, NULL);
	fleet_run_wait(&run);
}

static struct lineage *find(const char *name)
{
	return fleet_find(&run.fleet, name);
}

static void on_done(void *data, const json_t *reply, const struct error *err)
{
	(void)data;
	(void)reply;
	ck_assert_msg(!err, "%s", err ? err->text : "");
	run.is_ended = true;
}

static void make_placeholder(const char *name)
{
	helper_call(run.fleet.vault,
		json_pack("{s:s, s:s}", "verb", "placeholder", "name", name),
		30., on_done, NULL);
	fleet_run_wait(&run);
}

START_TEST(every_file_is_a_lineage)
{
	fleet_run_write(&run, "b", "[Certificate]\nNames=b.example\n");
	fleet_run_open(&run);
	take_in();
	ck_assert_int_eq(failure.kind, ERROR_NONE);
	ck_assert_uint_eq(mistakes, 0);
	ck_assert_uint_eq(run.fleet.count, 2);
	const struct lineage *lineage = find("b");
	ck_assert_str_eq(
		lineage->certificate->identifiers[0].value, "b.example");
	ck_assert(lineage->is_loaded);
	ck_assert(!lineage->is_installed);
}
END_TEST

START_TEST(what_is_installed_is_known)
{
	fleet_run_open(&run);
	take_in();
	make_placeholder("a.example");
	take_in();
	ck_assert(find("a.example")->is_installed);
	ck_assert(!lineage_has_certificate(find("a.example")));
	ck_assert_uint_eq(find("a.example")->facts.identifier_count, 2);
}
END_TEST

START_TEST(a_file_that_is_gone_leaves_an_orphan_or_nothing)
{
	fleet_run_write(&run, "b", "[Certificate]\nNames=b.example\n");
	fleet_run_open(&run);
	take_in();
	make_placeholder("a.example");
	fleet_run_remove(&run, "a.example");
	fleet_run_remove(&run, "b");
	take_in();
	ck_assert_ptr_null(find("b"));
	ck_assert_ptr_nonnull(find("a.example"));
	ck_assert_ptr_null(find("a.example")->certificate);
}
END_TEST

START_TEST(a_lineage_that_is_watched_is_kept)
{
	fleet_run_write(&run, "b", "[Certificate]\nNames=b.example\n");
	fleet_run_open(&run);
	take_in();
	find("b")->watchers++;
	fleet_run_remove(&run, "b");
	take_in();
	ck_assert_ptr_nonnull(find("b"));
}
END_TEST

START_TEST(a_file_with_mistakes_goes_by_its_accepted_text)
{
	fleet_run_open(&run);
	take_in();
	fleet_run_write(
		&run, "a.example", "[Certificate]\nNames=c.example\nNo=1\n");
	take_in();
	const struct lineage *lineage = find("a.example");
	ck_assert_uint_eq(mistakes, 1);
	ck_assert_str_eq(
		lineage->certificate->identifiers[0].value, "a.example");
	ck_assert_ptr_nonnull(
		strstr(lineage->waits_for_file, "a.example.conf:3: "));
	fleet_run_write(&run, "a.example", "[Certificate]\nNames=c.example\n");
	take_in();
	ck_assert_ptr_null(find("a.example")->waits_for_file);
	ck_assert_str_eq(find("a.example")->certificate->identifiers[0].value,
		"c.example");
}
END_TEST

START_TEST(a_broken_main_file_is_remembered)
{
	fleet_run_open(&run);
	take_in();
	run_write(&run.vault, "etc/acmed.conf", "[Nonsense]\n");
	take_in();
	ck_assert_int_eq(failure.kind, ERROR_NONE);
	ck_assert_ptr_nonnull(strstr(run.fleet.main_mistake, "acmed.conf:1: "));
	ck_assert_ptr_nonnull(find("a.example")->certificate);
}
END_TEST

START_TEST(without_an_accepted_main_file_nothing_is_taken_in)
{
	run_write(&run.vault, "etc/acmed.conf", "[Nonsense]\n");
	fleet_run_open(&run);
	take_in();
	ck_assert_int_eq(failure.kind, ERROR_REFUSED);
	ck_assert_uint_eq(run.fleet.count, 0);
}
END_TEST

static void save(struct lineage *lineage)
{
	fleet_save(&run.fleet, lineage, on_done, NULL);
	fleet_run_wait(&run);
}

START_TEST(the_state_is_read_once_in_a_run)
{
	struct error err;

	fail(&err, ERROR_TRANSIENT, "no");
	fleet_run_open(&run);
	take_in();
	lineage_set_failure(find("a.example"), &err);
	save(find("a.example"));
	fleet_run_stop(&run);
	fleet_run_open(&run);
	take_in();
	ck_assert_uint_eq(find("a.example")->failures, 1);
	lineage_set_failure(find("a.example"), &err);
	take_in();
	ck_assert_uint_eq(find("a.example")->failures, 2);
}
END_TEST

/* With so few descriptors for the vault; then with enough. Was its state not
 * to be read? */
static bool is_read_again(rlim_t descriptors)
{
	fleet_run_stop(&run);
	fleet_run_open(&run);
	run_let_open(&run.vault, descriptors);
	take_in();
	struct lineage *lineage = find("a.example");
	bool is_unread = lineage && lineage->unread;
	ck_assert(!is_unread || (!lineage->is_loaded && is_unfinished));
	if (lineage && lineage->is_loaded)
		ck_assert_uint_eq(lineage->failures, 1);
	run_let_open(&run.vault, 1024);
	take_in();
	ck_assert(!is_unfinished);
	ck_assert_ptr_null(find("a.example")->unread);
	ck_assert_uint_eq(find("a.example")->failures, 1);
	ck_assert(!is_unread ||
		strstr(run.told, "trouble:a.example well:a.example"));
	return is_unread;
}

START_TEST(a_state_that_cannot_be_read_is_read_again)
{
	struct error err;
	bool was_unread = false;

	fail(&err, ERROR_TRANSIENT, "no");
	fleet_run_open(&run);
	take_in();
	lineage_set_failure(find("a.example"), &err);
	save(find("a.example"));
	for (rlim_t descriptors = 3; descriptors < 20; descriptors++)
		was_unread |= is_read_again(descriptors);
	ck_assert(was_unread);
}
END_TEST

/* Three changes: one save is under way, and one more is to come. */
static struct lineage *change_thrice(void)
{
	struct lineage *lineage = find("a.example");
	struct error err;

	fail(&err, ERROR_TRANSIENT, "no");
	for (int i = 0; i < 3; i++) {
		lineage_set_failure(lineage, &err);
		ck_assert_ptr_null(fleet_save(&run.fleet, lineage, NULL, NULL));
	}
	return lineage;
}

static unsigned failures_after_a_restart(void)
{
	fleet_run_stop(&run);
	fleet_run_open(&run);
	take_in();
	return find("a.example")->failures;
}

START_TEST(what_changes_during_a_save_is_kept_by_one_more)
{
	fleet_run_open(&run);
	take_in();
	const struct lineage *lineage = change_thrice();
	while (lineage->saving)
		ev_run(run.fleet.loop, EVRUN_ONCE);
	ck_assert_uint_eq(failures_after_a_restart(), 3);
}
END_TEST

START_TEST(what_changes_during_the_last_save_is_flushed)
{
	fleet_run_open(&run);
	take_in();
	change_thrice();
	fleet_flush(&run.fleet);
	ck_assert_ptr_null(find("a.example")->saving);
	make_placeholder("a.example");
	ck_assert_uint_eq(failures_after_a_restart(), 3);
}
END_TEST

START_TEST(changed_names_forget_failures_also_over_a_restart)
{
	struct error err;

	fail(&err, ERROR_TRANSIENT, "no");
	fleet_run_open(&run);
	take_in();
	lineage_set_failure(find("a.example"), &err);
	save(find("a.example"));
	fleet_run_stop(&run);
	fleet_run_write(&run, "a.example", "[Certificate]\nNames=a.example\n");
	fleet_run_open(&run);
	take_in();
	ck_assert_uint_eq(find("a.example")->failures, 0);
}
END_TEST

START_TEST(many_pages_are_read)
{
	char name[32], text[64];

	for (int i = 0; i < 700; i++) {
		snprintf(name, sizeof(name), "n%03d", i);
		snprintf(text, sizeof(text),
			"[Certificate]\nNames=n%03d.example\n", i);
		fleet_run_write(&run, name, text);
	}
	fleet_run_open(&run);
	take_in();
	ck_assert_uint_eq(run.fleet.count, 701);
	for (size_t i = 0; i < run.fleet.count; i++)
		ck_assert_ptr_nonnull(run.fleet.lineages[i]->certificate);
}
END_TEST

START_TEST(who_cancels_is_not_told)
{
	fleet_run_open(&run);
	intake_cancel(intake_start(&run.fleet, on_end, NULL));
	take_in();
	ck_assert_uint_eq(run.fleet.count, 1);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("intake");
	TCase *tests = tcase_create("intake");

	tcase_set_timeout(tests, 120);
	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(tests, every_file_is_a_lineage);
	tcase_add_test(tests, what_is_installed_is_known);
	tcase_add_test(tests, a_file_that_is_gone_leaves_an_orphan_or_nothing);
	tcase_add_test(tests, a_lineage_that_is_watched_is_kept);
	tcase_add_test(tests, a_file_with_mistakes_goes_by_its_accepted_text);
	tcase_add_test(tests, a_broken_main_file_is_remembered);
	tcase_add_test(
		tests, without_an_accepted_main_file_nothing_is_taken_in);
	tcase_add_test(tests, the_state_is_read_once_in_a_run);
	tcase_add_test(tests, a_state_that_cannot_be_read_is_read_again);
	tcase_add_test(tests, what_changes_during_a_save_is_kept_by_one_more);
	tcase_add_test(tests, what_changes_during_the_last_save_is_flushed);
	tcase_add_test(
		tests, changed_names_forget_failures_also_over_a_restart);
	tcase_add_test(tests, many_pages_are_read);
	tcase_add_test(tests, who_cancels_is_not_told);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
