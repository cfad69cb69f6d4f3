/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * `make torture` says when it must be over: a harness that is not done by then
 * tells what it has done, and fails.
 */

#include <stdbool.h>

/* After TORTURE_END, seconds since 1970, if there is such a variable. */
bool is_late(void);
