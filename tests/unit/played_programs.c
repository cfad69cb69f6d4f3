/* SPDX-License-Identifier: MIT */
#include "played_programs.h"

#include "parent.h"
#include "paths.h"
#include "text.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

__attribute__((format(printf, 2, 3))) static void send_text(
	int fd, const char *format, ...)
{
	char text[256];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	if (send(fd, text, strlen(text), MSG_NOSIGNAL) < 0)
		_exit(99);
}

bool played_receive(int fd, char text[static 256])
{
	ssize_t length;

	do
		length = recv(fd, text, 255, 0);
	while (length < 0 && errno == EINTR);
	text[length > 0 ? length : 0] = '\0';
	return length > 0;
}

static int play_helper(int argc, char **argv)
{
	const char *name = program_invocation_short_name;
	const char *pid = getenv("LISTEN_PID");
	char text[256];

	signal(SIGTERM, SIG_IGN);
	if (argc != 3 || !streq(argv[1], "-c") ||
		!streq(argv[2], PLAYED_CONFIGURATION))
		return 97;
	if (!pid || atoi(pid) != getpid() || !streq(getenv("LISTEN_FDS"), "1"))
		return 98;
	int fd = streq(name, "acmed-vault") ? accept(3, NULL, NULL) : 3;
	while (played_receive(fd, text)) {
		if (streq(text, "die"))
			_exit(1);
		bool is_stuck = streq(text, "stick");
		send_text(fd, "%s %d uid %d %s", name, (int)getpid(),
			(int)getuid(),
			fcntl(PLAYED_WIRE, F_GETFD) < 0 ? "clean" : "leaks");
		while (is_stuck)
			pause();
	}
	return 0;
}

static int call(const char *name)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

	snprintf(address.sun_path, sizeof(address.sun_path), "%s/%.16s",
		paths_sockets(), name);
	if (connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0)
		_exit(96);
	return fd;
}

/* "call NAME", "kill NAME" and "jam NAME", after which it hears nothing any
 * more; the conversation is kept open. */
static void obey(const char *order)
{
	char text[256];
	int fd = call(strchr(order, ' ') + 1);

	if (text_starts_with(order, "kill")) {
		send_text(fd, "die");
		played_receive(fd, text);
		send_text(PLAYED_WIRE, "dead");
		close(fd);
		return;
	}
	send_text(fd, text_starts_with(order, "jam") ? "stick" : "hello");
	played_receive(fd, text);
	send_text(PLAYED_WIRE, "%s", text);
}

static void on_signal(int number)
{
	send_text(PLAYED_WIRE, number == SIGHUP ? "hup" : "term");
	if (number == SIGTERM)
		_exit(3);
}

static bool can_bind_low_ports(void)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_addr = {htonl(INADDR_LOOPBACK)},
		.sin_port = htons(2),
	};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int result = bind(fd, (struct sockaddr *)&address, sizeof(address));

	close(fd);
	return result == 0;
}

static int play_acmed(void)
{
	const struct sigaction action = {.sa_handler = on_signal};
	struct parent_view view;
	struct error err;
	char text[256];

	if (!parent_is_needed() ||
		!parent_split(PLAYED_CONFIGURATION, &view, &err) ||
		!view.is_split)
		return 95;
	sigaction(SIGHUP, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	send_text(PLAYED_WIRE, "up uid %d%s%s", (int)getuid(),
		can_bind_low_ports() ? " binds" : "",
		view.has_users ? " users" : "");
	while (played_receive(PLAYED_WIRE, text)) {
		if (text_starts_with(text, "exit "))
			return atoi(text + strlen("exit "));
		obey(text);
	}
	return 94;
}

bool is_played(void)
{
	const char *name = program_invocation_short_name;

	return streq(name, "acmed") || text_starts_with(name, "acmed-");
}

int play_program(int argc, char **argv)
{
	if (streq(program_invocation_short_name, "acmed"))
		return play_acmed();
	return play_helper(argc, argv);
}
