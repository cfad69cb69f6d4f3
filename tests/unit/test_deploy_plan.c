/* SPDX-License-Identifier: MIT */
#include "deploy_plan.h"

#include "config_texts.h"
#include "mem.h"
#include "suite.h"
#include "text.h"

#include <check.h>

#define SITE "[Certificate]\nNames=a.example\n[Deploy]\n"
#define EXPORT "[Export copy]\nPath=/srv/tls.pem\nFormat=combined\n"

static struct deploy_plan plan;

static void tear_down(void)
{
	deploy_plan_clear(&plan);
	config_forget();
}

static void make(const char *site, bool has_mistakes)
{
	deploy_plan_fill(&plan,
		&(struct deploy_wish){
			.certificate = config_site(site),
			.version = 3,
			.wait_for_file = has_mistakes,
		});
}

START_TEST(without_settings_there_is_nothing_to_do)
{
	enum deploy_step step;

	make(SITE, true);
	ck_assert_uint_eq(plan.version, 3);
	ck_assert(!deploy_plan_has_exports(&plan));
	ck_assert(!deploy_plan_has_hooks(&plan));
	ck_assert(!deploy_plan_has_reloads(&plan));
	ck_assert(!deploy_plan_waits(&plan, &step));
	ck_assert_str_eq(plan.reloaded, "");
}
END_TEST

START_TEST(what_is_reloaded_is_named_in_a_row)
{
	make(SITE "Reload=a.service b.service\n", false);
	ck_assert(deploy_plan_has_reloads(&plan));
	ck_assert_str_eq(plan.reloaded, "a.service, b.service");
}
END_TEST

START_TEST(a_long_row_is_the_service)
{
	make(SITE "Reload=a-service-with-a-long-name-indeed.service\n"
		  "Reload=b-service-with-a-long-name-indeed.service\n"
		  "Reload=c-service-with-a-long-name-indeed.service\n",
		false);
	ck_assert_str_eq(plan.reloaded, "the service");
}
END_TEST

START_TEST(a_command_or_a_signal_is_the_service_too)
{
	make(_i ? SITE "ReloadCommand=/bin/true\n"
		: SITE "ReloadSignal=HUP /run/nginx.pid\n",
		false);
	ck_assert(deploy_plan_has_reloads(&plan));
	ck_assert_uint_eq(plan.restart_count, 1);
	ck_assert_str_eq(plan.reloaded, "the service");
}
END_TEST

/* What each of two certificates wants restarted. */
static const struct {
	const char *one, *other;
	bool is_same;
} RESTARTS[] = {
	{"Reload=a.service\n", "Verify=no\n", true},
	{"Restart=a\nRestart=b.service\n", "Restart=a b\nReload=c\n", true},
	{"Restart=a\n", "Restart=b\n", false},
	{"Restart=a\n", "Restart=a b\n", false},
	{"Restart=a\n", "Restart=a\nReloadCommand=/bin/a\n", false},
	{"ReloadCommand=/bin/a b c\n", "ReloadCommand=/bin/a  b c\n", true},
	{"ReloadCommand=/bin/a b c\n", "ReloadCommand=/bin/a 'b c'\n", false},
	{"ReloadSignal=HUP /run/a\n", "ReloadSignal=HUP  /run/a\n", true},
	{"ReloadSignal=HUP /run/a\n", "ReloadSignal=USR1 /run/a\n", false},
	{"ReloadSignal=HUP /run/a\n", "ReloadSignal=HUP /run/b\n", false},
};

START_TEST(what_is_restarted_is_told_from_what_another_does)
{
	cleanup(string) char *one = mem_format(SITE "%s", RESTARTS[_i].one);
	cleanup(string) char *other = mem_format(SITE "%s", RESTARTS[_i].other);

	make(one, false);
	cleanup(string) char *restart = take(plan.restart);
	deploy_plan_clear(&plan);
	make(other, false);
	ck_assert(streq(restart, plan.restart) == RESTARTS[_i].is_same);
	ck_assert(!*plan.restart == !plan.restart_count);
}
END_TEST

START_TEST(programs_and_units_are_hooks)
{
	make(SITE "Hook=/bin/one acmed-hook@two.service /bin/three\n", false);
	ck_assert(deploy_plan_has_hooks(&plan));
	ck_assert_uint_eq(plan.hook_count, 3);
}
END_TEST

/* But all that needs no trust in the file goes on. */
START_TEST(exports_and_hooks_wait_for_a_file_with_mistakes)
{
	enum deploy_step step;

	make(SITE "Reload=a.service\nHook=/bin/one\n" EXPORT, true);
	ck_assert(!deploy_plan_has_exports(&plan));
	ck_assert(!deploy_plan_has_hooks(&plan));
	ck_assert(deploy_plan_has_reloads(&plan));
	ck_assert(deploy_plan_waits(&plan, &step));
	ck_assert_int_eq(step, DEPLOY_EXPORT);
}
END_TEST

START_TEST(the_first_step_that_waits_may_be_the_hooks)
{
	enum deploy_step step;

	make(SITE "Hook=acmed-hook@one.service\n", true);
	ck_assert(!deploy_plan_has_hooks(&plan));
	ck_assert(deploy_plan_waits(&plan, &step));
	ck_assert_int_eq(step, DEPLOY_HOOK);
}
END_TEST

START_TEST(a_sound_file_waits_for_nothing)
{
	enum deploy_step step;

	make(SITE "Hook=/bin/one\n" EXPORT, false);
	ck_assert(deploy_plan_has_exports(&plan));
	ck_assert(!deploy_plan_waits(&plan, &step));
}
END_TEST

START_TEST(an_export_alone_tells_nobody)
{
	make(SITE, false);
	ck_assert(deploy_tells_nobody(config_site(SITE EXPORT)));
	ck_assert(!deploy_tells_nobody(config_site(SITE "Hook=/bin/one\n")));
	ck_assert(!deploy_tells_nobody(config_site(SITE "Reload=a.service\n")));
	ck_assert(
		!deploy_tells_nobody(config_site(SITE "Restart=a.service\n")));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("deploy_plan");
	TCase *tests = tcase_create("deploy_plan");

	tcase_add_checked_fixture(tests, NULL, tear_down);
	tcase_add_test(tests, without_settings_there_is_nothing_to_do);
	tcase_add_test(tests, what_is_reloaded_is_named_in_a_row);
	tcase_add_test(tests, a_long_row_is_the_service);
	tcase_add_loop_test(
		tests, a_command_or_a_signal_is_the_service_too, 0, 2);
	tcase_add_loop_test(tests,
		what_is_restarted_is_told_from_what_another_does, 0,
		sizeof(RESTARTS) / sizeof(*RESTARTS));
	tcase_add_test(tests, programs_and_units_are_hooks);
	tcase_add_test(tests, exports_and_hooks_wait_for_a_file_with_mistakes);
	tcase_add_test(tests, the_first_step_that_waits_may_be_the_hooks);
	tcase_add_test(tests, a_sound_file_waits_for_nothing);
	tcase_add_test(tests, an_export_alone_tells_nobody);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
