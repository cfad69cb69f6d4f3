/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The checks of the daemon, done while it is down: with a loop of our own,
 * from the files, and as this user.
 */

#include "config.h"
#include "finding.h"

/* Tells all but what verb_diagnose looks at itself; returns when it is
 * done. */
void diagnose_offline(const struct config *config, const char *name,
	const struct finding_listener *listener);
