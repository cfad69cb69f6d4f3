/* SPDX-License-Identifier: MIT */
#include "control.h"

#include "connection.h"
#include "fleet_run.h"
#include "json.h"
#include "mem.h"
#include "suite.h"
#include "text.h"

#include <check.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static struct fleet_run run;
static struct control *control;
static int client;
static ev_io reading;
static struct text received;
static bool has_ended;
static json_t *reply;

/* The client, on the same loop. */

static void on_readable(struct ev_loop *loop, ev_io *io, int events)
{
	char bytes[4096];
	ssize_t length = recv(client, bytes, sizeof(bytes), MSG_DONTWAIT);

	(void)events;
	run.is_ended = true;
	if (length > 0) {
		text_add_bytes(&received, bytes, (size_t)length);
		return;
	}
	has_ended = true;
	ev_io_stop(loop, io);
}

static void connect_client(void)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};

	snprintf(address.sun_path, sizeof(address.sun_path), "%s",
		run_path(&run.vault, "run/control"));
	client = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	ck_assert_int_eq(
		connect(client, (struct sockaddr *)&address, sizeof(address)),
		0);
	has_ended = false;
	ev_io_init(&reading, on_readable, client, EV_READ);
	ev_io_start(run.fleet.loop, &reading);
}

static void hang_up(void)
{
	ev_io_stop(run.fleet.loop, &reading);
	close(client);
	text_clear(&received);
	received = (struct text){.limit = 1024 * 1024};
}

static void send_bytes(const char *bytes, size_t length)
{
	ck_assert_int_eq(
		send(client, bytes, length, MSG_NOSIGNAL), (ssize_t)length);
}

static void send_call(const char *method, const char *rest)
{
	cleanup(string) char *text =
		text_format("{\"method\":\"%s\"%s}", method, rest);

	send_bytes(text, strlen(text) + 1);
}

/* The next message, or NULL at the end of the connection. */
static const json_t *next(void)
{
	while (!has_ended &&
		!memchr(received.data ? received.data : "x", '\0',
			received.length))
		fleet_run_wait(&run);
	json_decref(reply);
	reply = NULL;
	if (!memchr(received.data ? received.data : "x", '\0', received.length))
		return NULL;
	reply = json_loads(received.data, 0, NULL);
	ck_assert_ptr_nonnull(reply);
	size_t length = strlen(received.data) + 1;
	memmove(received.data, received.data + length,
		received.length - length);
	received.length -= length;
	return reply;
}

static const json_t *ask(const char *method, const char *rest)
{
	cleanup(string) char *full =
		text_format("org.acmed.Control.%s", method);

	send_call(full, rest);
	ck_assert_ptr_nonnull(next());
	return json_object_get(reply, "parameters");
}

static const char *error_of(const char *method, const char *rest)
{
	ask(method, rest);
	return member_string_or(reply, "error", "");
}

#define NAME(name) ",\"parameters\":{\"name\":\"" name "\"}"

/* The daemon. */

static json_t *no_walls(void *data)
{
	(void)data;
	return json_pack("{s:[], s:[]}", "up", "missing");
}

static void on_rescanned(void *data, const struct intake_result *result)
{
	(void)data;
	ck_assert_ptr_null(result->err);
	run.is_ended = true;
}

static void set_up(void)
{
	static const struct control_daemon DAEMON = {.walls = no_walls};
	struct error err;

	fleet_run_prepare(&run);
	fleet_run_write(&run, "b", "[Certificate]\nNames=b.example\n");
	fleet_run_start(&run);
	schedule_rescan(run.schedule, on_rescanned, NULL);
	fleet_run_wait(&run);
	fleet_run_await(&run, "failed:a.example");
	fleet_run_await(&run, "failed:b");
	control = control_new(run.fleet.loop, run.schedule, &DAEMON, &err);
	ck_assert_msg(control != NULL, "%s", err.text);
	received = (struct text){.limit = 1024 * 1024};
	connect_client();
}

static void tear_down(void)
{
	hang_up();
	json_decref(take(reply));
	control_free(control);
	fleet_run_clean(&run);
}

START_TEST(status_lists_all)
{
	const json_t *answer = ask("Status", "");
	const json_t *list = json_object_get(answer, "certificates");

	ck_assert_uint_eq(json_array_size(list), 2);
	ck_assert_str_eq(member_string_or(json_array_get(list, 0), "name", ""),
		"a.example");
	ck_assert_str_eq(member_string_or(json_array_get(list, 0), "state", ""),
		"failing");
	ck_assert_ptr_nonnull(json_object_get(answer, "daemon"));
}
END_TEST

START_TEST(status_goes_by_a_pattern)
{
	const json_t *answer =
		ask("Status", ",\"parameters\":{\"pattern\":\"b*\"}");

	ck_assert_uint_eq(
		json_array_size(json_object_get(answer, "certificates")), 1);
}
END_TEST

START_TEST(a_name_is_asked_for)
{
	ck_assert_str_eq(
		error_of("Hold", ""), "org.varlink.service.InvalidParameter");
	ck_assert_str_eq(error_of("Hold", NAME("c")),
		"org.acmed.Control.NoSuchCertificate");
	ck_assert_str_eq(error_of("Nonsense", NAME("b")),
		"org.varlink.service.MethodNotFound");
}
END_TEST

/* What is not known cannot be changed: it would be lost by the next load. */
START_TEST(whose_state_is_not_read_is_not_changed)
{
	static const char *const CHANGES[] = {
		"Hold", "Unhold", "Renew", "Rollback", "Revoke"};
	struct lineage *lineage = fleet_find(&run.fleet, "b");

	lineage->is_loaded = false;
	lineage->unread = mem_new(sizeof(*lineage->unread));
	for (size_t i = 0; i < sizeof(CHANGES) / sizeof(*CHANGES); i++)
		ck_assert_str_eq(error_of(CHANGES[i], NAME("b")),
			"org.acmed.Control.Refused");
	ck_assert_str_eq(error_of("History", NAME("b")), "");
	ck_assert(!lineage->is_held);
	free(take(lineage->unread));
	ck_assert_str_eq(
		error_of("Hold", NAME("b")), "org.acmed.Control.Refused");
	lineage->is_loaded = true;
	ck_assert_str_eq(error_of("Hold", NAME("b")), "");
}
END_TEST

START_TEST(a_hold_needs_a_date_to_come)
{
	ck_assert_str_eq(error_of("Hold",
				 ",\"parameters\":{\"name\":\"b\",\"until\":"
				 "\"2001-01-01T00:00:00Z\"}"),
		"org.varlink.service.InvalidParameter");
	ck_assert(!fleet_find(&run.fleet, "b")->is_held);
	ck_assert_str_eq(error_of("Hold", NAME("b")), "");
	ck_assert(fleet_find(&run.fleet, "b")->is_held);
	ck_assert_str_eq(error_of("Unhold", NAME("b")), "");
	ck_assert(!fleet_find(&run.fleet, "b")->is_held);
}
END_TEST

START_TEST(history_is_of_one_or_of_all_by_time)
{
	size_t one = json_array_size(
		json_object_get(ask("History", NAME("b")), "events"));
	const json_t *all = json_object_get(ask("History", ""), "events");
	const char *before = "";

	ck_assert_uint_gt(one, 0);
	ck_assert_uint_gt(json_array_size(all), one);
	for (size_t i = 0; i < json_array_size(all); i++) {
		const char *time =
			member_string_or(json_array_get(all, i), "time", "");
		ck_assert_int_le(strcmp(before, time), 0);
		before = time;
	}
}
END_TEST

/* A large fleet: more than one reply holds. */

static void add_lineages(unsigned count, unsigned events)
{
	char filling[400] = "";

	memset(filling, 'x', sizeof(filling) - 1);
	for (unsigned i = 0; i < count; i++) {
		cleanup(string) char *name = text_format("z%05u", i);
		struct lineage *lineage = fleet_add(&run.fleet, name);
		for (unsigned k = 0; k < events; k++) {
			cleanup(string) char *when = text_format(
				"2026-01-01T00:%02u:%02uZ", k, i % 60);
			json_array_append_new(lineage->events,
				json_pack("{s:s, s:s, s:s+}", "time", when,
					"event", "note", "text", name,
					filling));
		}
	}
}

static bool is_by_time(const json_t *events)
{
	for (size_t i = 1; i < json_array_size(events); i++)
		if (strcmp(member_string_or(
				   json_array_get(events, i - 1), "time", ""),
			    member_string_or(
				    json_array_get(events, i), "time", "")) > 0)
			return false;
	return true;
}

/* How many of them the replies list. */
static size_t count_replies(const char *list, unsigned *replies)
{
	size_t count = 0;

	*replies = 0;
	do {
		ck_assert_ptr_nonnull(next());
		ck_assert_str_eq(member_string_or(reply, "error", ""), "");
		const json_t *items = json_object_get(
			json_object_get(reply, "parameters"), list);
		ck_assert(is_by_time(items));
		count += json_array_size(items);
		++*replies;
	} while (json_is_true(json_object_get(reply, "continues")));
	return count;
}

START_TEST(a_large_history_comes_in_pages)
{
	size_t few =
		json_array_size(json_object_get(ask("History", ""), "events"));
	unsigned replies;

	add_lineages(100, 50);
	ck_assert_str_eq(
		error_of("History", ""), "org.varlink.service.ExpectedMore");
	ck_assert_uint_eq(json_array_size(json_object_get(
				  ask("History", NAME("z00099")), "events")),
		50);
	send_call("org.acmed.Control.History", ",\"more\":true");
	ck_assert_uint_eq(count_replies("events", &replies), few + 5000);
	ck_assert_uint_ge(replies, 5);
}
END_TEST

START_TEST(a_large_status_comes_in_pages)
{
	unsigned replies;

	add_lineages(8000, 0);
	ck_assert_str_eq(
		error_of("Status", ""), "org.varlink.service.ExpectedMore");
	send_call("org.acmed.Control.Status", ",\"more\":true");
	ck_assert_uint_eq(count_replies("certificates", &replies), 8002);
	ck_assert_uint_ge(replies, 80);
}
END_TEST

/* Turns of the loop until it has answered. */
static unsigned turns_to(const char *method, const char *rest)
{
	unsigned turns = 0;

	send_call(method, rest);
	for (; !received.length; turns++)
		ev_run(run.fleet.loop, EVRUN_NOWAIT);
	ck_assert_ptr_nonnull(next());
	return turns;
}

START_TEST(a_pattern_is_looked_for_in_several_turns)
{
	static const char PATTERN[] =
		",\"parameters\":{\"pattern\":\"z05999\"}";

	turns_to("org.acmed.Control.Status", PATTERN);
	unsigned few = turns_to("org.acmed.Control.Status", PATTERN);
	add_lineages(6000, 0);
	ck_assert_uint_ge(
		turns_to("org.acmed.Control.Status", PATTERN), few + 5);
	const json_t *list = json_object_get(
		json_object_get(reply, "parameters"), "certificates");
	ck_assert_uint_eq(json_array_size(list), 1);
}
END_TEST

START_TEST(who_goes_away_between_two_pages_is_forgotten)
{
	add_lineages(100, 50);
	send_call("org.acmed.Control.History", ",\"more\":true");
	ck_assert_ptr_nonnull(next());
	ck_assert(json_is_true(json_object_get(reply, "continues")));
	hang_up();
	connect_client();
	ck_assert_str_eq(error_of("Hold", NAME("b")), "");
}
END_TEST

START_TEST(a_renewal_is_followed_to_its_end)
{
	unsigned events = 0;

	send_call("org.acmed.Control.Renew", ",\"more\":true" NAME("b"));
	while (next() && json_is_true(json_object_get(reply, "continues")))
		events++;
	ck_assert_str_eq(member_string_or(reply, "error", ""),
		"org.acmed.Control.Failed");
	ck_assert_uint_ge(events, 2);
	ck_assert_uint_eq(fleet_find(&run.fleet, "b")->failures, 2);
}
END_TEST

START_TEST(who_goes_away_is_followed_no_more)
{
	send_call("org.acmed.Control.Renew", ",\"more\":true" NAME("b"));
	ck_assert_ptr_nonnull(next());
	hang_up();
	run.told[0] = '\0';
	connect_client();
	ck_assert_ptr_nonnull(ask("Status", ""));
	fleet_run_await(&run, "failed:b");
	ck_assert_uint_eq(fleet_find(&run.fleet, "b")->watchers, 0);
}
END_TEST

START_TEST(watching_needs_more)
{
	ck_assert_str_eq(
		error_of("Watch", ""), "org.varlink.service.ExpectedMore");
	send_call("org.acmed.Control.Watch", ",\"more\":true" NAME("b"));
	while (!strstr(run.told, "held:a.example")) {
		schedule_hold(
			run.schedule, fleet_find(&run.fleet, "a.example"), 0);
		ev_run(run.fleet.loop, EVRUN_NOWAIT);
	}
	do {
		schedule_hold(run.schedule, fleet_find(&run.fleet, "b"), 0);
		ev_run(run.fleet.loop, EVRUN_NOWAIT);
	} while (!received.length);
	const json_t *event =
		json_object_get(json_object_get(next(), "parameters"), "event");
	ck_assert_str_eq(member_string_or(event, "certificate", ""), "b");
}
END_TEST

START_TEST(a_reload_tells_the_mistakes)
{
	fleet_run_write(&run, "b", "[Certificate]\nNo=1\n");
	const json_t *list = json_object_get(ask("Reload", ""), "mistakes");
	ck_assert_uint_ge(json_array_size(list), 1);
	ck_assert_ptr_nonnull(strstr(
		json_string_value(json_array_get(list, 0)), "b.conf:2: "));
}
END_TEST

START_TEST(calls_are_answered_in_their_order)
{
	send_call("org.acmed.Control.Reload", "");
	send_call("org.acmed.Control.Hold", ",\"oneway\":true" NAME("b"));
	send_call("org.varlink.service.GetInfo", "");
	next();
	ck_assert_ptr_nonnull(json_object_get(
		json_object_get(reply, "parameters"), "mistakes"));
	next();
	ck_assert_ptr_nonnull(json_object_get(
		json_object_get(reply, "parameters"), "vendor"));
	ck_assert(fleet_find(&run.fleet, "b")->is_held);
}
END_TEST

START_TEST(a_call_may_come_byte_by_byte)
{
	static const char CALL[] =
		"{\"method\":\"org.varlink.service.GetInfo\"}";

	for (size_t i = 0; i < sizeof(CALL); i++) {
		send_bytes(CALL + i, 1);
		ev_run(run.fleet.loop, EVRUN_NOWAIT);
	}
	ck_assert_ptr_nonnull(next());
}
END_TEST

START_TEST(nonsense_ends_the_connection)
{
	send_bytes("nonsense", 9);
	ck_assert_ptr_null(next());
}
END_TEST

START_TEST(a_message_without_an_end_ends_the_connection)
{
	static char bytes[CONNECTION_MESSAGE_MAX / 2];

	memset(bytes, 'x', sizeof(bytes));
	for (int i = 0; i < 4 && !has_ended; i++) {
		send(client, bytes, sizeof(bytes), MSG_NOSIGNAL | MSG_DONTWAIT);
		ev_run(run.fleet.loop, EVRUN_NOWAIT);
	}
	ck_assert_ptr_null(next());
}
END_TEST

static void on_tick(struct ev_loop *loop, ev_timer *timer, int events)
{
	(void)loop;
	(void)events;
	*(bool *)timer->data = true;
}

/* How often it wakes up in a fifth of a second. */
static int turns_of(struct ev_loop *loop)
{
	ev_timer tick;
	bool is_over = false;
	int turns = 0;

	ev_now_update(loop);
	ev_timer_init(&tick, on_tick, 0.2, 0.);
	tick.data = &is_over;
	ev_timer_start(loop, &tick);
	while (!is_over) {
		ev_run(loop, EVRUN_ONCE);
		turns++;
	}
	return turns;
}

START_TEST(without_descriptors_it_waits_and_goes_on)
{
	struct rlimit usual, scarce;

	ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &usual), 0);
	scarce = usual;
	scarce.rlim_cur = (rlim_t)client + 1;
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &scarce), 0);
	ck_assert_int_lt(dup(client), 0);
	ck_assert_int_lt(turns_of(run.fleet.loop), 100);
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &usual), 0);
	/* valgrind accepts and closes where the kernel does not accept. */
	hang_up();
	connect_client();
	ck_assert_ptr_nonnull(ask("Status", ""));
}
END_TEST

START_TEST(others_may_read_and_change_nothing)
{
	if (geteuid() != 0)
		return;
	hang_up();
	chmod(run.vault.folder, 0755);
	ck_assert_int_eq(seteuid(65534), 0);
	connect_client();
	ck_assert_int_eq(seteuid(0), 0);
	ck_assert_str_eq(error_of("Status", ""), "");
	ck_assert_str_eq(error_of("Hold", NAME("b")),
		"org.varlink.service.PermissionDenied");
	ck_assert(!fleet_find(&run.fleet, "b")->is_held);
}
END_TEST

START_TEST(a_second_daemon_is_told_of_the_first)
{
	static const struct control_daemon DAEMON = {.walls = no_walls};
	struct error err;

	ck_assert_ptr_null(
		control_new(run.fleet.loop, run.schedule, &DAEMON, &err));
	ck_assert_str_eq(err.code, "L8");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("control");
	TCase *tests = tcase_create("control");

	tcase_set_timeout(tests, 120);
	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(tests, status_lists_all);
	tcase_add_test(tests, status_goes_by_a_pattern);
	tcase_add_test(tests, a_name_is_asked_for);
	tcase_add_test(tests, whose_state_is_not_read_is_not_changed);
	tcase_add_test(tests, a_hold_needs_a_date_to_come);
	tcase_add_test(tests, history_is_of_one_or_of_all_by_time);
	tcase_add_test(tests, a_large_history_comes_in_pages);
	tcase_add_test(tests, a_large_status_comes_in_pages);
	tcase_add_test(tests, a_pattern_is_looked_for_in_several_turns);
	tcase_add_test(tests, who_goes_away_between_two_pages_is_forgotten);
	tcase_add_test(tests, a_renewal_is_followed_to_its_end);
	tcase_add_test(tests, who_goes_away_is_followed_no_more);
	tcase_add_test(tests, watching_needs_more);
	tcase_add_test(tests, a_reload_tells_the_mistakes);
	tcase_add_test(tests, calls_are_answered_in_their_order);
	tcase_add_test(tests, a_call_may_come_byte_by_byte);
	tcase_add_test(tests, nonsense_ends_the_connection);
	tcase_add_test(tests, a_message_without_an_end_ends_the_connection);
	tcase_add_test(tests, without_descriptors_it_waits_and_goes_on);
	tcase_add_test(tests, others_may_read_and_change_nothing);
	tcase_add_test(tests, a_second_daemon_is_told_of_the_first);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
