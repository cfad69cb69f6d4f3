/* SPDX-License-Identifier: MIT */
#include "journal.h"

#include "log.h"
#include "mem.h"
#include "monotonic.h"
#include "suite.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MANY 1000 /* more than any queue of the kernel takes */
#define LONG \
	"MESSAGE=a sentence of the length that many have who say what failed," \
	" where, and what to do, with all the fields that an entry has\n" \
	"ACMED_CERTIFICATE=shop.test\nACMED_DIAGNOSIS=H1\nACMED_ATTEMPT=1"

static struct sockaddr_un address = {.sun_family = AF_UNIX};
static int journald;
static struct ev_loop *loop;
static struct journal *journal;

/* The journal of this program is at another place. */
int connect(int fd, const struct sockaddr *to, socklen_t size)
{
	(void)to;
	return (int)syscall(SYS_connect, fd, &address, size);
}

static time_t passed; /* by the clock that nobody sets */

int clock_gettime(clockid_t id, struct timespec *when)
{
	if (syscall(SYS_clock_gettime, id, when) < 0)
		return -1;
	if (id == CLOCK_MONOTONIC)
		when->tv_sec += passed;
	return 0;
}

static void journald_start(void)
{
	journald = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	ck_assert_int_ge(journald, 0);
	unlink(address.sun_path);
	ck_assert_int_eq(
		bind(journald, (struct sockaddr *)&address, sizeof(address)),
		0);
}

static void journald_stop(void)
{
	close(journald);
	unlink(address.sun_path);
}

static void set_up(void)
{
	snprintf(address.sun_path, sizeof(address.sun_path), "%s/journal",
		getenv("TEST_DIR"));
	setenv("JOURNAL_STREAM", "1:1", 1);
	passed = 0;
	journald_start();
	loop = ev_loop_new(EVFLAG_AUTO);
	journal = journal_open(loop);
	ck_assert_ptr_nonnull(journal);
}

static void tear_down(void)
{
	journal_close(journal);
	ev_loop_destroy(loop);
	journald_stop();
}

static void say(const char *word, unsigned number, bool is_detail)
{
	struct text entry = {0};

	text_addf(&entry, "%s %u", word, number);
	journal_send(journal, &entry, is_detail);
	ck_assert_ptr_null(entry.data);
}

/* What journald has taken, or "". */
static const char *heard(void)
{
	static char entry[256];
	ssize_t size = recv(journald, entry, sizeof(entry) - 1, MSG_DONTWAIT);

	entry[size > 0 ? size : 0] = '\0';
	return entry;
}

static void assert_heard(const char *word, unsigned number)
{
	char wanted[64];

	snprintf(wanted, sizeof(wanted), "%s %u", word, number);
	ck_assert_str_eq(heard(), wanted);
}

START_TEST(what_is_too_much_at_once_comes_later_in_its_order)
{
	for (unsigned i = 0; i < MANY; i++)
		say("entry", i, true);
	ck_assert_uint_gt(journal_kept(journal), 0);
	for (unsigned i = 0; i < MANY; i++) {
		assert_heard("entry", i);
		if (journal_kept(journal) > 0)
			ev_run(loop, EVRUN_ONCE);
	}
	ck_assert_uint_eq(journal_kept(journal), 0);
	ck_assert_uint_eq(journal_lost(journal), 0);
	ck_assert(!ev_run(loop, EVRUN_ONCE)); /* it waits for nothing more */
}
END_TEST

START_TEST(one_that_was_started_anew_is_told_all)
{
	journald_stop();
	say("first", 1, false);
	say("second", 2, false);
	ck_assert(!ev_run(loop, EVRUN_NOWAIT)); /* and nothing spins */
	ck_assert(!journal_flush(journal));
	ck_assert_uint_eq(journal_kept(journal), 2);
	journald_start();
	ck_assert(journal_flush(journal));
	assert_heard("first", 1);
	assert_heard("second", 2);
	say("third", 3, false);
	assert_heard("third", 3);
}
END_TEST

START_TEST(details_leave_room_for_what_matters)
{
	unsigned details = 0;

	journald_stop();
	for (; journal_lost(journal) == 0; details++)
		say(LONG, details, true);
	ck_assert_uint_gt(details, JOURNAL_KEPT / 2 / 1500);
	ck_assert_uint_lt(details, JOURNAL_KEPT / 2 / 150);
	unsigned long kept = journal_kept(journal);
	say("failure", 1, false);
	ck_assert_uint_eq(journal_kept(journal), kept + 1);
	while (journal_lost(journal) == 1)
		say(LONG, 2, false);
	ck_assert_uint_lt(journal_kept(journal), JOURNAL_KEPT / 150);
	journal_close(take(journal));
	journald_start();
}
END_TEST

START_TEST(an_entry_too_long_to_send_does_not_stop_the_others)
{
	struct text entry = {0};

	for (unsigned i = 0; i < MANY * 32; i++)
		text_addf(&entry, "0123456789abcdef");
	journald_stop();
	say("first", 1, false);
	journal_send(journal, &entry, false);
	say("second", 2, false);
	journald_start();
	ck_assert(journal_flush(journal));
	assert_heard("first", 1);
	assert_heard("second", 2);
	ck_assert_uint_eq(journal_lost(journal), 1);
}
END_TEST

/* Reads all there is, as a journald that was busy: 0 when the last was it. */
static pid_t read_later(const char *last)
{
	pid_t pid = fork();
	char entry[256] = "";

	ck_assert_int_ge(pid, 0);
	if (pid > 0)
		return pid;
	alarm(10);
	usleep(100 * 1000);
	while (strcmp(entry, last) != 0) {
		ssize_t size = recv(journald, entry, sizeof(entry) - 1, 0);
		entry[size > 0 ? size : 0] = '\0';
	}
	_exit(0);
}

static double end_lasts(void)
{
	double begin = monotonic_now();

	journal_close(take(journal));
	return monotonic_now() - begin;
}

START_TEST(a_busy_journal_takes_the_last_words)
{
	int status = -1;
	char last[32];

	for (unsigned i = 0; i < MANY; i++)
		say("entry", i, false);
	ck_assert_uint_gt(journal_kept(journal), 0);
	snprintf(last, sizeof(last), "entry %u", MANY - 1);
	pid_t pid = read_later(last);
	end_lasts();
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
}
END_TEST

START_TEST(one_that_hangs_or_is_gone_does_not_delay_the_end)
{
	if (_i == 0)
		for (unsigned i = 0; i < MANY; i++)
			say("entry", i, false);
	else
		journald_stop();
	say("last", 1, false);
	ck_assert_uint_gt(journal_kept(journal), 0);
	double lasts = end_lasts();
	ck_assert_double_lt(lasts, _i == 0 ? 5. : 0.5);
	if (_i == 1)
		journald_start();
}
END_TEST

static unsigned long told;

static void note(void *data, const struct event *event)
{
	(void)data;
	if (sscanf(event->text, "the journal has missed %lu", &told) != 1)
		told = 0;
}

START_TEST(what_was_lost_is_told_once_it_listens)
{
	struct events *events = events_new();
	struct log *log = log_new(loop, events, false);

	events_listen(events, note, NULL);
	ck_assert(log_is_taken(log));
	journald_stop();
	for (unsigned i = 0; i < MANY * 8; i++)
		events_emit(events,
			&(struct event){.name = "failed", .priority = LOG_ERR},
			"%u of many, each of which takes its place", i);
	ck_assert(log_is_taken(log)); /* it may only be busy */
	passed = 61;
	ck_assert(!log_is_taken(log));
	ck_assert_uint_eq(told, 0);
	unsigned long kept = log_waiting(log);
	ck_assert_uint_gt(kept, 0);
	journald_start();
	while (log_waiting(log) > 0) {
		log_is_taken(log);
		while (*heard())
			;
	}
	ck_assert(log_is_taken(log));
	ck_assert_uint_eq(told, MANY * 8 - kept);
	told = 0;
	ck_assert(log_is_taken(log));
	ck_assert_uint_eq(told, 0);
	log_free(log);
	events_free(events);
}
END_TEST

START_TEST(without_a_journal_there_is_none)
{
	unsetenv("JOURNAL_STREAM");
	ck_assert_ptr_null(journal_open(loop));
	setenv("JOURNAL_STREAM", "1:1", 1);
	journald_stop();
	ck_assert_ptr_null(journal_open(loop));
	journald_start();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("journal");
	TCase *tests = tcase_create("journal");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(
		tests, what_is_too_much_at_once_comes_later_in_its_order);
	tcase_add_test(tests, one_that_was_started_anew_is_told_all);
	tcase_add_test(tests, details_leave_room_for_what_matters);
	tcase_add_test(
		tests, an_entry_too_long_to_send_does_not_stop_the_others);
	tcase_add_test(tests, a_busy_journal_takes_the_last_words);
	tcase_add_loop_test(
		tests, one_that_hangs_or_is_gone_does_not_delay_the_end, 0, 2);
	tcase_add_test(tests, what_was_lost_is_told_once_it_listens);
	tcase_add_test(tests, without_a_journal_there_is_none);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
