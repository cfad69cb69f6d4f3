/* SPDX-License-Identifier: MIT */
#include "watchdog.h"

#include "fake_helper.h"
#include "suite.h"
#include "text.h"

#include <check.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

static struct ev_loop *loop;
static struct fake_helper fake;
static struct helper *helper;
static struct watchdog *watchdog;
static ev_io manager; /* where NOTIFY_SOCKET leads to */
static unsigned pings;
static bool is_started;
static time_t passed; /* seconds, by the clocks of this program */

int clock_gettime(clockid_t id, struct timespec *when)
{
	if (syscall(SYS_clock_gettime, id, when) < 0)
		return -1;
	when->tv_sec += passed;
	return 0;
}
static unsigned wanted; /* pings that end the loop */

static void on_notify(struct ev_loop *unused, ev_io *io, int events)
{
	char text[64] = "";

	(void)unused;
	(void)events;
	ck_assert_int_gt(recv(io->fd, text, sizeof(text) - 1, 0), 0);
	ck_assert_str_eq(text,
		is_started ? "WATCHDOG=1" : "EXTEND_TIMEOUT_USEC=90000000");
	if (++pings == wanted)
		ev_break(loop, EVBREAK_ALL);
}

/* An abstract address that the kernel chooses. */
static void play_manager(void)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	socklen_t length = sizeof(address);
	char name[sizeof(address.sun_path)] = "@";
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&address,
				 offsetof(struct sockaddr_un, sun_path)),
		0);
	ck_assert_int_eq(
		getsockname(fd, (struct sockaddr *)&address, &length), 0);
	memcpy(name + 1, address.sun_path + 1,
		length - offsetof(struct sockaddr_un, sun_path) - 1);
	ck_assert_int_eq(setenv("NOTIFY_SOCKET", name, 1), 0);
	ev_io_init(&manager, on_notify, fd, EV_READ);
	ev_io_start(loop, &manager);
}

static void answer(struct fake_helper *from, const json_t *request)
{
	const char *verb = json_string_value(json_object_get(request, "verb"));

	ck_assert_str_eq(verb, "ping");
	fake_helper_reply(from, request, json_object());
}

static void on_end(void *data, const struct error *err)
{
	(void)data;
	(void)err;
}

/* As a unit with that WatchdogSec=, in microseconds; "": without one. */
static void begin(const char *microseconds,
	void (*on_request)(struct fake_helper *, const json_t *))
{
	struct error err;

	pings = wanted = 0;
	is_started = false;
	passed = 0;
	loop = ev_loop_new(EVFLAG_NOENV);
	play_manager();
	unsetenv("WATCHDOG_PID");
	if (*microseconds)
		setenv("WATCHDOG_USEC", microseconds, 1);
	else
		unsetenv("WATCHDOG_USEC");
	fake = (struct fake_helper){.on_request = on_request};
	fake_helper_start(&fake, loop, "vault");
	helper = helper_new(loop, "vault", on_end, NULL, &err);
	ck_assert_ptr_nonnull(helper);
	watchdog = watchdog_new(loop, helper);
}

static void start(const char *microseconds,
	void (*on_request)(struct fake_helper *, const json_t *))
{
	begin(microseconds, on_request);
	watchdog_started(watchdog);
	is_started = true;
}

static void stop(void)
{
	watchdog_free(watchdog);
	helper_free(helper);
	fake_helper_stop(&fake);
	ev_io_stop(loop, &manager);
	close(manager.fd);
	ev_loop_destroy(loop);
}

static void on_late(struct ev_loop *unused, ev_timer *timer, int events)
{
	(void)unused;
	(void)timer;
	(void)events;
	ev_break(loop, EVBREAK_ALL);
}

/* So long that what was about to happen has happened. */
static void run_a_while(void)
{
	ev_timer late;

	ev_timer_init(&late, on_late, 0.2, 0.);
	ev_timer_start(loop, &late);
	ev_run(loop, 0);
	ev_timer_stop(loop, &late);
}

static void run_until_pings(unsigned count)
{
	wanted = count;
	ev_run(loop, 0);
	wanted = 0;
}

static void pass(time_t seconds)
{
	passed += seconds;
	ev_now_update(loop);
}

START_TEST(a_ping_follows_the_answer_of_the_vault)
{
	start("180000000", answer);
	watchdog_minute(watchdog);
	run_until_pings(1);
	ck_assert_uint_eq(fake.packets, 1);
	stop();
}
END_TEST

START_TEST(a_start_asks_for_patience_until_it_is_over)
{
	begin("180000000", answer);
	run_until_pings(1);
	pass(30);
	run_until_pings(2);
	watchdog_started(watchdog);
	is_started = true;
	pass(60);
	watchdog_minute(watchdog);
	run_until_pings(3);
	stop();
}
END_TEST

START_TEST(a_vault_that_is_silent_gives_none)
{
	start("40000", NULL);
	watchdog_minute(watchdog);
	run_a_while();
	ck_assert_uint_le(fake.packets, 1);
	ck_assert_uint_eq(pings, 0);
	stop();
}
END_TEST

START_TEST(the_vault_is_asked_once_a_minute)
{
	start("180000000", answer);
	watchdog_minute(watchdog);
	run_until_pings(1);
	watchdog_minute(watchdog);
	run_a_while();
	ck_assert_uint_eq(fake.packets, 1);
	stop();
}
END_TEST

START_TEST(a_short_WatchdogSec_is_kept)
{
	start("40000", answer);
	run_until_pings(3);
	ck_assert_uint_eq(pings, 3);
	stop();
}
END_TEST

START_TEST(without_WatchdogSec_nothing_wakes_the_loop)
{
	start("", answer);
	run_a_while();
	ck_assert_uint_eq(fake.packets, 0);
	stop();
}
END_TEST

START_TEST(it_may_end_while_the_vault_is_asked)
{
	start("180000000", answer);
	watchdog_minute(watchdog);
	watchdog_free(watchdog);
	watchdog = NULL;
	run_a_while();
	ck_assert_uint_eq(pings, 0);
	stop();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("watchdog");
	TCase *tests = tcase_create("watchdog");

	tcase_add_test(tests, a_ping_follows_the_answer_of_the_vault);
	tcase_add_test(tests, a_start_asks_for_patience_until_it_is_over);
	tcase_add_test(tests, a_vault_that_is_silent_gives_none);
	tcase_add_test(tests, the_vault_is_asked_once_a_minute);
	tcase_add_test(tests, a_short_WatchdogSec_is_kept);
	tcase_add_test(tests, without_WatchdogSec_nothing_wakes_the_loop);
	tcase_add_test(tests, it_may_end_while_the_vault_is_asked);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
