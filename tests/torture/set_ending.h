/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What acmed may do about a call that failed or a process that died: go on
 * and say what it cannot, or end and say why.
 */

#include "set_case.h"

/* It goes on and is not at the goal: does it say what is wrong? */
void set_ending_listen(
	struct set *set, const struct set_case *trial, struct text *why);
/* Before anybody has stopped it. */
void set_ending_look_alive(
	struct set *set, const struct set_case *trial, struct text *why);
/* It has ended, by itself or when it was told. */
void set_ending_look(
	const struct set *set, const struct set_case *trial, struct text *why);
