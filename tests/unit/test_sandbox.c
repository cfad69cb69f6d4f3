/* SPDX-License-Identifier: MIT */
#include "sandbox.h"

#include "suite.h"
#include "text.h"
#include "without_memory.h"

#include <arpa/inet.h>
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/*
 * Each wall is tried in a child of its own, which ends with the number of
 * the first thing that was not as it should be.
 */

static char inside[] = "/tmp/acmed-inside-XXXXXX";
static char outside[] = "/tmp/acmed-outside-XXXXXX";
static char path[128];

static void make_folders(void)
{
	ck_assert_ptr_nonnull(mkdtemp(inside));
	ck_assert_ptr_nonnull(mkdtemp(outside));
}

static void remove_folders(void)
{
	snprintf(path, sizeof(path), "rm -rf %s %s", inside, outside);
	ck_assert_int_eq(system(path), 0);
}

static const char *in(const char *folder, const char *name)
{
	snprintf(path, sizeof(path), "%s/%s", folder, name);
	return path;
}

static bool can_create(const char *file)
{
	int fd = open(file, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

static bool can_read(const char *file)
{
	int fd = open(file, O_RDONLY | O_CLOEXEC);

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

/* The status of a child that runs `act` behind the walls of `wish`. */
static int try(const struct sandbox_wish *wish, int (*act)(void))
{
	int status = 0;
	pid_t child = fork();

	ck_assert_int_ge(child, 0);
	if (!child) {
		struct sandbox_report report;
		sandbox_apply(wish, &report);
		_exit(report.warning[0] ? 77 : act());
	}
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	return status;
}

static void passes(const struct sandbox_wish *wish, int (*act)(void))
{
	int status = try(wish, act);

	ck_assert(WIFEXITED(status));
	if (WEXITSTATUS(status) == 77)
		fprintf(stderr, "SKIPPED: this kernel lacks a wall\n");
	else
		ck_assert_int_eq(WEXITSTATUS(status), 0);
}

static const struct sandbox_wish *wish_of(enum sandbox_calls calls)
{
	static const char *write[2];
	static const char *read[] = {"/etc", "/does/not/exist", NULL};
	static struct sandbox_wish wish;

	write[0] = inside;
	wish = (struct sandbox_wish){
		.read = read, .write = write, .calls = calls};
	return &wish;
}

static int use_files(void)
{
	if (!can_create(in(inside, "a")))
		return 1;
	if (truncate(in(inside, "a"), 0) == 0 || errno != ENOSYS)
		return 2;
	if (can_create(in(outside, "a")) || errno != EACCES)
		return 3;
	if (!can_read("/etc/passwd"))
		return 4;
	if (can_create("/etc/acmed-test") || errno != EACCES)
		return 5;
	if (can_read("/usr/bin/env") || errno != EACCES)
		return 6;
	return mkdir(in(outside, "b"), 0700) == 0 ? 7 : 0;
}

START_TEST(files_are_read_and_written_where_the_wish_says)
{
	passes(wish_of(SANDBOX_CALLS_FILES), use_files);
}
END_TEST

static int open_sockets(void)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	return fd >= 0 ? 1 : errno == EPERM ? 0 : 2;
}

START_TEST(no_socket_is_opened_without_a_network)
{
	passes(wish_of(SANDBOX_CALLS_FILES), open_sockets);
}
END_TEST

static int use_network(void)
{
	struct sockaddr_in address = {.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return 1;
	if (bind(fd, (struct sockaddr *)&address, sizeof(address)) != 0)
		return 2;
	return listen(fd, 1) == 0 ? 0 : 3;
}

START_TEST(sockets_are_opened_with_one)
{
	passes(wish_of(SANDBOX_CALLS_NETWORK), use_network);
}
END_TEST

static int run_a_program(void)
{
	char *const words[] = {(char *)"/bin/true", NULL};

	execv("/bin/true", words);
	return 1;
}

static int trace(void)
{
	ptrace(PTRACE_TRACEME, 0, NULL, NULL);
	return 0;
}

static bool has_sanitizer(void)
{
#if defined(__SANITIZE_ADDRESS__)
	return true;
#else
	return false;
#endif
}

static void kills(int (*act)(void))
{
	int status = try(wish_of(SANDBOX_CALLS_NETWORK), act);

	if (WIFEXITED(status) && WEXITSTATUS(status) == 77)
		fprintf(stderr, "SKIPPED: this kernel lacks a wall\n");
	else if (!has_sanitizer())
		ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS);
}

START_TEST(running_a_program_kills)
{
	kills(run_a_program);
}
END_TEST

START_TEST(tracing_kills)
{
	kills(trace);
}
END_TEST

static int look_at_dumps(void)
{
	return prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == 0 ? 0 : 1;
}

START_TEST(no_core_is_dumped)
{
	passes(wish_of(SANDBOX_CALLS_NETWORK), look_at_dumps);
}
END_TEST

static int run_true(void)
{
	return system("/bin/true");
}

START_TEST(programs_run_where_any_call_is_allowed)
{
	static const char *const execute[] = {
		"/usr", "/bin", "/lib", "/lib64", "/etc", NULL};
	static const char *const write[] = {"/dev", "/proc", NULL};
	struct sandbox_wish wish = {.execute = execute, .write = write};

	passes(&wish, run_true);
}
END_TEST

static const struct sandbox_wish *loose(enum sandbox_calls calls)
{
	static struct sandbox_wish wish;

	wish = *wish_of(calls);
	wish.only_logs = true;
	return &wish;
}

/* What would be refused, unknown or deadly behind walls. */
static int do_as_before(void)
{
	if (!can_create(in(outside, "a")) || truncate(path, 0) != 0)
		return 1;
	if (syscall(SYS_personality, 0xffffffff) < 0)
		return 2;
	if (socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0) < 0)
		return 3;
	run_a_program();
	return 4;
}

static int end_behind(const struct sandbox_wish *wish, int (*act)(void))
{
	int status = 0;
	pid_t child = fork();

	if (!child) {
		struct sandbox_report report;
		sandbox_apply(wish, &report);
		_exit(report.warning[0] ? act() : 77);
	}
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	return status;
}

START_TEST(a_sandbox_that_only_logs_refuses_nothing_and_says_so)
{
	int status = end_behind(loose(SANDBOX_CALLS_FILES), do_as_before);

	ck_assert_int_eq(status, 0);
}
END_TEST

/* But for a program that gains rights. */
static int look_at_itself(void)
{
	FILE *file = fopen("/proc/self/status", "re");
	char line[128];
	int found = 0;

	while (file && fgets(line, sizeof(line), file)) {
		found += streq(line, "NoNewPrivs:\t1\n");
		found += streq(line, "Seccomp:\t2\n");
	}
	return found == 2 ? 0 : 1;
}

START_TEST(a_sandbox_that_only_logs_is_there_all_the_same)
{
	ck_assert_int_eq(
		end_behind(loose(SANDBOX_CALLS_NETWORK), look_at_itself), 0);
}
END_TEST

/* Has the kernel answer as one without Landlock, or without seccomp. */
static bool pretend(const char *wall)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
	uint32_t missing = SCMP_ACT_ERRNO(ENOSYS);
	bool is_landlock = streq(wall, "landlock");
	int call = is_landlock ? (int)SYS_landlock_create_ruleset
			       : (int)SYS_seccomp;

	bool is_fine = seccomp_rule_add(filter, missing, call, 0) == 0 &&
		(is_landlock ||
			seccomp_rule_add(filter, missing, SCMP_SYS(prctl), 1,
				SCMP_A0(SCMP_CMP_EQ, PR_SET_SECCOMP)) == 0) &&
		seccomp_load(filter) == 0;
	seccomp_release(filter);
	return is_fine;
}

static int report_without(const char *wall)
{
	struct sandbox_report report;

	if (!pretend(wall))
		return 1;
	sandbox_apply(wish_of(SANDBOX_CALLS_NETWORK), &report);
	for (size_t i = 0; i < report.count; i++)
		if (streq(report.walls[i], wall))
			return 2;
	if (!text_starts_with(report.warning, wall))
		return 3;
	return can_create(in(inside, "a")) ? 0 : 4;
}

START_TEST(a_kernel_that_lacks_a_wall_is_told_and_does_no_harm)
{
	static const char *const WALLS[] = {"landlock", "seccomp"};
	int status = 0;
	pid_t child = fork();

	if (!child)
		_exit(report_without(WALLS[_i]));
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert_int_eq(status, 0);
}
END_TEST

/* To be shut out of it for as long as the program runs would be worse. */
static int report_without_folders(void)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
	struct sandbox_report report;

	bool is_denied =
		seccomp_rule_add(filter, SCMP_ACT_ERRNO(EACCES),
			SCMP_SYS(openat), 1,
			SCMP_A2(SCMP_CMP_MASKED_EQ, O_PATH, O_PATH)) == 0 &&
		seccomp_load(filter) == 0;
	seccomp_release(filter);
	if (!is_denied)
		return 1;
	sandbox_apply(wish_of(SANDBOX_CALLS_NETWORK), &report);
	if (!text_starts_with(report.warning, "landlock"))
		return 2;
	return can_create(in(outside, "a")) ? 0 : 3;
}

START_TEST(a_folder_that_is_denied_just_now_is_not_shut_for_good)
{
	int status = 0;
	pid_t child = fork();

	if (!child)
		_exit(report_without_folders());
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert_int_eq(status, 0);
}
END_TEST

/* The linker leads the making of a wall here (--wrap). */
static bool is_short;

bool __real_sandbox_files_lock(const struct sandbox_wish *wish, int abi);
bool __wrap_sandbox_files_lock(const struct sandbox_wish *wish, int abi);

bool __wrap_sandbox_files_lock(const struct sandbox_wish *wish, int abi)
{
	if (!is_short)
		return __real_sandbox_files_lock(wish, abi);
	errno = ENOMEM;
	return false;
}

static void lock_without_memory(void)
{
	struct sandbox_report report;

	is_short = true;
	sandbox_apply(wish_of(SANDBOX_CALLS_NETWORK), &report);
}

START_TEST(without_memory_for_a_wall_the_program_ends)
{
	ck_assert(ends_itself(lock_without_memory));
}
END_TEST

START_TEST(the_report_names_the_walls)
{
	int status = 0;
	pid_t child = fork();

	if (!child) {
		struct sandbox_report report;
		sandbox_apply(wish_of(SANDBOX_CALLS_FILES), &report);
		if (report.count + (report.warning[0] != '\0') < 3)
			_exit(1);
		_exit(streq(report.walls[0], "no-new-privs") ? 0 : 2);
	}
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert_int_eq(status, 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("sandbox");
	TCase *tests = tcase_create("sandbox");

	tcase_add_unchecked_fixture(tests, make_folders, remove_folders);
	tcase_add_test(tests, files_are_read_and_written_where_the_wish_says);
	tcase_add_test(tests, no_socket_is_opened_without_a_network);
	tcase_add_test(tests, sockets_are_opened_with_one);
	tcase_add_test(tests, running_a_program_kills);
	tcase_add_test(tests, tracing_kills);
	tcase_add_test(tests, no_core_is_dumped);
	tcase_add_test(tests, programs_run_where_any_call_is_allowed);
	tcase_add_test(
		tests, a_sandbox_that_only_logs_refuses_nothing_and_says_so);
	tcase_add_test(tests, a_sandbox_that_only_logs_is_there_all_the_same);
	tcase_add_loop_test(tests,
		a_kernel_that_lacks_a_wall_is_told_and_does_no_harm, 0, 2);
	tcase_add_test(tests, the_report_names_the_walls);
	tcase_add_test(
		tests, a_folder_that_is_denied_just_now_is_not_shut_for_good);
	tcase_add_test(tests, without_memory_for_a_wall_the_program_ends);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
