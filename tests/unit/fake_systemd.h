/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * A system bus of the test's own (dbus-daemon), and on it a process that
 * plays systemd's manager. The unit's name says how a job goes: see
 * fake_systemd.c.
 */

#include <stdbool.h>
#include <sys/types.h>

struct fake_systemd {
	char folder[64];
	pid_t bus;
	pid_t manager;
};

/* Is there a dbus-daemon? */
bool fake_systemd_is_possible(void);

/* Sets DBUS_SYSTEM_BUS_ADDRESS. */
void fake_systemd_start(struct fake_systemd *systemd);
/* Plays the manager on the bus that runs already. */
void fake_systemd_start_manager(struct fake_systemd *systemd);
void fake_systemd_stop_manager(struct fake_systemd *systemd);
/* Begins a bus at the same address again, after it was stopped. */
void fake_systemd_start_bus(struct fake_systemd *systemd);
void fake_systemd_stop_bus(struct fake_systemd *systemd);
void fake_systemd_stop(struct fake_systemd *systemd);

/* How often was this method called for this unit? */
unsigned fake_systemd_count(
	struct fake_systemd *systemd, const char *method, const char *unit);
