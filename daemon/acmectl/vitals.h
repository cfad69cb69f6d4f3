/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Is the daemon alive, and is there a place where it can keep what it does?
 * For a watcher that is not the daemon.
 */

#include "error.h"

/* False with the first thing that is wrong: the daemon does not answer (M1),
 * the state folder is gone, or its disk is full (L1). */
bool vitals_check(struct error *err);
