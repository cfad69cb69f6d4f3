/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What a case leaves on the disk, beside what the undisturbed run left.
 */

#include "set_case.h"

/* Of an undisturbed run (TRACE_COUNT) nothing is said: the others of its goal
 * are compared with the first one. */
void set_left_compare(
	struct set *set, const struct set_case *trial, struct text *why);
