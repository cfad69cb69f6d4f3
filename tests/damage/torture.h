/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What the harnesses have in common: sizes from the environment, and chance
 * that is the same in every run; SEED= makes it another.
 */

/* Says the seed. */
void torture_begin(const char *what);

/* The number that an environment variable has, or another. */
unsigned torture_setting(const char *name, unsigned other);

/* 0 to limit - 1. */
unsigned torture_draw(unsigned limit);
