/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The configuration is taken in, a slice at a time, so that others are served
 * while thousands of files are read: all are read, those with mistakes go by
 * their accepted texts (state/config of the folder `state`), and what is
 * accepted is kept.
 */

#include "configuration.h"

struct taking;

/* `old` is borrowed until the end: the configuration that is to be replaced. */
struct taking *taking_start(
	int state, const char *main_file, const struct configuration *old);
void taking_free(struct taking *taking);

enum taking_state {
	TAKING_ON, /* call it again */
	TAKING_DONE,
	TAKING_FAILED, /* REFUSED: there are no global texts to go by; LOCAL:
			* nobody can see what there is */
};

enum taking_state taking_go_on(struct taking *taking, struct error *err);

/* Replaces the configuration by what was taken in. */
void taking_finish(struct taking *taking, struct configuration *configuration);
