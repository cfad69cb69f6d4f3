/* SPDX-License-Identifier: MIT */
#include "deploy.h"

#include "config_texts.h"
#include "fake_helper.h"
#include "fake_systemd.h"
#include "fake_tls.h"
#include "json.h"
#include "known_chain.h"
#include "mem.h"
#include "suite.h"
#include "text.h"

#include <check.h>
#undef fail
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* With systemd, acmed-deploy and the endpoint played by the test. */

#define SITE "[Certificate]\nNames=www.example.net\n"
#define EXPORT "[Export copy]\nPath=/srv/tls.pem\nFormat=combined\n"

static struct ev_loop *loop;
static struct fake_systemd systemd;
static struct fake_helper root; /* acmed-deploy */
static struct fake_tls server;
static struct bus *bus;
static struct dns *dns;
static struct deployer *deployer;
static struct known_chain known;
static X509 *old_leaf;
static struct certificate_facts facts;

/* What was seen. */
static char steps[128];
static char errands[128];
static const char *refused; /* an errand that fails */
static struct deploy_result last;
static char waits_for[128];
static unsigned ends;

static void on_request(struct fake_helper *from, const json_t *request)
{
	const char *step = member_string_or(request, "step", "");
	size_t length = strlen(errands);

	snprintf(errands + length, sizeof(errands) - length, "%s ", step);
	ck_assert_str_eq(member_string_or(request, "name", ""), "site");
	ck_assert_int_eq(member_integer_or(request, "version", 0), 7);
	fake_helper_reply(from, request,
		refused && streq(step, refused)
			? json_pack("{s:{s:s, s:s}}", "error", "kind", "local",
				  "text", "no space left")
			: json_object());
}

static void set_up(void)
{
	struct error err;

	signal(SIGPIPE, SIG_IGN);
	steps[0] = errands[0] = '\0';
	refused = NULL;
	ends = 0;
	server = (struct fake_tls){0};
	fake_systemd_start(&systemd);
	loop = ev_loop_new(EVFLAG_NOENV);
	root = (struct fake_helper){.on_request = on_request};
	fake_helper_start(&root, loop, "deploy");
	bus = bus_new(loop);
	dns = dns_new(loop);
	deployer = deployer_new(loop, dns, bus);
	known_chain_make(&known);
	old_leaf =
		known_leaf(&known, (struct known_wish){.serial = "0badcafe"});
	ck_assert(certificate_read_facts(known.leaf, &facts, &err));
}

static void tear_down(void)
{
	deployer_free(deployer);
	dns_free(dns);
	bus_free(bus);
	fake_helper_stop(&root);
	fake_systemd_stop(&systemd);
	if (server.pid)
		fake_tls_stop(&server);
	ev_loop_destroy(loop);
	X509_free(old_leaf);
	certificate_facts_clear(&facts);
	known_chain_clear(&known);
	config_forget();
}

static void serve(enum fake_tls_manner manner, unsigned switch_after)
{
	server = (struct fake_tls){
		.manner = manner,
		.switch_after = switch_after,
		.old = old_leaf,
		.new = known.leaf,
		.key = known.key,
	};
	fake_tls_start(&server);
}

static void on_step(void *data, enum deploy_step step)
{
	size_t length = strlen(steps);

	(void)data;
	snprintf(steps + length, sizeof(steps) - length, "%s ",
		deploy_step_name(step));
}

static void on_end(void *data, const struct deploy_result *result)
{
	(void)data;
	last = *result;
	snprintf(waits_for, sizeof(waits_for), "%s",
		result->waits_for ? result->waits_for : "");
	ends++;
	ev_break(loop, EVBREAK_ALL);
}

/* [Deploy] with these lines, what comes behind it, and an endpoint. */
static const struct config_certificate *site(const char *deploy)
{
	cleanup(string) char *text = server.pid
		? text_format(SITE "[Deploy]\nVerify=127.0.0.1:%u\n%s",
			  server.port, deploy)
		: text_format(SITE "[Deploy]\n%s", deploy);

	return config_site(text);
}

static struct deploy_wish wish_for(const char *deploy, enum deploy_step from)
{
	return (struct deploy_wish){
		.certificate = site(deploy),
		.version = 7,
		.facts = &facts,
		.from = from,
		.on_step = on_step,
		.on_end = on_end,
	};
}

static void run(const struct deploy_wish *wish)
{
	deploy_start(deployer, wish);
	ck_assert_uint_eq(ends, 0);
	ev_run(loop, 0);
	ck_assert_uint_eq(ends, 1);
}

static void deploy(const char *text)
{
	const struct deploy_wish wish = wish_for(text, DEPLOY_EXPORT);

	run(&wish);
}

static unsigned reloads_of(const char *unit)
{
	return fake_systemd_count(&systemd, "ReloadUnit", unit);
}

START_TEST(the_steps_are_done_in_their_order)
{
	serve(FAKE_TLS_NEW, 0);
	deploy("Hook=/bin/one "
	       "acmed-hook@good.service\nReload=good.service\n" EXPORT);
	ck_assert_str_eq(steps, "export hook reload verify ");
	ck_assert_str_eq(errands, "export hook ");
	ck_assert_uint_eq(reloads_of("good.service"), 1);
	ck_assert_uint_eq(fake_systemd_count(&systemd, "StartUnit",
				  "acmed-hook@good.service"),
		0);
	ck_assert_int_eq(last.outcome, DEPLOY_SERVED);
	ck_assert_int_eq(last.step, DEPLOY_DONE);
}
END_TEST

START_TEST(a_step_without_a_setting_is_left_out)
{
	deploy("Verify=no\nReload=good.service\n");
	ck_assert_str_eq(steps, "reload verify ");
	ck_assert_str_eq(errands, "");
	ck_assert_int_eq(last.outcome, DEPLOY_UNPROVEN);
}
END_TEST

static const struct {
	const char *errand;
	enum deploy_step step;
} REFUSED[] = {{"export", DEPLOY_EXPORT}, {"hook", DEPLOY_HOOK}};

START_TEST(what_fails_ends_the_row_before_a_reload)
{
	refused = REFUSED[_i].errand;
	deploy("Verify=no\nHook=/bin/one\nReload=good.service\n" EXPORT);
	ck_assert_int_eq(last.outcome, DEPLOY_FAILED);
	ck_assert_int_eq(last.step, REFUSED[_i].step);
	ck_assert_int_eq(last.err.kind, ERROR_LOCAL);
	ck_assert_ptr_nonnull(strstr(last.err.text, "no space left"));
	ck_assert_uint_eq(reloads_of("good.service"), 0);
}
END_TEST

START_TEST(a_unit_that_is_not_running_is_waited_for)
{
	deploy("Verify=no\nReload=stopped.service good.service\n");
	ck_assert_int_eq(last.outcome, DEPLOY_WAITS);
	ck_assert_int_eq(last.step, DEPLOY_RELOAD);
	ck_assert_str_eq(waits_for, "stopped.service");
	ck_assert_uint_eq(reloads_of("good.service"), 1);
}
END_TEST

START_TEST(a_unit_that_refuses_is_a_failure)
{
	deploy("Verify=no\nReload=refusing.service\n");
	ck_assert_int_eq(last.outcome, DEPLOY_FAILED);
	ck_assert_int_eq(last.step, DEPLOY_RELOAD);
	ck_assert_str_eq(last.err.code, "P3");
}
END_TEST

START_TEST(the_rest_is_done_without_what_was_done)
{
	const struct deploy_wish wish = wish_for(
		"Verify=no\nHook=/bin/one\nReload=good.service\n" EXPORT,
		DEPLOY_RELOAD);

	run(&wish);
	ck_assert_str_eq(steps, "reload verify ");
	ck_assert_str_eq(errands, "");
}
END_TEST

static const char *const RESTARTS[] = {
	"Verify=no\nRestart=good.service good-other.service\n",
	"Verify=no\nReloadCommand=/bin/one\n",
	"Verify=no\nReloadSignal=HUP /run/one.pid\n",
};

/* systemd lets a unit start five times in ten seconds. */
START_TEST(certificates_that_come_together_share_a_restart)
{
	const struct deploy_wish wish = wish_for(RESTARTS[_i], DEPLOY_EXPORT);

	for (int i = 0; i < 10; i++)
		deploy_start(deployer, &wish);
	while (ends < 10)
		ev_run(loop, 0);
	ck_assert_str_eq(errands, "restart ");
	ck_assert_int_eq(last.outcome, DEPLOY_UNPROVEN);
}
END_TEST

START_TEST(a_service_may_take_its_time)
{
	serve(FAKE_TLS_SWITCHES, VERIFY_HANDSHAKES + 1);
	deploy("Reload=good.service\n");
	ck_assert_int_eq(last.outcome, DEPLOY_SERVED);
	ck_assert_uint_ge(*server.connections, 2 * VERIFY_HANDSHAKES);
	ck_assert_uint_eq(reloads_of("good.service"), 1);
}
END_TEST

START_TEST(a_service_that_goes_on_with_the_old_one_is_reloaded_again)
{
	serve(FAKE_TLS_OLD, 0);
	deployer_set_patience(deployer, 0.1);
	deploy("Reload=good.service\n");
	ck_assert_int_eq(last.outcome, DEPLOY_FAILED);
	ck_assert_int_eq(last.step, DEPLOY_RELOAD);
	ck_assert_str_eq(last.err.code, "P8");
	ck_assert(text_starts_with(
		last.err.text, "good.service was reloaded but '127.0.0.1:"));
	ck_assert_ptr_nonnull(strstr(last.err.text, "serial 0badcafe"));
}
END_TEST

START_TEST(who_is_told_nothing_is_looked_at_once)
{
	serve(FAKE_TLS_OLD, 0);
	deploy("");
	ck_assert_int_eq(last.outcome, DEPLOY_FAILED);
	ck_assert_int_eq(last.step, DEPLOY_VERIFY);
	ck_assert_uint_eq(*server.connections, VERIFY_HANDSHAKES);
	ck_assert(text_starts_with(last.err.text, "nothing reloads it"));
	ck_assert_str_eq(last.err.code, "P1");
}
END_TEST

START_TEST(what_was_served_before_has_been_read_by_somebody)
{
	serve(FAKE_TLS_OLD, 0);
	struct deploy_wish wish = wish_for("", DEPLOY_VERIFY);

	wish.was_served = true;
	run(&wish);
	ck_assert_str_eq(last.err.code, "P8");
}
END_TEST

START_TEST(a_look_does_nothing_else)
{
	serve(FAKE_TLS_OLD, 0);
	const struct deploy_wish wish = wish_for(
		"Hook=/bin/one\nReload=good.service\n" EXPORT, DEPLOY_EXPORT);

	deploy_look(deployer, &wish);
	ev_run(loop, 0);
	ck_assert_str_eq(steps, "verify ");
	ck_assert_str_eq(errands, "");
	ck_assert_int_eq(last.outcome, DEPLOY_FAILED);
	ck_assert_int_eq(last.step, DEPLOY_RELOAD);
	ck_assert_uint_eq(reloads_of("good.service"), 0);
}
END_TEST

START_TEST(a_file_with_mistakes_makes_its_programs_wait)
{
	struct deploy_wish wish = wish_for(
		"Verify=no\nHook=/bin/one\nReload=good.service\n" EXPORT,
		DEPLOY_EXPORT);

	wish.wait_for_file = true;
	run(&wish);
	ck_assert_str_eq(steps, "reload verify ");
	ck_assert_str_eq(errands, "");
	ck_assert_int_eq(last.outcome, DEPLOY_WAITS);
	ck_assert_int_eq(last.step, DEPLOY_EXPORT);
	ck_assert_str_eq(waits_for, "site.conf");
}
END_TEST

START_TEST(a_deployment_that_is_cancelled_is_silent)
{
	static const char *const TEXTS[] = {EXPORT, "Hook=/bin/one\n",
		"Reload=stuck.service\n", "Verify=127.0.0.1:1\n"};
	const struct deploy_wish wish = wish_for(TEXTS[_i], DEPLOY_EXPORT);
	struct deployment *deployment = deploy_start(deployer, &wish);

	while (!*steps)
		ev_run(loop, EVRUN_ONCE);
	deploy_cancel(deployment);
	ev_run(loop, EVRUN_NOWAIT);
	ck_assert_uint_eq(ends, 0);
}
END_TEST

START_TEST(steps_have_names)
{
	enum deploy_step step;

	for (int i = DEPLOY_EXPORT; i <= DEPLOY_DONE; i++) {
		ck_assert(deploy_step_parse(
			deploy_step_name((enum deploy_step)i), &step));
		ck_assert_int_eq((int)step, i);
	}
	ck_assert(!deploy_step_parse("order", &step));
}
END_TEST

static Suite *suite(void)
{
	Suite *suite = suite_create("deploy");
	TCase *tests = tcase_create("deploy");

	tcase_set_timeout(tests, 60);
	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(tests, the_steps_are_done_in_their_order);
	tcase_add_test(tests, a_step_without_a_setting_is_left_out);
	tcase_add_loop_test(
		tests, what_fails_ends_the_row_before_a_reload, 0, 2);
	tcase_add_test(tests, a_unit_that_is_not_running_is_waited_for);
	tcase_add_test(tests, a_unit_that_refuses_is_a_failure);
	tcase_add_test(tests, the_rest_is_done_without_what_was_done);
	tcase_add_loop_test(
		tests, certificates_that_come_together_share_a_restart, 0, 3);
	tcase_add_test(tests, a_service_may_take_its_time);
	tcase_add_test(tests,
		a_service_that_goes_on_with_the_old_one_is_reloaded_again);
	tcase_add_test(tests, who_is_told_nothing_is_looked_at_once);
	tcase_add_test(tests, what_was_served_before_has_been_read_by_somebody);
	tcase_add_test(tests, a_look_does_nothing_else);
	tcase_add_test(tests, a_file_with_mistakes_makes_its_programs_wait);
	tcase_add_loop_test(
		tests, a_deployment_that_is_cancelled_is_silent, 0, 4);
	tcase_add_test(tests, steps_have_names);
	suite_add_tcase(suite, tests);
	return suite;
}

int main(void)
{
	if (!fake_systemd_is_possible()) {
		puts("deploy: SKIPPED, there is no dbus-daemon");
		return 0;
	}
	return suite_run(suite());
}
