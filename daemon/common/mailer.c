/* SPDX-License-Identifier: MIT */
#include "mailer.h"

#include "mem.h"
#include "message.h"
#include "paths.h"
#include "text.h"

#include <errno.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#define NOBODY "no"
#define ADMINISTRATOR "root"
#define PATIENCE 5 /* seconds more than acmed-notify takes */

const char *mailer_address(const struct config_daemon *settings)
{
	if (!settings->notify_mail)
		return access(MAILER_PROGRAM, X_OK) == 0 ? ADMINISTRATOR : NULL;
	return streq(settings->notify_mail, NOBODY) ? NULL
						    : settings->notify_mail;
}

json_t *mailer_request(const char *subject, const char *text)
{
	return json_pack("{s:s, s:s}", "subject", subject, "text", text);
}

static int connect_helper(struct error *err)
{
	const struct timeval patience = {
		.tv_sec = (time_t)MAILER_DEADLINE + PATIENCE};
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

	snprintf(address.sun_path, sizeof(address.sun_path), "%s/notify",
		paths_sockets());
	if (fd >= 0 &&
		setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience,
			sizeof(patience)) == 0 &&
		setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience,
			sizeof(patience)) == 0 &&
		connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0)
		return fd;
	fail_errno(err, errno, "cannot reach acmed-notify on '%s'",
		address.sun_path);
	if (fd >= 0)
		close(fd);
	return -1;
}

bool mailer_send(const char *subject, const char *text, struct error *err)
{
	cleanup(json) json_t *request = mailer_request(subject, text);
	int fd = connect_helper(err);

	if (fd < 0)
		return false;
	cleanup(json) json_t *reply = message_send(fd, request, err)
		? message_receive(fd, err)
		: NULL;
	close(fd);
	if (!reply && err->kind == ERROR_NONE)
		return fail(err, ERROR_LOCAL, "acmed-notify went away");
	return reply && !message_is_error(reply, err);
}
