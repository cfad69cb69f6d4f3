/* SPDX-License-Identifier: MIT */
#include "target.h"

#include "mem.h"
#include "suite.h"
#include "task_run.h"
#include "text.h"

#include <check.h>
#undef fail
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* Exports that come while another one is under way, or did not end. */

#define OTHER_VERSION "state/archive/site/4/"

static struct task_run run;
static char *next_pem; /* the chain of version 4 */

/* What happens to the process at its Nth rename. */
static unsigned signal_at;
static int signal_then;

/* What would outlive a loss of power. */
#define MOST_SYNCED 16
static ino_t synced[MOST_SYNCED];
static size_t synced_count;
static unsigned renames, renames_synced; /* of all; with the folder */

static bool is_synced(ino_t inode)
{
	for (size_t i = 0; i < synced_count; i++)
		if (synced[i] == inode)
			return true;
	return false;
}

int __real_fsync(int);
int __wrap_fsync(int file);
int __wrap_fsync(int file)
{
	struct stat seen;

	ck_assert_int_eq(fstat(file, &seen), 0);
	ck_assert_uint_lt(synced_count, MOST_SYNCED);
	synced[synced_count++] = seen.st_ino;
	if (S_ISDIR(seen.st_mode))
		renames_synced = renames;
	return __real_fsync(file);
}

static void note_rename(int folder, const char *name)
{
	struct stat seen;

	ck_assert_int_eq(fstatat(folder, name, &seen, AT_SYMLINK_NOFOLLOW), 0);
	ck_assert_msg(is_synced(seen.st_ino), "'%s' is not synced", name);
	renames++;
}

int __real_renameat(int, const char *, int, const char *);
int __wrap_renameat(
	int from_folder, const char *from, int to_folder, const char *to);
int __wrap_renameat(
	int from_folder, const char *from, int to_folder, const char *to)
{
	note_rename(from_folder, from);
	if (signal_at && --signal_at == 0)
		raise(signal_then);
	return __real_renameat(from_folder, from, to_folder, to);
}

static void set_up(void)
{
	task_open(&run);
	cleanup(x509) X509 *leaf = task_leaf(&run, "0badcafe");
	next_pem = known_pem(leaf, run.known.middle, NULL);
	signal_at = 0;
	synced_count = renames = renames_synced = 0;
	ck_assert_int_eq(mkdir(OTHER_VERSION, 0755), 0);
	task_put_file(OTHER_VERSION "privkey.pem", "%s", run.key_pem);
	task_put_file(OTHER_VERSION "fullchain.pem", "%s", next_pem);
	task_configure("[Export a]\nPath=%s/out\nFormat=pem\n", run.folder);
}

static void tear_down(void)
{
	free(next_pem);
	task_close(&run);
}

static void switch_to_next(void)
{
	unlink("state/live/site");
	ck_assert_int_eq(symlink("../archive/site/4", "state/live/site"), 0);
}

/* A process that exports that version: ends with 0 when it is done. */
static pid_t begin_export(int version)
{
	pid_t child = fork();

	if (child == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		_exit(task_ask_version(&run, "site", version, "export") ? 0
									: 1);
	}
	return child;
}

static int end_of(pid_t child)
{
	int status = -1;

	ck_assert_int_eq(waitpid(child, &status, 0), child);
	return status;
}

static pid_t begin_and_signal(int number, unsigned at)
{
	signal_then = number;
	signal_at = at;
	pid_t child = begin_export(3);
	signal_at = 0;
	return child;
}

static unsigned count_files(void)
{
	unsigned count = 0;
	DIR *folder = opendir("out");
	struct dirent *entry;

	while ((entry = readdir(folder)))
		count += !streq(entry->d_name, ".") &&
			!streq(entry->d_name, "..");
	closedir(folder);
	return count;
}

static bool waits(pid_t child)
{
	const struct timespec while_it_would = {.tv_nsec = 300 * 1000 * 1000};

	nanosleep(&while_it_would, NULL);
	return waitpid(child, NULL, WNOHANG) == 0;
}

/* The first one is stopped before each of its files in turn. */
START_TEST(a_late_one_does_not_write_into_what_a_newer_one_wrote)
{
	int status = 0;
	pid_t late = begin_and_signal(SIGSTOP, (unsigned)_i);

	ck_assert_int_eq(waitpid(late, &status, WUNTRACED), late);
	ck_assert(WIFSTOPPED(status));
	switch_to_next();
	pid_t newer = begin_export(4);
	ck_assert(waits(newer));
	kill(late, SIGCONT);
	end_of(late);
	ck_assert_int_eq(end_of(newer), 0);
	ck_assert_str_eq(task_get_file("out/fullchain.pem"), next_pem);
	cleanup(string) char *cert = mem_string(task_get_file("out/cert.pem"));
	ck_assert(text_starts_with(next_pem, cert));
	ck_assert_uint_eq(count_files(), 4);
}
END_TEST

/* In the test's own hands, as if another acmed-deploy had it. */
static struct turn turn;

static void take_turn(void)
{
	ck_assert(turn_take(&turn, "site", -1, &run.err));
}

static bool has_open(pid_t child, const char *name)
{
	char command[128];

	snprintf(command, sizeof(command), "ls -l /proc/%d/fd | grep -q '%s'",
		(int)child, name);
	return system(command) == 0;
}

/* A process that has read what it will export, and waits for its turn. */
static pid_t begin_waiting(int other_end)
{
	pid_t child = fork();

	if (child == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		close(turn.lock);
		close(other_end);
		_exit(task_ask(&run, "export") ? 0 : 1);
	}
	while (!has_open(child, "deploy.lock"))
		usleep(1000);
	ck_assert(waits(child));
	return child;
}

START_TEST(who_has_waited_looks_at_the_version_again)
{
	take_turn();
	pid_t child = begin_waiting(-1);
	switch_to_next();
	turn_leave(&turn);
	ck_assert_int_eq(end_of(child), 1 << 8);
	ck_assert_uint_eq(count_files(), 0);
}
END_TEST

START_TEST(who_has_waited_does_what_is_still_wanted)
{
	take_turn();
	pid_t child = begin_waiting(-1);
	turn_leave(&turn);
	ck_assert_int_eq(end_of(child), 0);
	ck_assert_uint_eq(count_files(), 4);
}
END_TEST

static void converse(int pair[2])
{
	ck_assert_int_eq(
		socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair), 0);
	run.conversation = pair[1];
}

START_TEST(nobody_waits_for_a_loop_that_has_gone)
{
	int pair[2];

	converse(pair);
	take_turn();
	pid_t child = begin_waiting(pair[0]);
	close(pair[0]);
	ck_assert_int_eq(end_of(child), 1 << 8);
	turn_leave(&turn);
	ck_assert_uint_eq(count_files(), 0);
}
END_TEST

START_TEST(nothing_is_put_in_place_for_a_loop_that_has_gone)
{
	int pair[2];

	converse(pair);
	ck_assert(task_ask(&run, "export"));
	switch_to_next();
	close(pair[0]);
	ck_assert(!task_ask_version(&run, "site", 4, "export"));
	ck_assert_ptr_nonnull(strstr(run.err.text, "nobody waits"));
	ck_assert_str_eq(task_get_file("out/fullchain.pem"), run.full_pem);
	ck_assert_uint_eq(count_files(), 4);
}
END_TEST

START_TEST(a_folder_gets_all_of_a_version_or_nothing)
{
	ck_assert_int_eq(mkdir("out/fullchain.pem", 0700), 0);
	ck_assert(!task_ask(&run, "export"));
	ck_assert_uint_eq(count_files(), 1);
}
END_TEST

/* Each file before its rename, see there; the folder after all. */
START_TEST(what_is_done_outlives_a_loss_of_power)
{
	ck_assert(task_ask(&run, "export"));
	ck_assert_uint_eq(renames, 4);
	ck_assert_uint_eq(renames_synced, 4);
}
END_TEST

START_TEST(what_a_crash_leaves_does_not_grow)
{
	for (int i = 0; i < 3; i++) {
		pid_t child = begin_and_signal(SIGKILL, 1);
		ck_assert_int_eq(end_of(child), SIGKILL);
		ck_assert_uint_eq(count_files(), 4);
	}
	ck_assert_int_eq(access("out/privkey.pem", F_OK), -1);
	ck_assert(task_ask(&run, "export"));
	ck_assert_uint_eq(count_files(), 4);
	ck_assert_int_eq(access("out/privkey.pem", F_OK), 0);
}
END_TEST

/* Two certificates may be exported to one path. */
START_TEST(no_other_turn_uses_the_same_name)
{
	const struct material material = {.name = "site", .version = 3};
	char folder[64];
	struct target_file file = {"tls.pem", "one", 3};
	struct target_wish wish = {.folder = folder,
		.files = &file,
		.count = 1,
		.owner = {geteuid(), getegid()},
		.mode = 0600,
		.material = &material,
		.turn = &(struct turn){.conversation = -1, .number = 1}};

	snprintf(folder, sizeof(folder), "%s/out", run.folder);
	pid_t child = fork();
	if (child == 0) {
		signal_then = SIGKILL;
		signal_at = 1;
		target_write(&wish, &run.err);
		_exit(1);
	}
	ck_assert_int_eq(end_of(child), SIGKILL);
	ck_assert_str_eq(
		task_get_file("out/.tls.pem.00000001.acmed-new"), "one");
	file.bytes = "two";
	wish.turn = &(struct turn){.conversation = -1, .number = 2};
	ck_assert(target_write(&wish, &run.err));
	ck_assert_str_eq(task_get_file("out/tls.pem"), "two");
	ck_assert_str_eq(
		task_get_file("out/.tls.pem.00000001.acmed-new"), "one");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("task_overlap");
	TCase *tests = tcase_create("task_overlap");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_set_timeout(tests, 30);
	tcase_add_loop_test(tests,
		a_late_one_does_not_write_into_what_a_newer_one_wrote, 1, 5);
	tcase_add_test(tests, who_has_waited_looks_at_the_version_again);
	tcase_add_test(tests, who_has_waited_does_what_is_still_wanted);
	tcase_add_test(tests, nobody_waits_for_a_loop_that_has_gone);
	tcase_add_test(tests, nothing_is_put_in_place_for_a_loop_that_has_gone);
	tcase_add_test(tests, a_folder_gets_all_of_a_version_or_nothing);
	tcase_add_test(tests, what_is_done_outlives_a_loss_of_power);
	tcase_add_test(tests, what_a_crash_leaves_does_not_grow);
	tcase_add_test(tests, no_other_turn_uses_the_same_name);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
