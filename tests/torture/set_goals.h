/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What all programs together are led to: one goal a phase of their life.
 */

#include "set_play.h"

struct set_goal {
	const char *name;
	const char *from; /* what is put back first: kept/FROM */
	/* What a human does then, and does again when it did not come to its
	 * end; NULL: nothing, acmed comes to it by itself. */
	void (*begin)(struct set *set);
	/* Of set->seen, just looked at. */
	bool (*is_reached)(struct set *set);
	bool has_start; /* the start is part of it */
	bool has_stop;
	unsigned orders; /* of an undisturbed run */
};

extern const struct set_goal SET_GOALS[];
extern const size_t SET_GOAL_COUNT;

/* Makes what the goals begin with; ends the program when it cannot. */
void set_make_kept(struct set *set);
/* Starts nothing; waits until it is reached: false when acmed has ended, or
 * after so many seconds. */
bool set_reach(struct set *set, const struct set_goal *goal, unsigned seconds);
/* The same; ends as well when it has told that something failed. */
bool set_settle(struct set *set, const struct set_goal *goal, unsigned seconds);
/* Waits until acmed answers: false when it has ended. */
bool set_wait_ready(struct set *set, unsigned seconds);
