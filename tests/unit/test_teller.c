/* SPDX-License-Identifier: MIT */
#include "teller.h"

#include "json.h"
#include "mem.h"
#include "suite.h"
#include "text.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static struct ev_loop *loop;
static struct teller *teller;
static char file[64];
static unsigned changes;
static char tested[1024];

static void on_change(void *data, struct channel *channel, bool is_sent)
{
	(void)data;
	(void)channel;
	(void)is_sent;
	changes++;
}

static void set_up(void)
{
	loop = ev_loop_new(EVFLAG_AUTO);
	changes = 0;
	snprintf(file, sizeof(file), "/tmp/acmed-teller.%d", (int)getpid());
	teller = teller_new(&(struct teller_setup){
		.loop = loop,
		.host = "www",
		.on_change = on_change,
	});
	setenv("RUNTIME_DIRECTORY", "/tmp/acmed-teller-nowhere", 1);
}

static void tear_down(void)
{
	teller_free(teller);
	ev_loop_destroy(loop);
	unlink(file);
}

static void configure(const char *mail, const char *url, mode_t mode)
{
	const struct config_daemon settings = {
		.notify_mail = (char *)mail,
		.notify_url_file = url ? file : NULL,
	};
	FILE *out = url ? fopen(file, "w") : NULL;

	if (out) {
		fputs(url, out);
		fclose(out);
		ck_assert_int_eq(chmod(file, mode), 0);
	}
	teller_configure(teller, &settings);
}

static void expect_channels(const char *wanted)
{
	cleanup(json) json_t *channels = teller_describe(teller);
	struct text seen cleanup_text_value = {0};

	for (size_t i = 0; i < json_array_size(channels); i++) {
		const json_t *one = json_array_get(channels, i);
		text_addf(&seen, "%s=%s ", member_string_or(one, "name", ""),
			member_string_or(one, "target", ""));
	}
	ck_assert_str_eq(seen.data ? seen.data : "", wanted);
}

START_TEST(each_channel_leads_where_the_settings_say)
{
	configure("no", NULL, 0);
	expect_channels("");
	configure("ops@example.org", "https://ntfy.example/SECRET", 0600);
	expect_channels("mail=ops@example.org url=ntfy.example ");
	ck_assert(teller_tells_nobody(teller));
	ck_assert_uint_eq(changes, 0);
}
END_TEST

START_TEST(a_url_that_cannot_be_read_fails_at_once)
{
	configure("no", "https://ntfy.example/SECRET", 0644);
	ck_assert_uint_eq(changes, 1);
	const struct channel *url = teller_channel(teller, 1);
	ck_assert_uint_eq(channel_failures(url), 1);
	ck_assert_ptr_nonnull(
		strstr(channel_error(url)->text, "others can read"));
	configure("no", "https://ntfy.example/SECRET", 0600);
	ck_assert_uint_eq(channel_failures(url), 0);
}
END_TEST

START_TEST(a_message_goes_to_all_that_are_set)
{
	const struct telling_message message = {
		.subject = (char *)"a", .text = (char *)"b\n"};

	configure("no", NULL, 0);
	ck_assert_str_eq(teller_send(teller, &message), "");
	configure("root", NULL, 0);
	ck_assert_str_eq(teller_send(teller, &message), "mail");
	configure("root", "https://ntfy.example/SECRET", 0600);
	ck_assert_str_eq(teller_send(teller, &message), "mail and url");
	ck_assert(!teller_is_idle(teller));
	configure("no", NULL, 0);
	ck_assert(teller_is_idle(teller));
}
END_TEST

static void on_tested(void *data, const json_t *channels)
{
	cleanup(string) char *text = json_write(channels);

	(void)data;
	snprintf(tested, sizeof(tested), "%s", text);
	ev_break(loop, EVBREAK_ALL);
}

START_TEST(a_test_without_channels_ends_too)
{
	configure("no", NULL, 0);
	teller_test_start(teller, on_tested, NULL);
	ev_run(loop, 0);
	ck_assert_str_eq(tested, "[]");
}
END_TEST

START_TEST(a_test_tells_what_came_of_it)
{
	configure("root", NULL, 0);
	teller_test_start(teller, on_tested, NULL);
	ev_run(loop, 0);
	ck_assert_ptr_nonnull(strstr(tested, "\"proved\":false"));
	ck_assert_ptr_nonnull(strstr(tested, "acmed-teller-nowhere"));
}
END_TEST

START_TEST(tests_are_joined_and_can_be_left)
{
	configure("root", NULL, 0);
	struct teller_test *one = teller_test_start(teller, on_tested, NULL);
	teller_test_start(teller, on_tested, NULL);
	teller_test_cancel(one);
	ev_run(loop, 0);
	ck_assert_uint_eq(changes, 1);
	teller_test_start(teller, on_tested, NULL);
}
END_TEST

START_TEST(the_state_names_both)
{
	configure("root", "https://ntfy.example/SECRET", 0600);
	cleanup(json) json_t *state = teller_to_json(teller);
	cleanup(string) char *text = json_write(state);

	ck_assert_ptr_nonnull(json_object_get(state, "mail"));
	ck_assert_ptr_nonnull(json_object_get(state, "url"));
	ck_assert_ptr_null(strstr(text, "SECRET"));
	teller_from_json(teller, state);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("teller");
	TCase *tellers = tcase_create("tellers");

	tcase_add_checked_fixture(tellers, set_up, tear_down);
	tcase_add_test(tellers, each_channel_leads_where_the_settings_say);
	tcase_add_test(tellers, a_url_that_cannot_be_read_fails_at_once);
	tcase_add_test(tellers, a_message_goes_to_all_that_are_set);
	tcase_add_test(tellers, a_test_without_channels_ends_too);
	tcase_add_test(tellers, a_test_tells_what_came_of_it);
	tcase_add_test(tellers, tests_are_joined_and_can_be_left);
	tcase_add_test(tellers, the_state_names_both);
	suite_add_tcase(suite, tellers);
	return suite_run(suite);
}
