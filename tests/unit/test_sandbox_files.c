/* SPDX-License-Identifier: MIT */
#include "sandbox_files.h"

#include "paths.h"
#include "suite.h"
#include "text.h"

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

/*
 * Every rule of the wishes of loop and vault, and every right of a rule. Each
 * is tried in a child of its own, in a mount namespace where it can be had:
 * there all folders of /run can be made.
 */

#define LACKS_LANDLOCK 77

static char home[] = "/tmp/acmed-files-XXXXXX";
static char path[256];
static bool has_run; /* of its own */

/* The rights, as the kernel's documentation names them. */

#define EXECUTE (1 << 0)
#define WRITE_FILE (1 << 1)
#define READ_FILE (1 << 2)
#define READ_DIR (1 << 3)
#define REMOVE_DIR (1 << 4)
#define REMOVE_FILE (1 << 5)
#define MAKE_CHAR (1 << 6)
#define MAKE_DIR (1 << 7)
#define MAKE_REG (1 << 8)
#define MAKE_SOCK (1 << 9)
#define MAKE_FIFO (1 << 10)
#define MAKE_BLOCK (1 << 11)
#define MAKE_SYM (1 << 12)
#define REFER (1 << 13)
#define TRUNCATE (1 << 14)
#define IOCTL_DEV (1 << 15)
#define SCOPES 3 /* abstract sockets, signals */

#define READS (READ_FILE | READ_DIR)
#define WRITES \
	(READS | WRITE_FILE | REMOVE_DIR | REMOVE_FILE | MAKE_DIR | MAKE_REG | \
		MAKE_SOCK | MAKE_SYM)
#define FIRST (WRITES | EXECUTE | MAKE_CHAR | MAKE_FIFO | MAKE_BLOCK)

static const struct {
	struct sandbox_rights rights;
	const char *lacks;
} VERSIONS[] = {
	{{0, 0, 0, 0, 0}, ""},
	{{FIRST, READS, WRITES, READS | EXECUTE, 0},
		"landlock of version 1 does not see truncation, calls to "
		"devices, signals, abstract sockets"},
	{{FIRST | REFER, READS, WRITES | REFER, READS | EXECUTE, 0},
		"landlock of version 2 does not see truncation, calls to "
		"devices, signals, abstract sockets"},
	{{FIRST | REFER | TRUNCATE, READS, WRITES | REFER | TRUNCATE,
		 READS | EXECUTE, 0},
		"landlock of version 3 does not see calls to devices, signals, "
		"abstract sockets"},
	{{FIRST | REFER | TRUNCATE, READS, WRITES | REFER | TRUNCATE,
		 READS | EXECUTE, 0},
		"landlock of version 4 does not see calls to devices, signals, "
		"abstract sockets"},
	{{FIRST | REFER | TRUNCATE | IOCTL_DEV, READS,
		 WRITES | REFER | TRUNCATE, READS | EXECUTE, 0},
		"landlock of version 5 does not see signals, abstract sockets"},
	{{FIRST | REFER | TRUNCATE | IOCTL_DEV, READS,
		 WRITES | REFER | TRUNCATE, READS | EXECUTE, SCOPES},
		""},
	{{FIRST | REFER | TRUNCATE | IOCTL_DEV, READS,
		 WRITES | REFER | TRUNCATE, READS | EXECUTE, SCOPES},
		""},
};

START_TEST(the_rights_follow_the_version_of_the_kernel)
{
	struct sandbox_rights got = sandbox_rights(_i);
	const struct sandbox_rights *wanted = &VERSIONS[_i].rights;
	char text[128] = "";

	ck_assert_uint_eq(got.handled, wanted->handled);
	ck_assert_uint_eq(got.read, wanted->read);
	ck_assert_uint_eq(got.write, wanted->write);
	ck_assert_uint_eq(got.execute, wanted->execute);
	ck_assert_uint_eq(got.scoped, wanted->scoped);
	sandbox_files_lack(_i, text, sizeof(text));
	ck_assert_str_eq(text, VERSIONS[_i].lacks);
}
END_TEST

START_TEST(a_right_is_never_asked_for_that_the_kernel_does_not_know)
{
	for (int abi = 0; abi <= 9; abi++) {
		struct sandbox_rights rights = sandbox_rights(abi);
		ck_assert_uint_eq(rights.read & ~rights.handled, 0);
		ck_assert_uint_eq(rights.write & ~rights.handled, 0);
		ck_assert_uint_eq(rights.execute & ~rights.handled, 0);
	}
}
END_TEST

/* Around the tries. */

static const char *in_home(const char *name)
{
	snprintf(path, sizeof(path), "%s/%s", home, name);
	return path;
}

static void make_home(void)
{
	static const char *const VARIABLES[][2] = {
		{"CONFIGURATION_DIRECTORY", "configuration"},
		{"STATE_DIRECTORY", "state"},
		{"RUNTIME_DIRECTORY", "runtime"},
		{"CREDENTIALS_DIRECTORY", "credentials"},
	};

	ck_assert_ptr_nonnull(mkdtemp(home));
	for (size_t i = 0; i < sizeof(VARIABLES) / sizeof(*VARIABLES); i++) {
		ck_assert_int_eq(mkdir(in_home(VARIABLES[i][1]), 0755), 0);
		setenv(VARIABLES[i][0], path, 1);
	}
	ck_assert_int_eq(mkdir(in_home("runtime-sockets"), 0755), 0);
	ck_assert_int_eq(mkdir(in_home("other"), 0755), 0);
	ck_assert_int_eq(mkdir(in_home("also"), 0755), 0);
}

static void remove_home(void)
{
	snprintf(path, sizeof(path), "rm -rf %s", home);
	ck_assert_int_eq(system(path), 0);
}

static void make_run(void)
{
	static const char *const FOLDERS[] = {"/run/systemd", "/run/resolvconf",
		"/run/NetworkManager", "/run/dbus", "/run/credentials",
		"/run/other"};

	if (unshare(CLONE_NEWNS) != 0 ||
		mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
		mount("none", "/run", "tmpfs", 0, NULL) != 0)
		return;
	for (size_t i = 0; i < sizeof(FOLDERS) / sizeof(*FOLDERS); i++)
		mkdir(FOLDERS[i], 0755);
	has_run = true;
}

static const char *place(const char *name)
{
	if (streq(name, "data"))
		return paths_data();
	return name[0] == '/' ? name : in_home(name);
}

static int try_all(int (*act)(const char *), const char *const *names)
{
	for (; *names; names++) {
		int status = act(place(*names));
		if (status) {
			fprintf(stderr, "%s: %d\n", *names, status);
			return status;
		}
	}
	return 0;
}

/* A child behind Landlock alone does that to each of the places. */
static void passes(const struct sandbox_wish *wish, int (*act)(const char *),
	const char *const *names)
{
	int status = 0;
	pid_t child = fork();

	ck_assert_int_ge(child, 0);
	if (!child) {
		make_run();
		prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
		_exit(sandbox_files_lock(wish, sandbox_files_abi())
				? try_all(act, names)
				: LACKS_LANDLOCK);
	}
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	if (WIFEXITED(status) && WEXITSTATUS(status) == LACKS_LANDLOCK)
		fprintf(stderr, "SKIPPED: this kernel lacks Landlock\n");
	else
		ck_assert_int_eq(status, 0);
}

/* Reading. */

/* Some machines lack some, but none those that were made. */
static bool is_left_out(const char *folder)
{
	bool is_made = text_starts_with(folder, home) ||
		(has_run && text_starts_with(folder, "/run/"));

	return errno == ENOENT && !is_made;
}

static int list(const char *folder)
{
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fd >= 0 || is_left_out(folder) ? 0 : 1;
}

static int cannot_list(const char *folder)
{
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fd < 0 && (errno == EACCES || errno == ENOENT) ? 0 : 1;
}

static int cannot_write(const char *folder)
{
	char file[256];

	snprintf(file, sizeof(file), "%s/acmed-test", folder);
	int fd = open(file, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
	if (fd >= 0)
		unlink(file);
	return fd < 0 ? 0 : 1;
}

static const char *const LOOP_READS[] = {"/etc", "/usr", "/lib", "/lib64",
	"/bin", "/opt", "/dev", "/run/systemd", "/run/resolvconf",
	"/run/NetworkManager", "/run/dbus", "/run/credentials",
	"/sys/fs/cgroup", "/sys/devices/system/cpu", "/proc/self", "/proc/sys",
	"/proc/net", "configuration", "data", "runtime-sockets", "credentials",
	NULL};
static const char *const LOOP_NEVER[] = {"/", "/boot", "/home", "/media",
	"/mnt", "/proc", "/proc/1", "/root", "/run", "/run/other", "/srv",
	"/sys", "/sys/kernel", "/sys/devices", "/tmp", "/var", "/var/lib",
	"/var/log", "other", "also", "state", NULL};
static const char *const LOOP_WRITES[] = {"runtime", NULL};
static const char *const VAULT_READS[] = {"/etc", "/usr", "/lib", "/lib64",
	"/run/credentials", "/proc/self", "configuration", "data",
	"credentials", NULL};
static const char *const VAULT_NEVER[] = {"/", "/boot", "/dev", "/home",
	"/media", "/mnt", "/opt", "/proc", "/proc/1", "/proc/sys", "/root",
	"/run", "/run/dbus", "/run/other", "/run/systemd", "/srv", "/sys",
	"/sys/fs/cgroup", "/tmp", "/var", "/var/lib", "other", "also",
	"runtime", "runtime-sockets", NULL};
static const char *const VAULT_WRITES[] = {"state", NULL};

/* On any layout: where /lib is a link nobody misses the rule for it. */
static void wishes(const char *const *folders, const char *const *wanted)
{
	size_t count = 0, found = 0;

	for (; folders[count]; count++)
		for (const char *const *name = wanted; *name; name++)
			found += streq(folders[count], place(*name));
	size_t length = 0;
	while (wanted[length])
		length++;
	ck_assert_uint_eq(count, length);
	ck_assert_uint_eq(found, length);
}

START_TEST(the_loop_wishes_for_no_more_and_no_less)
{
	const struct sandbox_wish *wish = sandbox_loop(NULL);

	wishes(wish->read, LOOP_READS);
	wishes(wish->write, LOOP_WRITES);
	ck_assert_ptr_null(wish->execute);
}
END_TEST

START_TEST(the_vault_wishes_for_no_more_and_no_less)
{
	const struct sandbox_wish *wish = sandbox_vault(NULL);

	wishes(wish->read, VAULT_READS);
	wishes(wish->write, VAULT_WRITES);
	ck_assert_ptr_null(wish->execute);
}
END_TEST

START_TEST(the_loop_reads)
{
	passes(sandbox_loop(NULL), list, LOOP_READS);
}
END_TEST

START_TEST(the_loop_never_reads)
{
	passes(sandbox_loop(NULL), cannot_list, LOOP_NEVER);
}
END_TEST

START_TEST(the_vault_reads)
{
	passes(sandbox_vault(NULL), list, VAULT_READS);
}
END_TEST

START_TEST(the_vault_never_reads)
{
	passes(sandbox_vault(NULL), cannot_list, VAULT_NEVER);
}
END_TEST

static const char *const ALSO[] = {"also", NULL};

START_TEST(what_is_named_besides_is_read)
{
	const char *const folders[] = {in_home("also"), NULL};

	passes(sandbox_loop(folders), list, ALSO);
	passes(sandbox_vault(folders), list, ALSO);
	passes(sandbox_vault(folders), cannot_write, ALSO);
}
END_TEST

/* Writing. */

START_TEST(the_loop_writes_nowhere_else)
{
	passes(sandbox_loop(NULL), cannot_write, LOOP_READS);
}
END_TEST

START_TEST(the_vault_writes_nowhere_else)
{
	passes(sandbox_vault(NULL), cannot_write, VAULT_READS);
}
END_TEST

/* In these nobody can create a file, but root can write to what is there. */
static const char *const SETTINGS[] = {"/proc/sys/kernel/hostname",
	"/proc/self/oom_score_adj", "/sys/fs/cgroup/cgroup.procs", NULL};

static int cannot_change(const char *file)
{
	int fd = open(file, O_WRONLY | O_CLOEXEC);

	return fd < 0 && (errno == EACCES || errno == ENOENT) ? 0 : 1;
}

START_TEST(no_setting_of_the_kernel_is_changed)
{
	passes(sandbox_loop(NULL), cannot_change, SETTINGS);
	passes(sandbox_vault(NULL), cannot_change, SETTINGS);
}
END_TEST

static bool binds(const char *name)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(address.sun_path, sizeof(address.sun_path), "%s", name);
	return bind(fd, (struct sockaddr *)&address, sizeof(address)) == 0;
}

/* One number a right, in the order of the kernel. */
static int write_all(const char *folder)
{
	if (chdir(folder) != 0)
		return 1;
	int fd = open("file", O_CREAT | O_RDWR | O_CLOEXEC, 0600);
	if (fd < 0 || write(fd, "x", 1) != 1)
		return 2;
	if (open("file", O_WRONLY | O_TRUNC | O_CLOEXEC) < 0 ||
		ftruncate(fd, 0) != 0)
		return 3;
	if (mkdir("a", 0700) != 0 || mkdir("b", 0700) != 0)
		return 4;
	if (rename("file", "a/file") != 0)
		return 5;
	if (sandbox_files_abi() >= 2 && rename("a/file", "b/file") != 0)
		return 6;
	if (symlink("a", "link") != 0 || unlink("link") != 0)
		return 7;
	if (!binds("socket") || unlink("socket") != 0)
		return 8;
	if (open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC) < 0)
		return 9;
	unlink("a/file");
	unlink("b/file");
	return rmdir("a") == 0 && rmdir("b") == 0 ? 0 : 10;
}

START_TEST(all_can_be_done_where_one_may_write)
{
	passes(sandbox_loop(NULL), write_all, LOOP_WRITES);
	passes(sandbox_vault(NULL), write_all, VAULT_WRITES);
}
END_TEST

static int make_odd_files(const char *folder)
{
	if (chdir(folder) != 0)
		return 1;
	if (mknod("fifo", S_IFIFO | 0600, 0) == 0 || errno != EACCES)
		return 2;
	if (mknod("null", S_IFCHR | 0600, 0x103) == 0)
		return 3;
	return mknod("disk", S_IFBLK | 0600, 0x800) == 0 ? 4 : 0;
}

START_TEST(but_no_pipe_and_no_device)
{
	passes(sandbox_loop(NULL), make_odd_files, LOOP_WRITES);
	passes(sandbox_vault(NULL), make_odd_files, VAULT_WRITES);
}
END_TEST

static int run_a_program(const char *program)
{
	char *const words[] = {(char *)program, NULL};

	execv(program, words);
	return errno == EACCES ? 0 : 1;
}

static const char *const PROGRAMS[] = {"/bin/true", NULL};

START_TEST(no_program_can_be_run)
{
	passes(sandbox_loop(NULL), run_a_program, PROGRAMS);
	passes(sandbox_vault(NULL), run_a_program, PROGRAMS);
}
END_TEST

static int end_others(const char *unused)
{
	int status = 0;
	pid_t child = fork();

	(void)unused;
	if (!child)
		pause();
	if (kill(child, SIGKILL) != 0 || waitpid(child, &status, 0) != child)
		return 1;
	if (sandbox_files_abi() < 6)
		return 0;
	return kill(getppid(), 0) == 0 || errno != EPERM ? 2 : 0;
}

START_TEST(no_process_outside_is_ended)
{
	passes(sandbox_loop(NULL), end_others, LOOP_WRITES);
	passes(sandbox_vault(NULL), end_others, VAULT_WRITES);
}
END_TEST

/* Sockets without a file. */

static struct sockaddr_un outside = {.sun_family = AF_UNIX};
static socklen_t outside_length;

static int listen_outside(void)
{
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	outside_length = sizeof(outside.sun_family); /* any free name */
	ck_assert_int_eq(
		bind(fd, (struct sockaddr *)&outside, outside_length), 0);
	outside_length = sizeof(outside);
	ck_assert_int_eq(
		getsockname(fd, (struct sockaddr *)&outside, &outside_length),
		0);
	return fd;
}

static int speak(const char *unused)
{
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	(void)unused;
	return sendto(fd, "x", 1, 0, (struct sockaddr *)&outside,
		       outside_length) == 1
		? 0
		: errno;
}

static int cannot_speak(const char *unused)
{
	return sandbox_files_abi() < 6 || speak(unused) == EPERM ? 0 : 1;
}

START_TEST(nobody_without_a_file_is_spoken_to)
{
	int fd = listen_outside();

	setenv("NOTIFY_SOCKET", "/run/systemd/notify", 1);
	passes(sandbox_loop(NULL), cannot_speak, LOOP_WRITES);
	passes(sandbox_vault(NULL), cannot_speak, VAULT_WRITES);
	close(fd);
}
END_TEST

START_TEST(but_a_manager_that_is_one_of_them)
{
	int fd = listen_outside();

	setenv("NOTIFY_SOCKET", "@manager", 1);
	passes(sandbox_loop(NULL), speak, LOOP_WRITES);
	passes(sandbox_loop(NULL), end_others, LOOP_WRITES);
	close(fd);
}
END_TEST

static TCase *rules(void)
{
	TCase *tests = tcase_create("rules");

	tcase_add_checked_fixture(tests, make_home, remove_home);
	tcase_add_test(tests, the_loop_wishes_for_no_more_and_no_less);
	tcase_add_test(tests, the_vault_wishes_for_no_more_and_no_less);
	tcase_add_test(tests, the_loop_reads);
	tcase_add_test(tests, the_loop_never_reads);
	tcase_add_test(tests, the_vault_reads);
	tcase_add_test(tests, the_vault_never_reads);
	tcase_add_test(tests, the_loop_writes_nowhere_else);
	tcase_add_test(tests, the_vault_writes_nowhere_else);
	tcase_add_test(tests, no_setting_of_the_kernel_is_changed);
	tcase_add_test(tests, what_is_named_besides_is_read);
	tcase_add_test(tests, all_can_be_done_where_one_may_write);
	tcase_add_test(tests, but_no_pipe_and_no_device);
	tcase_add_test(tests, no_program_can_be_run);
	tcase_add_test(tests, no_process_outside_is_ended);
	tcase_add_test(tests, nobody_without_a_file_is_spoken_to);
	tcase_add_test(tests, but_a_manager_that_is_one_of_them);
	return tests;
}

int main(void)
{
	Suite *suite = suite_create("sandbox_files");
	TCase *rights = tcase_create("rights");

	tcase_add_loop_test(rights, the_rights_follow_the_version_of_the_kernel,
		0, (int)(sizeof(VERSIONS) / sizeof(*VERSIONS)));
	tcase_add_test(rights,
		a_right_is_never_asked_for_that_the_kernel_does_not_know);
	suite_add_tcase(suite, rights);
	suite_add_tcase(suite, rules());
	return suite_run(suite);
}
