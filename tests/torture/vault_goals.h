/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What a vault is led to: one goal a phase of its life. Each looks at what is
 * there and does what is missing, as the loop does it, so that it can be gone
 * on with after any failure.
 */

#include "vault_play.h"

/* States of the disk to begin with; each is made from the one before. */
enum stage {
	STAGE_EMPTY,
	STAGE_PLACEHOLDER, /* configured, no account */
	STAGE_ACCOUNT,
	STAGE_ISSUED,
	STAGE_RENEWED, /* as many versions as are kept */
	STAGE_COUNT,
};

struct before {
	int version;
	char serial[80];
};

struct goal {
	const char *name;
	enum stage from;
	/* Changes the configuration first; may be NULL. */
	void (*prepare)(struct play *play);
	/* True when it is reached. `before` is what the stage had. */
	bool (*reach)(struct play *play, const struct before *before);
	bool has_start; /* the start is part of it */
	bool has_stop;
	const char *lineage; /* what it is for; NULL: PLAY_NAME */
};

#define GOALS_MAX 16
extern const struct goal GOALS[];
extern const size_t GOAL_COUNT;

/* Leads an empty vault to the stage that follows `stage`. */
bool goal_next_stage(struct play *play, enum stage stage);
