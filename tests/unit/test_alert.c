/* SPDX-License-Identifier: MIT */
#include "alert.h"

#include "mem.h"
#include "suite.h"
#include "text.h"

#include <check.h>
#include <stdio.h>

static struct ev_loop *loop;
static struct events *events;
static struct alert *alert;
static char told[512]; /* "event/priority/certificate/code " of each */

static void note(void *data, const struct event *event)
{
	size_t length = strlen(told);

	(void)data;
	snprintf(told + length, sizeof(told) - length, "%s/%d/%s/%s ",
		event->name, event->priority,
		event->certificate ? event->certificate : "",
		event->err ? event->err->code : "");
}

static void set_up(void)
{
	events = events_new();
	events_listen(events, note, NULL);
	loop = ev_loop_new(EVFLAG_AUTO);
	alert = alert_new(loop, events);
	told[0] = '\0';
}

static void tear_down(void)
{
	alert_free(alert);
	events_free(events);
	ev_loop_destroy(loop);
}

static void set(const char *subject, const char *code, enum alert_level level)
{
	alert_set(alert,
		&(struct alert_trouble){
			.source = "rehearsal",
			.subject = subject,
			.code = code,
			.level = level,
			.text = "port 80 of 192.0.2.1 is closed",
		});
}

static void expect(const char *wanted)
{
	ck_assert_str_eq(told, wanted);
	told[0] = '\0';
}

START_TEST(a_trouble_is_logged_once)
{
	set("example.org", "H1", ALERT_WARNING);
	expect("trouble/4/example.org/H1 ");
	set("example.org", "H1", ALERT_WARNING);
	expect("");
}
END_TEST

START_TEST(another_cause_and_a_risen_level_are_logged)
{
	set("example.org/http-01", "H1", ALERT_WARNING);
	expect("trouble/4/example.org/H1 ");
	set("example.org/http-01", "H4", ALERT_WARNING);
	expect("trouble/4/example.org/H4 ");
	set("example.org/http-01", "H4", ALERT_ERROR);
	expect("trouble/3/example.org/H4 ");
	set("example.org/http-01", "H4", ALERT_WARNING);
	expect("");
}
END_TEST

START_TEST(its_end_is_logged_once)
{
	set("", "C1", ALERT_NOTICE);
	expect("trouble/5//C1 ");
	alert_clear(alert, "rehearsal", "");
	expect("well/5// ");
	alert_clear(alert, "rehearsal", "");
	expect("");
}
END_TEST

START_TEST(what_its_source_has_logged_is_not_logged_again)
{
	alert_set(alert,
		&(struct alert_trouble){
			.source = "renewal",
			.subject = "example.org",
			.code = "H1",
			.level = ALERT_EMERGENCY,
			.text = "not renewed",
			.is_logged = true,
		});
	alert_clear(alert, "renewal", "example.org");
	expect("");
}
END_TEST

START_TEST(people_are_told_once_it_is_gathered)
{
	set("example.org", "H1", ALERT_WARNING);
	set("example.net", "H1", ALERT_WARNING);
	told[0] = '\0';
	ev_run(loop, 0);
	expect("told/4// ");
}
END_TEST

static bool is_net(void *data, const char *source, const char *certificate)
{
	(void)data;
	ck_assert_str_eq(source, "rehearsal");
	return streq(certificate, "example.net");
}

START_TEST(what_speaks_of_certificates_that_are_gone_is_forgotten)
{
	set("example.org/443", "H1", ALERT_NOTICE);
	set("example.net/443", "H1", ALERT_NOTICE);
	told[0] = '\0';
	alert_sweep(alert, is_net, NULL);
	alert_clear(alert, "rehearsal", "example.org/443");
	expect("");
	alert_clear(alert, "rehearsal", "example.net/443");
	expect("well/5/example.net/ ");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("alert");
	TCase *troubles = tcase_create("troubles");

	tcase_add_checked_fixture(troubles, set_up, tear_down);
	tcase_add_test(troubles, a_trouble_is_logged_once);
	tcase_add_test(troubles, another_cause_and_a_risen_level_are_logged);
	tcase_add_test(troubles, its_end_is_logged_once);
	tcase_add_test(
		troubles, what_its_source_has_logged_is_not_logged_again);
	tcase_set_timeout(troubles, 60);
	tcase_add_test(troubles, people_are_told_once_it_is_gathered);
	tcase_add_test(troubles,
		what_speaks_of_certificates_that_are_gone_is_forgotten);
	suite_add_tcase(suite, troubles);
	return suite_run(suite);
}
