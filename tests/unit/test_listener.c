/* SPDX-License-Identifier: MIT */
#include "listener.h"

#include "suite.h"

#include <check.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/un.h>
#include <unistd.h>

static struct ev_loop *loop;
static struct listener listener;
static struct sockaddr_un address;
static socklen_t length;
static unsigned calls;
static int client, guest; /* both ends; -1: none */

static void on_ready(struct ev_loop *of, ev_io *io, int events)
{
	(void)of;
	(void)events;
	ck_assert_ptr_eq(io->data, &calls);
	calls++;
	guest = listener_accept(&listener, NULL, NULL);
}

static void connect_client(void)
{
	client = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	ck_assert_int_eq(
		connect(client, (struct sockaddr *)&address, length), 0);
}

/* A socket without a path: the kernel chooses a name. */
static void set_up(void)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	address = (struct sockaddr_un){.sun_family = AF_UNIX};
	length = sizeof(sa_family_t);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&address, length), 0);
	length = sizeof(address);
	ck_assert_int_eq(
		getsockname(fd, (struct sockaddr *)&address, &length), 0);
	ck_assert_int_eq(listen(fd, 8), 0);
	calls = 0;
	guest = -1;
	loop = ev_loop_new(EVFLAG_NOTIMERFD);
	listener_start(&listener, loop, fd, on_ready, &calls);
	connect_client();
}

static void tear_down(void)
{
	listener_stop(&listener);
	close(client);
	if (guest >= 0)
		close(guest);
	ev_loop_destroy(loop);
}

START_TEST(who_waits_is_let_in)
{
	ev_run(loop, EVRUN_ONCE);
	ck_assert_uint_eq(calls, 1);
	ck_assert_int_ge(guest, 0);
	ck_assert(fcntl(guest, F_GETFL) & O_NONBLOCK);
	ck_assert(fcntl(guest, F_GETFD) & FD_CLOEXEC);
}
END_TEST

START_TEST(nobody_more_is_no_reason_to_look_away)
{
	ev_run(loop, EVRUN_ONCE);
	ck_assert_int_lt(listener_accept(&listener, NULL, NULL), 0);
	ck_assert(!listener_is_pausing(&listener));
}
END_TEST

START_TEST(without_descriptors_it_looks_away_for_a_while)
{
	struct rlimit usual, scarce;

	ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &usual), 0);
	scarce = usual;
	scarce.rlim_cur = (rlim_t)client + 1;
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &scarce), 0);
	ev_run(loop, EVRUN_ONCE);
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &usual), 0);
	ck_assert_int_lt(guest, 0);
	ck_assert(listener_is_pausing(&listener));
	ev_run(loop, EVRUN_NOWAIT);
	ck_assert_uint_eq(calls, 1);
	/* valgrind accepts and closes where the kernel does not accept. */
	close(client);
	connect_client();
	listener_pause(&listener, 0.01);
	while (guest < 0)
		ev_run(loop, EVRUN_ONCE);
	ck_assert(!listener_is_pausing(&listener));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("listener");
	TCase *tests = tcase_create("listener");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(tests, who_waits_is_let_in);
	tcase_add_test(tests, nobody_more_is_no_reason_to_look_away);
	tcase_add_test(tests, without_descriptors_it_looks_away_for_a_while);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
