/* SPDX-License-Identifier: MIT */
#include "handed_socket.h"

#include "text.h"

#include <fcntl.h>
#include <stdlib.h>

bool handed_socket_is_there(void)
{
	const char *count = getenv("LISTEN_FDS");

	return count && streq(count, "1") &&
		fcntl(HANDED_SOCKET, F_SETFD, FD_CLOEXEC) == 0;
}
