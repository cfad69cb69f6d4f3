/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The cause in what systemd says of a job on a unit: by the result of the job
 * (org.freedesktop.systemd1(5)), or the name of the D-Bus error where none
 * was made. All give a code of `diagnosis`.
 */

#include <stdbool.h>

/* "failed" of a reload or restart, or of the start of a hook; "" for "done". */
const char *diagnosis_of_job(const char *result, bool is_reload, bool is_hook);

/* "org.freedesktop.systemd1.NoSuchUnit". */
const char *diagnosis_of_bus_error(const char *name, bool is_hook);
