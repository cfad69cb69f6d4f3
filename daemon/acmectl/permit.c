/* SPDX-License-Identifier: MIT */
#include "permit.h"

#include "ask.h"
#include "mem.h"
#include "message.h"
#include "paths.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static bool reads_yes(void)
{
	char answer[16] = "";

	return fgets(answer, sizeof(answer), stdin) &&
		(answer[0] == 'y' || answer[0] == 'Y');
}

bool permit_is_sure(const struct arguments *arguments, const char *format, ...)
{
	va_list given;

	if (arguments->is_yes)
		return true;
	if (!isatty(STDIN_FILENO)) {
		ask_fail(EXIT_FAILED, "'%s' cannot be undone: add --yes",
			arguments->verb);
		return false;
	}
	va_start(given, format);
	vprintf(format, given);
	va_end(given);
	printf(" [y/N] ");
	fflush(stdout);
	return reads_yes();
}

static int connect_vault(struct error *err)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

	snprintf(address.sun_path, sizeof(address.sun_path), "%s/vault",
		paths_sockets());
	if (fd >= 0 &&
		connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0)
		return fd;
	int number = errno;
	if (fd >= 0)
		close(fd);
	if (number == EACCES)
		fail(err, ERROR_REFUSED, "this needs root");
	else
		fail_errno(err, number, "cannot reach the vault on '%s'",
			address.sun_path);
	return -1;
}

bool permit_ask_vault(json_t *request, struct error *err)
{
	json_t *owned cleanup(json) = request;
	int fd = connect_vault(err);

	if (fd < 0)
		return false;
	json_object_set_new(owned, "id", json_integer(1));
	bool is_sent = message_send(fd, owned, err);
	json_t *reply cleanup(json) = is_sent ? message_receive(fd, err) : NULL;
	close(fd);
	return reply && !message_is_error(reply, err);
}
