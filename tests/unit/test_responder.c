/* SPDX-License-Identifier: MIT */
#include "responder.h"

#include "http01.h"
#include "suite.h"
#include "text.h"

#include <arpa/inet.h>
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define TOKEN "evaGxfADs6pSRb2LAv9IZf17Dt3juxGJ-PCt92wr-oA"
#define ANSWER TOKEN ".9jg46WB3rR_AHD-EBXdN7cBkH1WOu0tA3M9fm21mqTI"
#define GET "GET /.well-known/acme-challenge/" TOKEN " HTTP/1.1\r\n"
#define PATIENCE 20. /* of the tests; nothing waits for it when all is well */

static struct ev_loop *loop;
static struct responder *responder;
static struct reception_listener *listener;
static struct sockaddr_in address;
static ev_timer patience;
static unsigned fetches;
static double deadline;

static const char *on_find(void *data, const char *token)
{
	(void)data;
	return streq(token, TOKEN) ? ANSWER : NULL;
}

static void on_fetch(void *data, const char *token)
{
	(void)data;
	ck_assert_str_eq(token, TOKEN);
	fetches++;
}

static void on_impatience(struct ev_loop *l, ev_timer *timer, int events)
{
	(void)l;
	(void)timer;
	(void)events;
	ck_abort_msg("the responder does not answer");
}

static void set_up(void)
{
	struct responder_source source = {
		.find = on_find,
		.on_fetch = on_fetch,
		.deadline = deadline,
	};
	socklen_t length = sizeof(address);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	address = (struct sockaddr_in){.sin_family = AF_INET};
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	ck_assert_int_eq(
		bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	ck_assert_int_eq(listen(fd, 512), 0);
	getsockname(fd, (struct sockaddr *)&address, &length);
	loop = ev_loop_new(EVFLAG_NOENV);
	ev_timer_init(&patience, on_impatience, PATIENCE, 0.);
	ev_timer_start(loop, &patience);
	responder = responder_new(loop, &source);
	listener = reception_listen(responder_reception(responder), fd);
}

static void tear_down(void)
{
	responder_free(responder);
	ev_timer_stop(loop, &patience);
	ev_loop_destroy(loop);
	deadline = 0;
	fetches = 0;
}

static int dial(void)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	ck_assert_int_eq(
		connect(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	return fd;
}

static void say(int fd, const char *text)
{
	ssize_t sent = send(fd, text, strlen(text), MSG_NOSIGNAL);

	ck_assert_int_eq(sent, (ssize_t)strlen(text));
}

/* What one recv gives while the loop turns; 0 at the end of file. */
static size_t hear(int fd, char *out, size_t size)
{
	for (;;) {
		ssize_t got = recv(fd, out, size, MSG_DONTWAIT);
		if (got >= 0)
			return (size_t)got;
		if (errno != EAGAIN)
			return 0;
		ev_run(loop, EVRUN_ONCE);
	}
}

/* Hears `size` bytes, or less at the end of file. */
static size_t hear_all(int fd, char *out, size_t size)
{
	size_t length = 0;
	size_t got;

	while (length < size &&
		(got = hear(fd, out + length, size - length)) > 0)
		length += got;
	return length;
}

static size_t reply_length(void)
{
	char out[HTTP01_REPLY_MAX];
	struct http01_request request = {
		.status = HTTP01_OK,
		.keeps_alive = true,
	};

	return http01_reply(out, &request, ANSWER);
}

START_TEST(a_known_token_is_answered_and_told)
{
	char reply[2048] = "";
	int fd = dial();

	say(fd, GET "Host: a.example\r\nConnection: close\r\n\r\n");
	hear_all(fd, reply, sizeof(reply) - 1);
	ck_assert(text_starts_with(reply, "HTTP/1.1 200 OK\r\n"));
	ck_assert(text_ends_with(reply, "\r\n\r\n" ANSWER));
	ck_assert_uint_eq(fetches, 1);
	close(fd);
}
END_TEST

START_TEST(an_unknown_token_is_neither_served_nor_told)
{
	char reply[2048] = "";
	int fd = dial();

	say(fd,
		"GET /.well-known/acme-challenge/abc HTTP/1.0\r\n"
		"Host: a.example\r\n\r\n");
	hear_all(fd, reply, sizeof(reply) - 1);
	ck_assert(text_starts_with(reply, "HTTP/1.1 404 "));
	ck_assert_ptr_null(strstr(reply, "abc"));
	ck_assert_uint_eq(fetches, 0);
	close(fd);
}
END_TEST

START_TEST(a_request_may_come_byte_by_byte)
{
	const char *text = GET "\r\n";
	char reply[2048] = "";
	int fd = dial();

	for (const char *at = text; *at; at++) {
		ck_assert_int_eq(send(fd, at, 1, 0), 1);
		ev_run(loop, EVRUN_NOWAIT);
	}
	hear_all(fd, reply, reply_length());
	ck_assert(text_ends_with(reply, ANSWER));
	close(fd);
}
END_TEST

START_TEST(requests_may_be_pipelined)
{
	char reply[8192] = "";
	size_t length = reply_length();
	int fd = dial();

	say(fd, GET "\r\n" GET "\r\n" GET "\r\n");
	ck_assert_uint_eq(hear_all(fd, reply, 3 * length), 3 * length);
	ck_assert(text_ends_with(reply, ANSWER));
	ck_assert_uint_eq(fetches, 3);
	say(fd, GET "\r\n"); /* and the connection is kept */
	ck_assert_uint_eq(hear_all(fd, reply, length), length);
	close(fd);
}
END_TEST

START_TEST(ten_thousand_bytes_are_refused)
{
	char reply[2048] = "";
	char *bytes = malloc(10001);
	int fd = dial();

	memset(bytes, 'a', 10000);
	bytes[10000] = '\0';
	say(fd, bytes);
	hear_all(fd, reply, sizeof(reply) - 1);
	ck_assert(text_starts_with(reply, "HTTP/1.1 400 "));
	close(fd);
	free(bytes);
}
END_TEST

START_TEST(a_refused_client_hears_why_before_the_end)
{
	char reply[2048] = "";
	int fd = dial();

	say(fd, "POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello");
	hear_all(fd, reply, sizeof(reply) - 1);
	ck_assert(text_starts_with(reply, "HTTP/1.1 400 "));
	ck_assert(text_ends_with(reply, "Bad Request"));
	close(fd);
}
END_TEST

START_TEST(half_a_request_does_not_wait_for_ever)
{
	char reply[64];
	int fd = dial();

	say(fd, "GET /");
	ck_assert_uint_eq(hear_all(fd, reply, sizeof(reply)), 0);
	close(fd);
}
END_TEST

START_TEST(of_too_many_connections_the_oldest_goes)
{
	int fds[RECEPTION_GUESTS + 8];
	size_t count = sizeof(fds) / sizeof(*fds);
	char reply[2048] = "";

	for (size_t i = 0; i < count; i++)
		fds[i] = dial();
	for (size_t i = 0; i < 8; i++)
		ck_assert_uint_eq(hear(fds[i], reply, sizeof(reply)), 0);
	for (size_t i = 8; i < count; i++) {
		say(fds[i], GET "\r\n");
		ck_assert_uint_eq(hear_all(fds[i], reply, reply_length()),
			reply_length());
	}
	for (size_t i = 0; i < count; i++)
		close(fds[i]);
}
END_TEST

START_TEST(a_crowd_is_answered_to_the_last)
{
	int fds[RECEPTION_GUESTS + 64];
	size_t count = sizeof(fds) / sizeof(*fds);
	char reply[2048] = "";

	for (size_t i = 0; i < count; i++) {
		fds[i] = dial();
		say(fds[i], GET "\r\n");
	}
	for (size_t i = 0; i < count; i++) {
		ck_assert_uint_eq(hear_all(fds[i], reply, reply_length()),
			reply_length());
		close(fds[i]);
	}
}
END_TEST

START_TEST(a_client_that_hangs_up_is_forgotten)
{
	char reply[2048];
	struct linger reset = {.l_onoff = 1};
	int fd = dial();

	say(fd, GET "\r\n" GET "\r\n");
	setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
	close(fd);
	fd = dial();
	say(fd, GET "\r\n");
	ck_assert_uint_eq(hear_all(fd, reply, reply_length()), reply_length());
	close(fd);
}
END_TEST

START_TEST(a_flood_that_never_reads_blocks_nobody)
{
	char reply[2048];
	int small = 1;
	int flood = dial();
	int fd = dial();

	setsockopt(flood, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small));
	fcntl(flood, F_SETFL, O_NONBLOCK);
	for (int i = 0; i < 2000; i++) {
		const char *text = GET "\r\n" GET "\r\n" GET "\r\n";
		if (send(flood, text, strlen(text), MSG_NOSIGNAL) < 0)
			break;
		ev_run(loop, EVRUN_NOWAIT);
	}
	say(fd, GET "\r\n");
	ck_assert_uint_eq(hear_all(fd, reply, reply_length()), reply_length());
	close(fd);
	close(flood);
}
END_TEST

START_TEST(a_closed_listener_lets_its_connections_finish)
{
	char reply[2048];
	int fd = dial();

	say(fd, GET);
	ev_run(loop, EVRUN_ONCE);
	reception_unlisten(listener);
	say(fd, "\r\n");
	ck_assert_uint_eq(hear_all(fd, reply, reply_length()), reply_length());
	int other = socket(AF_INET, SOCK_STREAM, 0);
	ck_assert_int_lt(
		connect(other, (struct sockaddr *)&address, sizeof(address)),
		0);
	close(other);
	close(fd);
}
END_TEST

static void set_short_deadline(void)
{
	deadline = 0.02;
	set_up();
}

int main(void)
{
	TCase *tests = tcase_create("responder");
	TCase *late = tcase_create("deadline");
	Suite *suite = suite_create("responder");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_set_timeout(tests, 60);
	tcase_add_test(tests, a_known_token_is_answered_and_told);
	tcase_add_test(tests, an_unknown_token_is_neither_served_nor_told);
	tcase_add_test(tests, a_request_may_come_byte_by_byte);
	tcase_add_test(tests, requests_may_be_pipelined);
	tcase_add_test(tests, ten_thousand_bytes_are_refused);
	tcase_add_test(tests, a_refused_client_hears_why_before_the_end);
	tcase_add_test(tests, of_too_many_connections_the_oldest_goes);
	tcase_add_test(tests, a_crowd_is_answered_to_the_last);
	tcase_add_test(tests, a_client_that_hangs_up_is_forgotten);
	tcase_add_test(tests, a_flood_that_never_reads_blocks_nobody);
	tcase_add_test(tests, a_closed_listener_lets_its_connections_finish);
	suite_add_tcase(suite, tests);
	tcase_add_checked_fixture(late, set_short_deadline, tear_down);
	tcase_add_test(late, half_a_request_does_not_wait_for_ever);
	suite_add_tcase(suite, late);
	return suite_run(suite);
}
