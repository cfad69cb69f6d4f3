/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Tells the service manager's watchdog that the loop turns and the vault
 * answers: a ping follows each answer of the vault, and nothing else does.
 * During the start, where nobody wants pings, it asks for patience instead:
 * whatever the start waits for has a deadline of its own.
 */

#include "helper.h"

struct watchdog;

/* Asks the vault when told to, and by itself where the unit's WatchdogSec=
 * is too short for that. Never NULL. */
struct watchdog *watchdog_new(struct ev_loop *loop, struct helper *vault);
void watchdog_free(struct watchdog *watchdog);

/* The start is over. */
void watchdog_started(struct watchdog *watchdog);

/* A good moment: asks the vault unless it was asked within the last minute. */
void watchdog_minute(struct watchdog *watchdog);
