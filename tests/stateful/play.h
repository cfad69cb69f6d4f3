/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * One play: a program of steps, STEP_SIZE bytes each, that CAs, the clock,
 * the administrator and the machine go by, and an end in which all is well
 * again. The invariants of the project are looked at throughout; what does
 * not hold ends the program.
 */

#include <stddef.h>
#include <stdint.h>

#define STEP_SIZE 4
#define STEPS_MAX 60

void play(const uint8_t *bytes, size_t length);
