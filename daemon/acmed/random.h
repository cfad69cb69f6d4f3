/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Chance, for jitter and spreading only; keys and nonces have their own.
 */

#include <stdlib.h>

/* At least 0, less than 1. */
static inline double random_real(void)
{
	return (double)arc4random() / 4294967296.0;
}
