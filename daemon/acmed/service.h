/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What the service manager hears of us: READY, RELOADING, STATUS, WATCHDOG,
 * STOPPING (sd_notify). Without one, all of it does nothing.
 */

#include <stdbool.h>

void service_ready(void);
void service_reloading(void);
void service_stopping(void);

/* Sends the line only when it is another one than before. */
void service_status(const char *line);

/* The line that was sent last, "" before; borrowed. */
const char *service_status_line(void);

/* The start goes on, for another so many seconds at least. */
void service_extend(unsigned seconds);

/* Seconds within which the watchdog wants a ping; 0: none. */
double service_watchdog_interval(void);
void service_watchdog_ping(void);

/* Are we started again when we end? Whoever runs us without systemd may not. */
bool service_starts_again(void);

/* Sockets that the manager handed over, by name; -1 when there is none of
 * that name. The first call takes them all in. */
int service_take_socket(const char *name);
