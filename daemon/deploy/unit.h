/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Jobs on units as root, one at a time: asks systemd and waits for the end of
 * the job. A stopped unit is told apart, and is not started by a restart.
 */

#include "unit_job.h"

/* err is written for everything but BUS_DONE. */
enum bus_result unit_do(
	enum bus_verb verb, const char *unit, struct error *err);
