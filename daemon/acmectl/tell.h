/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Tells people without the daemon: by mail, through acmed-notify, and at the
 * URL of NotifyURLFile=.
 */

#include "error.h"
#include "telling_level.h"

/* By every channel that is configured; each that fails is named on standard
 * error. False when nobody was told. `line` has its end of line. */
bool tell_people(enum alert_level level, const char *line);
