/* SPDX-License-Identifier: MIT */
#include "vault_run.h"

#include "json.h"
#include "kill_at.h"
#include "mem.h"
#include "message.h"
#include "text.h"

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define DEADLINE 60 /* seconds, of a reply */

const char *run_path(struct vault_run *run, const char *path)
{
	static char full[2][PATH_MAX];
	static unsigned turn;
	char *out = full[turn++ % 2];

	snprintf(out, PATH_MAX, "%s/%s", run->folder, path);
	return out;
}

/* Files. */

void run_write(struct vault_run *run, const char *path, const char *text)
{
	FILE *file = fopen(run_path(run, path), "we");

	ck_assert_ptr_nonnull(file);
	fputs(text, file);
	fclose(file);
}

void run_write_secret(struct vault_run *run, const char *path, const char *text)
{
	run_write(run, path, text);
	ck_assert_int_eq(chmod(run_path(run, path), 0640), 0);
}

char *run_read(struct vault_run *run, const char *path)
{
	FILE *file = fopen(run_path(run, path), "re");
	char *text = calloc(1, 200000);

	if (!file) {
		free(text);
		return NULL;
	}
	(void)!fread(text, 1, 199999, file);
	fclose(file);
	return text;
}

static void remove_tree(const char *path)
{
	char command[PATH_MAX + 16];

	snprintf(command, sizeof(command), "rm -rf '%s'", path);
	ck_assert_int_eq(system(command), 0);
}

void run_remove(struct vault_run *run, const char *path)
{
	remove_tree(run_path(run, path));
}

bool run_exists(struct vault_run *run, const char *path)
{
	struct stat status;

	return lstat(run_path(run, path), &status) == 0;
}

unsigned run_mode(struct vault_run *run, const char *path)
{
	struct stat status;

	return lstat(run_path(run, path), &status) == 0 ? status.st_mode & 07777
							: 0;
}

const char *run_link(struct vault_run *run, const char *path)
{
	static char target[PATH_MAX];
	ssize_t length =
		readlink(run_path(run, path), target, sizeof(target) - 1);

	target[length > 0 ? length : 0] = '\0';
	return target;
}

/* Life. */

void run_prepare(struct vault_run *run)
{
	*run = (struct vault_run){.socket = -1};
	const char *place = getenv("TMPDIR");
	snprintf(run->folder, sizeof(run->folder), "%s/acmed-vault-XXXXXX",
		place ? place : "/tmp");
	ck_assert_ptr_nonnull(mkdtemp(run->folder));
	ck_assert_int_eq(mkdir(run_path(run, "etc"), 0755), 0);
	ck_assert_int_eq(mkdir(run_path(run, "etc/certs.d"), 0755), 0);
	ck_assert_int_eq(mkdir(run_path(run, "run"), 0755), 0);
	run_write(run, "etc/acmed.conf",
		"[CA little]\n"
		"Directory=https://ca.test/dir\n"
		"Staging=https://staging.test/dir\n"
		"Contact=ops@a.example\n"
		"AgreeToTerms=yes\n"
		"[CA other]\n"
		"Directory=https://other.test/dir\n"
		"[Certificate]\n"
		"CA=little\n");
	run_write(run, "etc/certs.d/a.example.conf",
		"[Certificate]\nNames=a.example www.a.example\n");
}

/* The program lies two folders above the test. */
static const char *program(void)
{
	static char path[PATH_MAX + 32];
	char self[PATH_MAX] = "";

	ck_assert_int_gt(readlink("/proc/self/exe", self, PATH_MAX - 1), 0);
	snprintf(path, sizeof(path), "%s/acmed-vault",
		dirname(dirname(dirname(self))));
	return path;
}

static void become_vault(struct vault_run *run, int socket, const char *path)
{
	char pid[16];

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	setenv("CONFIGURATION_DIRECTORY", run_path(run, "etc"), 1);
	setenv("STATE_DIRECTORY", run_path(run, "state"), 1);
	setenv("RUNTIME_DIRECTORY", run_path(run, "run"), 1);
	snprintf(pid, sizeof(pid), "%d", (int)getpid());
	setenv("LISTEN_PID", pid, 1);
	setenv("LISTEN_FDS", "1", 1);
	if (run->kill_at) /* the leak check cannot be traced */
		setenv("ASAN_OPTIONS", "detect_leaks=0", 1);
	if (socket == 3)
		fcntl(3, F_SETFD, 0);
	else
		dup2(socket, 3);
	execl(path, path, (char *)NULL);
	_exit(127);
}

static void start_with(struct vault_run *run, int socket)
{
	const char *path = program();

	run->pid = run->kill_at ? kill_at(run->kill_at) : fork();
	ck_assert_int_ge(run->pid, 0);
	if (!run->pid)
		become_vault(run, socket, path);
	close(socket);
}

static int with_deadline(int socket)
{
	struct timeval deadline = {.tv_sec = DEADLINE};

	setsockopt(
		socket, SOL_SOCKET, SO_RCVTIMEO, &deadline, sizeof(deadline));
	return socket;
}

void run_start(struct vault_run *run)
{
	int pair[2];

	ck_assert_int_eq(
		socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair), 0);
	start_with(run, pair[1]);
	run->socket = with_deadline(pair[0]);
}

static struct sockaddr_un address_of(struct vault_run *run)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};

	snprintf(address.sun_path, sizeof(address.sun_path), "%s/run/vault",
		run->folder);
	return address;
}

int run_connect(struct vault_run *run)
{
	struct sockaddr_un address = address_of(run);
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

	ck_assert_int_eq(
		connect(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	return with_deadline(fd);
}

void run_start_listening(struct vault_run *run)
{
	struct sockaddr_un address = address_of(run);
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

	unlink(address.sun_path);
	ck_assert_int_eq(
		bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	ck_assert_int_eq(chmod(address.sun_path, 0666), 0);
	ck_assert_int_eq(listen(fd, 8), 0);
	start_with(run, fd);
	run->socket = run_connect(run);
}

void run_begin(struct vault_run *run)
{
	run_start(run);
	run_do(run, "hello", "s:s", "role", "loop");
	run_do(run, "configure", "");
}

static int reap(struct vault_run *run)
{
	int status = 0;

	ck_assert_int_eq(waitpid(run->pid, &status, 0), run->pid);
	run->pid = 0;
	if (run->socket >= 0)
		close(run->socket);
	run->socket = -1;
	return status;
}

void run_end(struct vault_run *run)
{
	close(run->socket);
	run->socket = -1;
	ck_assert_int_eq(reap(run), 0);
}

bool run_was_killed(struct vault_run *run)
{
	int status = 0;

	close(run->socket);
	run->socket = -1;
	status = reap(run);
	ck_assert(WIFEXITED(status));
	return WEXITSTATUS(status) == 9;
}

void run_kill(struct vault_run *run)
{
	kill(run->pid, SIGKILL);
	reap(run);
}

void run_let_open(const struct vault_run *run, rlim_t descriptors)
{
	struct rlimit limit;

	ck_assert_int_eq(prlimit(run->pid, RLIMIT_NOFILE, NULL, &limit), 0);
	limit.rlim_cur =
		descriptors < limit.rlim_max ? descriptors : limit.rlim_max;
	ck_assert_int_eq(prlimit(run->pid, RLIMIT_NOFILE, &limit, NULL), 0);
}

void run_clean(struct vault_run *run)
{
	if (run->pid)
		run_end(run);
	json_decref(run->reply);
	remove_tree(run->folder);
}

/* Requests. */

static bool pack_and_send(struct vault_run *run, const char *verb,
	const char *format, va_list arguments)
{
	char whole[256];

	snprintf(whole, sizeof(whole), "{%s}", format);
	json_t *request = json_vpack_ex(NULL, 0, whole, arguments);
	ck_assert_ptr_nonnull(request);
	json_object_set_new(request, "id", json_integer(++run->id));
	json_object_set_new(request, "verb", json_string(verb));
	bool is_sent = message_send(run->socket, request, NULL);
	json_decref(request);
	return is_sent;
}

static int send_request(struct vault_run *run, const char *verb,
	const char *format, va_list arguments)
{
	ck_assert(pack_and_send(run, verb, format, arguments));
	return run->id;
}

bool run_receive(struct vault_run *run)
{
	struct error err = {0};

	json_decref(run->reply);
	run->text[0] = run->code[0] = run->kind[0] = '\0';
	run->reply = message_receive(run->socket, &err);
	ck_assert_msg(run->reply || err.kind == ERROR_NONE, "%s", err.text);
	if (run->reply && message_is_error(run->reply, &err)) {
		snprintf(run->text, sizeof(run->text), "%s", err.text);
		snprintf(run->code, sizeof(run->code), "%s", err.code);
		snprintf(run->kind, sizeof(run->kind), "%s",
			error_kind_name(err.kind));
	}
	return run->reply != NULL;
}

int run_send(struct vault_run *run, const char *verb, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	int id = send_request(run, verb, format, arguments);
	va_end(arguments);
	return id;
}

/* A verb that is done in slices goes on to its end. */
static bool go_on(struct vault_run *run)
{
	cleanup(json) json_t *request = json_pack("{s:i, s:s, s:b}", "id",
		run->id, "verb", "configure", "more", true);

	return member_bool_or(run->reply, "more", false) &&
		message_send(run->socket, request, NULL);
}

static bool receive_answer(struct vault_run *run, int id)
{
	do
		ck_assert(run_receive(run));
	while (go_on(run));
	ck_assert_int_eq(member_integer_or(run->reply, "id", 0), id);
	return !json_object_get(run->reply, "error");
}

bool run_ask(struct vault_run *run, const char *verb, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	int id = send_request(run, verb, format, arguments);
	va_end(arguments);
	return receive_answer(run, id);
}

const json_t *run_do(
	struct vault_run *run, const char *verb, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	int id = send_request(run, verb, format, arguments);
	va_end(arguments);
	ck_assert_msg(receive_answer(run, id), "%s: %s", verb, run->text);
	return run->reply;
}

bool run_try(struct vault_run *run, const char *verb, const char *format, ...)
{
	struct error err = {0};
	va_list arguments;

	va_start(arguments, format);
	bool is_sent = pack_and_send(run, verb, format, arguments);
	va_end(arguments);
	do {
		json_decref(run->reply);
		run->reply =
			is_sent ? message_receive(run->socket, &err) : NULL;
		if (!run->reply)
			return false;
	} while (go_on(run));
	ck_assert_msg(
		!message_is_error(run->reply, &err), "%s: %s", verb, err.text);
	return true;
}
