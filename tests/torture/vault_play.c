/* SPDX-License-Identifier: MIT */
#include "vault_play.h"

#include "json.h"
#include "mem.h"
#include "message.h"
#include "text.h"

#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>
#undef fail

#define DEADLINE 60 /* seconds, of a reply */
#define PAGES_MAX 100
#define FILE_OF_IT "etc/certs.d/" PLAY_NAME ".conf"

/* Saying what is wrong. */

bool play_fail(struct play *play, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(play->text, sizeof(play->text), format, arguments);
	va_end(arguments);
	return false;
}

void play_flaw(struct play *play, const char *format, ...)
{
	va_list arguments;

	if (*play->flaw)
		return;
	va_start(arguments, format);
	vsnprintf(play->flaw, sizeof(play->flaw), format, arguments);
	va_end(arguments);
}

/* Files. */

const char *play_path(struct play *play, const char *path)
{
	static char full[2][PATH_MAX];
	static unsigned turn;
	char *out = full[turn++ % 2];

	if (snprintf(out, PATH_MAX, "%s/%s", play->folder, path) >= PATH_MAX)
		abort();
	return out;
}

void play_write(struct play *play, const char *path, const char *text)
{
	FILE *file = fopen(play_path(play, path), "we");

	if (!file)
		abort();
	fputs(text, file);
	fclose(file);
}

void play_open(struct play *play, struct trace *trace, const char *folder)
{
	*play = (struct play){.trace = trace, .socket = -1};
	snprintf(play->folder, sizeof(play->folder), "%s", folder);
	little_ca_open(&play->ca);
	mkdir(play->folder, 0755);
	mkdir(play_path(play, "etc"), 0755);
	mkdir(play_path(play, "etc/certs.d"), 0755);
	mkdir(play_path(play, "run"), 0755);
	play_write(play, "etc/acmed.conf",
		"[CA little]\n"
		"Directory=https://ca.test/dir\n"
		"Contact=ops@a.example\n"
		"AgreeToTerms=yes\n"
		"[Certificate]\n"
		"CA=little\n");
	play_write(play, FILE_OF_IT,
		"[Certificate]\nNames=a.example www.a.example\n");
}

void play_close(struct play *play)
{
	json_decref(play->reply);
	json_decref(play->lineage);
	little_ca_close(&play->ca);
}

/* Life. */

/* The program lies two folders above the harness. */
static const char *program(void)
{
	static char path[PATH_MAX + 32];
	char self[PATH_MAX] = "";

	if (*path || readlink("/proc/self/exe", self, PATH_MAX - 1) < 0)
		return path;
	snprintf(path, sizeof(path), "%s/acmed-vault",
		dirname(dirname(dirname(self))));
	return path;
}

struct start {
	struct play *play;
	int socket;
};

static void become_vault(void *data)
{
	const struct start *start = data;
	int log = open("/dev/null", O_WRONLY | O_CLOEXEC);
	char pid[16];

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	setenv("CONFIGURATION_DIRECTORY", play_path(start->play, "etc"), 1);
	setenv("STATE_DIRECTORY", play_path(start->play, "state"), 1);
	setenv("RUNTIME_DIRECTORY", play_path(start->play, "run"), 1);
	snprintf(pid, sizeof(pid), "%d", (int)getpid());
	setenv("LISTEN_PID", pid, 1);
	setenv("LISTEN_FDS", "1", 1);
	if (!getenv("VERBOSE"))
		dup2(log, 2);
	if (start->socket == 3)
		fcntl(3, F_SETFD, 0);
	else
		dup2(start->socket, 3);
	execl(program(), "acmed-vault", (char *)NULL);
}

static int patience(const struct play *play)
{
	return play->patience ? (int)play->patience : DEADLINE;
}

static void with_deadline(const struct play *play)
{
	struct timeval deadline = {.tv_sec = patience(play)};

	setsockopt(play->socket, SOL_SOCKET, SO_RCVTIMEO, &deadline,
		sizeof(deadline));
}

static bool launch(struct play *play, bool is_traced)
{
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0)
		abort();
	struct start start = {play, pair[1]};
	play->pid = is_traced ? trace_start(play->trace, become_vault, &start)
			      : fork();
	if (play->pid == 0) {
		become_vault(&start);
		_exit(127);
	}
	close(pair[1]);
	play->socket = pair[0];
	play->is_gone = play->is_taken = false;
	with_deadline(play);
	return play->pid > 0;
}

bool play_start(struct play *play, bool is_traced)
{
	return launch(play, is_traced) &&
		play_ask(play, "hello", "s:s", "role", "loop") &&
		play_configure(play) &&
		play_ask(play, "load", "s:s", "after", "");
}

static void hang_up(struct play *play)
{
	if (play->socket >= 0)
		close(play->socket);
	play->socket = -1;
}

void play_await_end(struct play *play)
{
	struct pollfd end = {.events = POLLIN};

	hang_up(play);
	end.fd = (int)syscall(SYS_pidfd_open, play->pid, 0);
	if (end.fd < 0)
		abort();
	poll(&end, 1, patience(play) * 1000);
	close(end.fd);
}

int play_end(struct play *play)
{
	int status = 0;

	if (!play->pid)
		return 0;
	hang_up(play);
	waitpid(play->pid, &status, 0);
	play->pid = 0;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* Requests. */

static bool receive(struct play *play)
{
	struct error err = {0};

	json_decref(play->reply);
	play->reply = message_receive(play->socket, &err);
	if (!play->reply) {
		play->is_gone = true;
		return play_fail(play, "the vault is gone: %s", err.text);
	}
	if (!message_is_error(play->reply, &err))
		return true;
	if (!*err.text)
		play_flaw(play, "an error without words");
	return play_fail(play, "%s", err.text);
}

static bool exchange(struct play *play, json_t *request)
{
	if (play->is_gone)
		return play_fail(play, "the vault is gone");
	json_object_set_new(request, "id", json_integer(++play->id));
	if (message_send(play->socket, request, NULL))
		return receive(play);
	play->is_gone = true;
	return play_fail(play, "the vault is gone");
}

bool play_ask(struct play *play, const char *verb, const char *format, ...)
{
	char whole[256];
	va_list arguments;

	snprintf(whole, sizeof(whole), "{%s}", format);
	va_start(arguments, format);
	cleanup(json) json_t *request =
		json_vpack_ex(NULL, 0, whole, arguments);
	va_end(arguments);
	if (!request)
		abort();
	json_object_set_new(request, "verb", json_string(verb));
	if (exchange(play, request))
		return true;
	char why[sizeof(play->text)];
	memcpy(why, play->text, sizeof(why));
	return play_fail(play, "%s: %.480s", verb, why);
}

/* Whatever fails: what was taken in once stays. */
bool play_configure(struct play *play)
{
	bool is_first = true;

	do {
		if (!play_ask(play, "configure", "s:b", "more", !is_first))
			return false;
		is_first = false;
	} while (member_bool_or(play->reply, "more", false));
	bool is_there = access(play_path(play, FILE_OF_IT), F_OK) == 0;
	bool is_taken = member_integer_or(play->reply, "certificates", 0) > 0;
	if (is_there && play->is_taken && !is_taken)
		play_flaw(play, "a rescan has lost a certificate");
	play->is_taken = is_taken;
	return true;
}

static bool keep_named(struct play *play, const char *name)
{
	const json_t *list = json_object_get(play->reply, "certificates");
	size_t i;
	json_t *each;

	json_array_foreach (list, i, each) {
		if (!streq(member_string_or(each, "name", ""), name))
			continue;
		json_decref(play->lineage);
		play->lineage = json_incref(each);
		return true;
	}
	return false;
}

bool play_load(struct play *play, const char *name)
{
	char after[256] = "";

	for (int i = 0; i < PAGES_MAX; i++) {
		if (!play_ask(play, "load", "s:s", "after", after))
			return false;
		if (keep_named(play, name))
			return true;
		snprintf(after, sizeof(after), "%s",
			member_string_or(play->reply, "next", ""));
		if (!*after)
			break;
	}
	return play_fail(play, "load: nothing is known of '%s'", name);
}

static const json_t *installed(const struct play *play)
{
	return json_object_get(play->lineage, "installed");
}

int play_version(const struct play *play)
{
	return (int)member_integer_or(installed(play), "version", 0);
}

const char *play_serial(const struct play *play)
{
	return member_string_or(
		json_object_get(installed(play), "facts"), "serial", "");
}
