/* SPDX-License-Identifier: MIT */
#include "channel.h"

#include "fake_helper.h"
#include "json.h"
#include "mem.h"
#include "suite.h"
#include "text.h"

#include <check.h>
#include <stdio.h>

static struct ev_loop *loop;
static struct fake_helper helper;
static struct channel *channel;
static char heard[1024]; /* subjects that the helper got */
static char changes[256]; /* "sent", "failed" of each change */
static bool fails;

static const struct channel_target ROOT = {.shown = "root", .mark = "root"};

static void on_request(struct fake_helper *fake, const json_t *request)
{
	size_t length = strlen(heard);

	snprintf(heard + length, sizeof(heard) - length, "%s ",
		member_string_or(request, "subject", ""));
	fake_helper_reply(fake, request,
		fails ? json_pack("{s:{s:s, s:s, s:s}}", "error", "kind",
				"local", "code", "M7", "text", "queue is full")
		      : json_pack("{s:s}", "to", "root"));
}

static void on_change(void *data, struct channel *changed, bool is_sent)
{
	size_t length = strlen(changes);

	(void)data;
	snprintf(changes + length, sizeof(changes) - length, "%s%u ",
		is_sent ? "sent" : "told", channel_failures(changed));
	fake_helper_hang_up(&helper);
	ev_break(loop, EVBREAK_ALL);
}

static struct channel *make(void)
{
	return channel_new(&(struct channel_setup){
		.loop = loop,
		.host = "www",
		.name = "mail",
		.on_change = on_change,
	});
}

static void set_up(void)
{
	loop = ev_loop_new(EVFLAG_AUTO);
	heard[0] = changes[0] = '\0';
	fails = false;
	fake_helper_start(&helper, loop, "notify");
	helper.on_request = on_request;
	channel = make();
	channel_set(channel, &ROOT);
}

static void tear_down(void)
{
	channel_free(channel);
	fake_helper_stop(&helper);
	ev_loop_destroy(loop);
}

static void queue(const char *subject)
{
	const struct telling_message message = {
		.subject = (char *)subject,
		.text = (char *)"text\n",
	};

	channel_send(channel, &message);
}

START_TEST(messages_go_out_one_after_the_other)
{
	queue("one");
	queue("two");
	ck_assert(!channel_is_idle(channel));
	ev_run(loop, 0);
	ck_assert_str_eq(heard, "one ");
	ev_run(loop, 0);
	ck_assert_str_eq(heard, "one two ");
	ck_assert_str_eq(changes, "sent0 sent0 ");
	ck_assert(channel_is_idle(channel));
	ck_assert(channel_is_proved(channel));
}
END_TEST

START_TEST(what_fails_waits_and_says_why)
{
	fails = true;
	queue("one");
	ev_run(loop, 0);
	ck_assert_str_eq(changes, "told1 ");
	ck_assert_str_eq(channel_error(channel)->text, "queue is full");
	ck_assert(!channel_is_idle(channel));
	ck_assert(!channel_is_proved(channel));
}
END_TEST

START_TEST(only_the_newest_wait)
{
	char subject[16];

	fails = true;
	for (int i = 0; i < 20; i++) {
		snprintf(subject, sizeof(subject), "m%d", i);
		queue(subject);
	}
	ev_run(loop, 0);
	ck_assert_str_eq(heard, "m12 ");
}
END_TEST

static void on_tested(
	void *data, struct channel *tested, const struct error *err)
{
	(void)tested;
	*(bool *)data = !err;
}

START_TEST(a_test_that_works_sends_what_waits)
{
	const struct telling_message test = {
		.subject = (char *)"test", .text = (char *)"text\n"};
	bool is_well = false;

	fails = true;
	queue("one");
	ev_run(loop, 0);
	fails = false;
	ck_assert(channel_test(channel, &test, on_tested, &is_well));
	ev_run(loop, 0);
	ck_assert(is_well);
	ev_run(loop, 0);
	ck_assert_str_eq(heard, "one test one ");
	ck_assert_str_eq(changes, "told1 told0 sent0 ");
}
END_TEST

START_TEST(without_a_target_nothing_is_sent)
{
	const struct telling_message test = {
		.subject = (char *)"test", .text = (char *)"text\n"};

	channel_set(channel, &(struct channel_target){0});
	queue("one");
	ck_assert(channel_is_idle(channel));
	ck_assert(!channel_test(channel, &test, on_tested, NULL));
	ck_assert(!channel_is_set(channel));
}
END_TEST

START_TEST(another_target_has_proved_nothing)
{
	queue("one");
	ev_run(loop, 0);
	channel_set(channel,
		&(struct channel_target){.shown = "ops", .mark = "ops"});
	ck_assert(!channel_is_proved(channel));
}
END_TEST

/* The next try may be hours away. */
START_TEST(what_waits_goes_to_another_target_at_once)
{
	fails = true;
	queue("one");
	ev_run(loop, 0);
	fails = false;
	channel_set(channel, &ROOT);
	ev_run(loop, EVRUN_NOWAIT);
	ck_assert_str_eq(heard, "one ");
	channel_set(channel,
		&(struct channel_target){.shown = "ops", .mark = "ops"});
	ev_run(loop, EVRUN_NOWAIT);
	queue("two");
	ev_run(loop, 0);
	ck_assert_str_eq(heard, "one one ");
	ck_assert_str_eq(changes, "told1 sent0 ");
}
END_TEST

START_TEST(what_it_proved_lasts_over_a_restart)
{
	queue("one");
	ev_run(loop, 0);
	cleanup(json) json_t *state = channel_to_json(channel);

	channel_free(channel);
	channel = make();
	channel_from_json(channel, state);
	channel_set(channel, &ROOT);
	ck_assert(channel_is_proved(channel));
	cleanup(json) json_t *shown = channel_describe(channel);
	ck_assert_str_eq(member_string_or(shown, "target", ""), "root");
	ck_assert_ptr_nonnull(json_object_get(shown, "worked"));
	ck_assert_ptr_null(json_object_get(shown, "error"));
}
END_TEST

START_TEST(one_that_failed_is_not_proved_after_a_restart)
{
	fails = true;
	queue("one");
	ev_run(loop, 0);
	cleanup(json) json_t *state = channel_to_json(channel);

	channel_free(channel);
	channel = make();
	channel_set(channel, &ROOT);
	channel_from_json(channel, state);
	ck_assert_uint_eq(channel_failures(channel), 1);
	ck_assert_str_eq(channel_error(channel)->text, "queue is full");
}
END_TEST

START_TEST(without_a_helper_it_fails)
{
	fake_helper_stop(&helper);
	queue("one");
	ev_run(loop, 0);
	ck_assert_str_eq(changes, "told1 ");
	fake_helper_start(&helper, loop, "notify");
}
END_TEST

static Suite *make_suite(void)
{
	Suite *suite = suite_create("channel");
	TCase *channels = tcase_create("channels");

	tcase_add_checked_fixture(channels, set_up, tear_down);
	tcase_add_test(channels, messages_go_out_one_after_the_other);
	tcase_add_test(channels, what_fails_waits_and_says_why);
	tcase_add_test(channels, only_the_newest_wait);
	tcase_add_test(channels, a_test_that_works_sends_what_waits);
	tcase_add_test(channels, without_a_target_nothing_is_sent);
	tcase_add_test(channels, another_target_has_proved_nothing);
	tcase_add_test(channels, what_waits_goes_to_another_target_at_once);
	tcase_add_test(channels, what_it_proved_lasts_over_a_restart);
	tcase_add_test(channels, one_that_failed_is_not_proved_after_a_restart);
	tcase_add_test(channels, without_a_helper_it_fails);
	suite_add_tcase(suite, channels);
	return suite;
}

int main(void)
{
	return suite_run(make_suite());
}
