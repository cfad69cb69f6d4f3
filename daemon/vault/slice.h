/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * How long the vault works at a verb that goes over everything, before it
 * answers others and goes on when it is asked again.
 */

#include "monotonic.h"

#include <stdbool.h>

#define SLICE_SECONDS 0.02

static inline double slice_begin(void)
{
	return monotonic_now() + SLICE_SECONDS;
}

static inline bool slice_is_over(double end)
{
	return monotonic_now() >= end;
}
