/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Which process listens on a TCP port: what only root can find out, so it is
 * done here and not in the daemon.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* "nginx (pid 812)" into out; false when it is not to be seen. */
bool port_process_name(uint16_t port, char *out, size_t size);
