/* SPDX-License-Identifier: MIT */
#include "service.h"

#include "text.h"

#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <systemd/sd-daemon.h>
#include <time.h>

#define MAX_SOCKETS 16

static char status[256];

void service_ready(void)
{
	sd_notify(0, "READY=1");
}

/* MONOTONIC_USEC lets Type=notify-reload see which reload is meant. */
void service_reloading(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	sd_notifyf(0, "RELOADING=1\nMONOTONIC_USEC=%" PRIu64,
		(uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000);
}

void service_stopping(void)
{
	sd_notify(0, "STOPPING=1");
}

void service_status(const char *line)
{
	if (streq(line, status))
		return;
	snprintf(status, sizeof(status), "%s", line);
	sd_notifyf(0, "STATUS=%s", status);
}

const char *service_status_line(void)
{
	return status;
}

void service_extend(unsigned seconds)
{
	sd_notifyf(
		0, "EXTEND_TIMEOUT_USEC=%" PRIu64, (uint64_t)seconds * 1000000);
}

double service_watchdog_interval(void)
{
	uint64_t microseconds = 0;

	if (sd_watchdog_enabled(0, &microseconds) <= 0)
		return 0;
	return (double)microseconds / 1e6;
}

void service_watchdog_ping(void)
{
	sd_notify(0, "WATCHDOG=1");
}

bool service_starts_again(void)
{
	return getenv("INVOCATION_ID") != NULL;
}

int service_take_socket(const char *name)
{
	static char **names;
	static int count = -1;

	if (count < 0)
		count = sd_listen_fds_with_names(0, &names);
	for (int i = 0; i < count && i < MAX_SOCKETS; i++)
		if (names[i] && streq(names[i], name)) {
			names[i][0] = '\0';
			return SD_LISTEN_FDS_START + i;
		}
	return -1;
}
