/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The global files of a configuration: all of them as they are now, or all as
 * they were accepted last.
 */

#include "configuration.h"

/* Parses the global files that were read. REFUSED when they have mistakes and
 * none were ever accepted. */
bool configuration_take_global(
	struct configuration *configuration, int state, struct error *err);
