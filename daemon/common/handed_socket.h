/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The one socket that a helper is started with (sd_listen_fds(3)): it listens,
 * or is a conversation already.
 */

#include <stdbool.h>

#define HANDED_SOCKET 3 /* SD_LISTEN_FDS_START */

/* Was it handed over? Then no program that is run from here has it. */
bool handed_socket_is_there(void);
