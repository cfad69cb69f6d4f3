/* SPDX-License-Identifier: MIT */
#include "sockets.h"

#include "suite.h"

#include <check.h>
#include <unistd.h>

static struct ev_loop *loop;
static struct sockets sockets;
static ev_timer late;
static int ends[2];
static char told[8]; /* 'r' for a socket that was read, 't' for the timer */
static size_t count;

static void on_event(void *data, int socket, int events)
{
	char byte;

	ck_assert_ptr_eq(data, &sockets);
	ck_assert_int_eq(events, EV_READ);
	ck_assert_int_eq(read(socket, &byte, 1), 1);
	told[count++] = 'r';
	ev_timer_stop(loop, &late);
}

static void on_late(struct ev_loop *turning, ev_timer *timer, int events)
{
	(void)timer;
	(void)events;
	told[count++] = 't';
	ev_break(turning, EVBREAK_ALL);
}

static void set_up(void)
{
	loop = ev_loop_new(EVFLAG_NOENV);
	sockets = (struct sockets){
		.loop = loop, .on_event = on_event, .data = &sockets};
	count = 0;
	ck_assert_int_eq(pipe(ends), 0);
	ev_timer_init(&late, on_late, 0., 0.);
}

static void tear_down(void)
{
	sockets_clear(&sockets);
	ev_timer_stop(loop, &late);
	ev_loop_destroy(loop);
	close(ends[0]);
	close(ends[1]);
}

START_TEST(what_has_arrived_comes_before_a_timer_that_has_ended)
{
	sockets_watch(&sockets, ends[0], EV_READ);
	ck_assert_int_eq(write(ends[1], "x", 1), 1);
	ev_timer_start(loop, &late);
	ev_run(loop, EVRUN_ONCE);
	ck_assert_uint_eq(count, 1);
	ck_assert_int_eq(told[0], 'r');
}
END_TEST

START_TEST(a_socket_that_is_forgotten_is_not_told_of)
{
	sockets_watch(&sockets, ends[0], EV_READ);
	sockets_watch(&sockets, ends[0], 0);
	sockets_watch(&sockets, ends[0], 0);
	ck_assert_int_eq(write(ends[1], "x", 1), 1);
	ev_timer_start(loop, &late);
	ev_run(loop, 0);
	ck_assert_uint_eq(count, 1);
	ck_assert_int_eq(told[0], 't');
}
END_TEST

START_TEST(another_wish_replaces_the_one_before)
{
	sockets_watch(&sockets, ends[0], EV_WRITE);
	sockets_watch(&sockets, ends[0], EV_READ);
	ck_assert_int_eq(write(ends[1], "x", 1), 1);
	ev_run(loop, EVRUN_ONCE);
	ck_assert_uint_eq(count, 1);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("sockets");
	TCase *tests = tcase_create("sockets");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(
		tests, what_has_arrived_comes_before_a_timer_that_has_ended);
	tcase_add_test(tests, a_socket_that_is_forgotten_is_not_told_of);
	tcase_add_test(tests, another_wish_replaces_the_one_before);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
