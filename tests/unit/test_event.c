/* SPDX-License-Identifier: MIT */
#include "event.h"

#include "json.h"
#include "mem.h"
#include "suite.h"
#include "text.h"

#include <check.h>

static struct events *events;
static struct event_listener *one, *two;
static char told[256];

static void set_up(void)
{
	events = events_new();
	told[0] = '\0';
}

static void tear_down(void)
{
	events_free(events);
}

static void note(void *data, const struct event *event)
{
	strcat(strcat(told, data), event->text);
}

static void note_once(void *data, const struct event *event)
{
	note(data, event);
	events_ignore(events, one);
}

static void note_and_drop_the_next(void *data, const struct event *event)
{
	note(data, event);
	events_ignore(events, two);
}

static void emit(const char *text)
{
	events_emit(events,
		&(struct event){.name = "step", .priority = LOG_DEBUG}, "%s ",
		text);
}

START_TEST(all_are_told_in_the_order_of_listening)
{
	events_listen(events, note, (void *)"1:");
	events_listen(events, note, (void *)"2:");
	emit("a");
	ck_assert_str_eq(told, "1:a 2:a ");
}
END_TEST

START_TEST(who_ignores_is_told_no_more)
{
	one = events_listen(events, note_once, (void *)"1:");
	two = events_listen(events, note, (void *)"2:");
	emit("a");
	emit("b");
	ck_assert_str_eq(told, "1:a 2:a 2:b ");
}
END_TEST

START_TEST(who_is_dropped_in_the_middle_is_not_told)
{
	one = events_listen(events, note_and_drop_the_next, (void *)"1:");
	two = events_listen(events, note, (void *)"2:");
	emit("a");
	ck_assert_str_eq(told, "1:a ");
}
END_TEST

static void emit_another(void *data, const struct event *event)
{
	note(data, event);
	if (streq(event->text, "a "))
		emit("b");
}

START_TEST(an_event_may_cause_another)
{
	events_listen(events, emit_another, (void *)"1:");
	emit("a");
	ck_assert_str_eq(told, "1:a 1:b ");
}
END_TEST

START_TEST(what_does_not_apply_is_left_out_of_the_json)
{
	cleanup(json) json_t *object = event_to_json(&(struct event){
		.name = "step", .priority = LOG_DEBUG, .text = "x"});

	ck_assert_uint_eq(json_object_size(object), 3);
	ck_assert_str_eq(member_string_or(object, "event", ""), "step");
	ck_assert_str_eq(member_string_or(object, "text", ""), "x");
	ck_assert_int_eq(member_integer_or(object, "priority", 0), LOG_DEBUG);
}
END_TEST

START_TEST(a_failure_has_its_code_and_the_next_try)
{
	struct error err;

	fail_cause(&err, ERROR_TRANSIENT, "N1", "no route");
	cleanup(json) json_t *object = event_to_json(&(struct event){
		.name = "failed",
		.priority = LOG_ERR,
		.certificate = "example.org",
		.err = &err,
		.attempt = 2,
		.next = 1800000000,
		.text = "x",
	});
	ck_assert_str_eq(member_string_or(object, "code", ""), "N1");
	ck_assert_str_eq(member_string_or(object, "kind", ""),
		error_kind_name(ERROR_TRANSIENT));
	ck_assert_int_eq(member_integer_or(object, "attempt", 0), 2);
	ck_assert_str_eq(
		member_string_or(object, "next", ""), "2027-01-15T08:00:00Z");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("event");
	TCase *tests = tcase_create("event");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(tests, all_are_told_in_the_order_of_listening);
	tcase_add_test(tests, who_ignores_is_told_no_more);
	tcase_add_test(tests, who_is_dropped_in_the_middle_is_not_told);
	tcase_add_test(tests, an_event_may_cause_another);
	tcase_add_test(tests, what_does_not_apply_is_left_out_of_the_json);
	tcase_add_test(tests, a_failure_has_its_code_and_the_next_try);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
