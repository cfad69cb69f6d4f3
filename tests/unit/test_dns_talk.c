/* SPDX-License-Identifier: MIT */
#include "dns_talk.h"

#include "suite.h"

#include <arpa/inet.h>
#include <check.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#undef fail

#define DEADLINE 0.05

static const unsigned char QUESTION[] = "\x12\x34 a question";

static struct ev_loop *loop;
static int server;
static struct sockaddr_in place;
static unsigned ends;
static size_t got;
static struct error last;

static void set_up(void)
{
	socklen_t length = sizeof(place);

	loop = ev_loop_new(EVFLAG_NOENV);
	ends = 0;
	place = (struct sockaddr_in){.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	server = socket(AF_INET, SOCK_DGRAM, 0);
	ck_assert_int_eq(bind(server, (void *)&place, sizeof(place)), 0);
	ck_assert_int_eq(getsockname(server, (void *)&place, &length), 0);
}

static void tear_down(void)
{
	close(server);
	ev_loop_destroy(loop);
}

static void on_end(void *data, const unsigned char *reply, size_t length,
	const struct error *err)
{
	(void)data;
	(void)reply;
	ends++;
	got = length;
	last = err ? *err : (struct error){0};
}

static void ask(void)
{
	const struct dns_address address = {
		.family = AF_INET, .text = "127.0.0.1"};

	dns_talk_start(&(struct dns_talk_wish){
		.loop = loop,
		.address = &address,
		.port = ntohs(place.sin_port),
		.message = QUESTION,
		.length = sizeof(QUESTION),
		.deadline = DEADLINE,
		.on_end = on_end,
	});
}

static void answer(const void *reply, size_t length)
{
	struct sockaddr_in peer;
	socklen_t size = sizeof(peer);
	char question[sizeof(QUESTION)];

	ck_assert_int_eq(recvfrom(server, question, sizeof(question), 0,
				 (void *)&peer, &size),
		(ssize_t)sizeof(QUESTION));
	ck_assert_int_eq(sendto(server, reply, length, 0, (void *)&peer, size),
		(ssize_t)length);
}

/* As a loop that is busy with something else. */
static void miss_the_deadline(void)
{
	const struct timespec wait = {.tv_nsec = 60 * 1000 * 1000};

	nanosleep(&wait, NULL);
}

START_TEST(an_answer_that_came_in_time_counts_when_the_loop_is_late)
{
	ask();
	answer(QUESTION, sizeof(QUESTION));
	miss_the_deadline();
	ev_run(loop, 0);
	ck_assert_uint_eq(ends, 1);
	ck_assert_int_eq(last.kind, ERROR_NONE);
	ck_assert_uint_eq(got, sizeof(QUESTION));
}
END_TEST

START_TEST(who_does_not_answer_is_named)
{
	ask();
	ev_run(loop, 0);
	ck_assert_uint_eq(ends, 1);
	ck_assert_str_eq(last.code, "D6");
	ck_assert_ptr_nonnull(strstr(last.text, "127.0.0.1 port "));
}
END_TEST

START_TEST(an_answer_to_another_question_is_none)
{
	ask();
	answer("\x43\x21 an answer", 12);
	ev_run(loop, 0);
	ck_assert_uint_eq(ends, 1);
	ck_assert_int_eq(last.kind, ERROR_TRANSIENT);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("dns_talk");
	TCase *tests = tcase_create("dns_talk");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(tests,
		an_answer_that_came_in_time_counts_when_the_loop_is_late);
	tcase_add_test(tests, who_does_not_answer_is_named);
	tcase_add_test(tests, an_answer_to_another_question_is_none);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
