/* SPDX-License-Identifier: MIT */
#include "hook_queue.h"

#include "mem.h"
#include "message.h"
#include "paths.h"
#include "suite.h"
#include "text.h"

#include <check.h>
#undef fail
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define TALKS_MAX 8

/* The hand, which answers when the test says so. */
struct talk {
	int socket; /* -1: none, or over */
	json_t *asked; /* the request that is not answered yet, or NULL */
	unsigned requests;
};

static struct ev_loop *loop;
static struct conversations *conversations;
static struct hook_queue *queue;
static struct talk talks[TALKS_MAX];
static unsigned talk_count;
static int listening;
static char folder[32];
static struct config_challenge settings;
static struct challenge answer;
static char words[][12] = {"/bin/hook", "/bin/other"};
static char *items[] = {words[0]};
static unsigned ends;
static struct error last;
static unsigned troubles;

static void on_trouble(
	void *data, const char *certificate, const struct error *err)
{
	(void)data;
	(void)certificate;
	troubles++;
	last = *err;
}

static void set_up(void)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	char runtime[64];

	strcpy(folder, "/tmp/acmed-unit-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	snprintf(runtime, sizeof(runtime), "%s/run", folder);
	setenv("RUNTIME_DIRECTORY", runtime, 1);
	ck_assert_int_eq(mkdir(paths_sockets(), 0700), 0);
	snprintf(address.sun_path, sizeof(address.sun_path), "%s/hand",
		paths_sockets());
	listening = socket(
		AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	ck_assert_int_eq(bind(listening, (void *)&address, sizeof(address)), 0);
	ck_assert_int_eq(listen(listening, TALKS_MAX), 0);
	talk_count = ends = troubles = 0;
	loop = ev_loop_new(EVFLAG_NOENV);
	conversations = conversations_new(loop);
	queue = hook_queue_new(loop, conversations, on_trouble, NULL);
	settings = (struct config_challenge){
		.command = {items, 1}, .solver = SOLVER_EXEC};
	items[0] = words[0];
	answer = (struct challenge){.token = words[0], .answer = words[0]};
	ck_assert(identifier_parse("a.example", &answer.identifier, NULL));
}

static void tear_down(void)
{
	char command[64];

	hook_queue_free(queue);
	conversations_free(conversations);
	for (unsigned i = 0; i < talk_count; i++) {
		json_decref(talks[i].asked);
		if (talks[i].socket >= 0)
			close(talks[i].socket);
	}
	close(listening);
	ev_loop_destroy(loop);
	snprintf(command, sizeof(command), "rm -rf '%s'", folder);
	ck_assert_int_eq(system(command), 0);
}

static void on_end(void *data, const struct error *err)
{
	(void)data;
	ends++;
	last = err ? *err : (struct error){0};
}

static struct hook_run *present(const char *certificate)
{
	return hook_queue_present(
		queue, certificate, &settings, &answer, on_end, NULL);
}

static void read_talk(struct talk *talk)
{
	static char bytes[MESSAGE_MAX];
	ssize_t length = recv(talk->socket, bytes, sizeof(bytes), MSG_DONTWAIT);

	if (length < 0)
		return;
	if (length == 0) {
		close(talk->socket);
		talk->socket = -1;
		return;
	}
	ck_assert_ptr_null(talk->asked); /* one at a time */
	talk->asked = json_loadb(bytes, (size_t)length, 0, NULL);
	talk->requests++;
}

/* Until nothing happens any more. */
static void turn(void)
{
	for (int i = 0; i < 20; i++) {
		ev_run(loop, EVRUN_NOWAIT);
		int fd = accept(listening, NULL, NULL);
		if (fd >= 0)
			talks[talk_count++] = (struct talk){.socket = fd};
		for (unsigned j = 0; j < talk_count; j++)
			if (talks[j].socket >= 0)
				read_talk(&talks[j]);
	}
}

static const char *verb_at(unsigned index)
{
	const json_t *asked = index < talk_count ? talks[index].asked : NULL;
	const char *verb = json_string_value(json_object_get(asked, "verb"));

	return verb ? verb : "";
}

static unsigned running(void)
{
	unsigned count = 0;

	for (unsigned i = 0; i < talk_count; i++)
		count += talks[i].asked != NULL;
	return count;
}

static void reply(unsigned index, const char *code)
{
	struct talk *talk = &talks[index];
	struct error err = {0};
	size_t length;

	ck_assert_ptr_nonnull(talk->asked);
	json_t *object;
	if (code) {
		fail_cause(&err, ERROR_LOCAL, code, "no");
		object = message_error(talk->asked, &err);
	} else {
		object = json_pack(
			"{s:O}", "id", json_object_get(talk->asked, "id"));
	}
	json_decref(take(talk->asked));
	char *bytes = message_encode(object, &length, &err);
	ck_assert_int_eq(send(talk->socket, bytes, length, 0), (ssize_t)length);
	free(bytes);
	json_decref(object);
	turn();
}

START_TEST(a_hook_is_presented_and_withdrawn)
{
	struct hook_run *run = present("one");

	ck_assert_uint_eq(ends, 0);
	turn();
	ck_assert_str_eq(verb_at(0), "present");
	reply(0, NULL);
	ck_assert_uint_eq(ends, 1);
	ck_assert_int_eq(last.kind, ERROR_NONE);
	hook_run_withdraw(run);
	turn();
	ck_assert_str_eq(verb_at(0), "withdraw");
	ck_assert_int_ge(talks[0].socket, 0);
	reply(0, NULL);
	ck_assert_int_lt(talks[0].socket, 0);
	ck_assert_uint_eq(ends, 1);
}
END_TEST

START_TEST(one_of_a_command_runs_at_a_time_over_all_certificates)
{
	present("one");
	present("two");
	present("one");
	turn();
	ck_assert_uint_eq(talk_count, 1);
	reply(0, NULL);
	ck_assert_uint_eq(running(), 1);
	ck_assert_str_eq(verb_at(1), "present");
	reply(1, NULL);
	ck_assert_str_eq(verb_at(0), "present"); /* the talk goes on */
	reply(0, NULL);
	ck_assert_uint_eq(ends, 3);
	ck_assert_uint_eq(talk_count, 2);
}
END_TEST

START_TEST(other_commands_do_not_wait)
{
	present("one");
	items[0] = words[1];
	present("one");
	turn();
	ck_assert_uint_eq(running(), 2);
	ck_assert_uint_eq(talk_count, 2);
}
END_TEST

START_TEST(as_many_run_side_by_side_as_are_wanted)
{
	settings.concurrency = 3;
	for (int i = 0; i < 5; i++)
		present("one");
	turn();
	ck_assert_uint_eq(running(), 3);
	ck_assert_uint_eq(talk_count, 3);
	reply(1, NULL);
	reply(1, NULL);
	ck_assert_uint_eq(running(), 3);
	ck_assert_uint_eq(talk_count, 3);
}
END_TEST

START_TEST(withdrawing_takes_its_turn_too)
{
	struct hook_run *run = present("one");

	turn();
	reply(0, NULL);
	present("two");
	turn();
	ck_assert_str_eq(verb_at(1), "present");
	hook_run_withdraw(run);
	turn();
	ck_assert_str_eq(verb_at(0), "");
	reply(1, NULL);
	ck_assert_str_eq(verb_at(0), "withdraw");
}
END_TEST

START_TEST(a_run_that_waits_is_withdrawn_without_a_word)
{
	present("one");
	hook_run_withdraw(present("two"));
	turn();
	reply(0, NULL);
	ck_assert_uint_eq(talk_count, 1);
	ck_assert_uint_eq(ends, 1);
}
END_TEST

START_TEST(a_run_under_way_is_withdrawn_at_its_end)
{
	struct hook_run *run = present("one");

	turn();
	hook_run_withdraw(run);
	turn();
	ck_assert_str_eq(verb_at(0), "present");
	reply(0, NULL);
	ck_assert_str_eq(verb_at(0), "withdraw");
	ck_assert_uint_eq(ends, 0);
	reply(0, NULL);
	ck_assert_int_lt(talks[0].socket, 0);
}
END_TEST

START_TEST(what_failed_is_withdrawn_as_well)
{
	struct hook_run *run = present("one");

	turn();
	reply(0, "E4");
	ck_assert_uint_eq(ends, 1);
	ck_assert_str_eq(last.code, "E4");
	hook_run_withdraw(run);
	turn();
	ck_assert_str_eq(verb_at(0), "withdraw");
	reply(0, "E4");
	ck_assert_uint_eq(troubles, 1);
}
END_TEST

START_TEST(the_next_attempt_has_a_conversation_of_its_own)
{
	struct hook_run *run = present("one");

	settings.concurrency = 2;
	turn();
	reply(0, NULL);
	hook_run_withdraw(run);
	turn();
	reply(0, NULL);
	present("one");
	turn();
	ck_assert_str_eq(verb_at(1), "present");
}
END_TEST

START_TEST(a_hand_that_dies_is_an_error_and_the_next_one_is_asked)
{
	struct hook_run *run = present("one");

	present("two");
	turn();
	close(talks[0].socket);
	talks[0].socket = -1;
	turn();
	ck_assert_uint_eq(ends, 1);
	ck_assert_str_eq(last.code, "M9");
	ck_assert_str_eq(verb_at(1), "present");
	hook_run_withdraw(run);
	reply(1, NULL);
	ck_assert_uint_eq(troubles, 1);
}
END_TEST

START_TEST(a_missing_hand_is_an_error)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/hand", paths_sockets());
	ck_assert_int_eq(unlink(path), 0);
	struct hook_run *run = present("one");
	turn();
	ck_assert_uint_eq(ends, 1);
	ck_assert_int_eq(last.kind, ERROR_LOCAL);
	hook_run_withdraw(run);
	turn();
	ck_assert_uint_eq(troubles, 0);
}
END_TEST

int main(void)
{
	TCase *tests = tcase_create("hook_queue");
	Suite *suite = suite_create("hook_queue");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_set_timeout(tests, 60);
	tcase_add_test(tests, a_hook_is_presented_and_withdrawn);
	tcase_add_test(
		tests, one_of_a_command_runs_at_a_time_over_all_certificates);
	tcase_add_test(tests, other_commands_do_not_wait);
	tcase_add_test(tests, as_many_run_side_by_side_as_are_wanted);
	tcase_add_test(tests, withdrawing_takes_its_turn_too);
	tcase_add_test(tests, a_run_that_waits_is_withdrawn_without_a_word);
	tcase_add_test(tests, a_run_under_way_is_withdrawn_at_its_end);
	tcase_add_test(tests, what_failed_is_withdrawn_as_well);
	tcase_add_test(tests, the_next_attempt_has_a_conversation_of_its_own);
	tcase_add_test(
		tests, a_hand_that_dies_is_an_error_and_the_next_one_is_asked);
	tcase_add_test(tests, a_missing_hand_is_an_error);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
