/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Profiles (draft-ietf-acme-profiles): which one to ask for, given what the
 * CA tells of.
 */

#include "directory.h"

struct profile_wish {
	const char *name; /* borrowed, or NULL: the CA chooses */
	bool is_required;
};

/* The name to ask for, borrowed from the wish, into *out; NULL for none,
 * which is a reason to warn when there was a wish. False with err (K7) when
 * a required one is not there. */
bool profile_choose(const struct directory *directory,
	const struct profile_wish *wish, const char **out, struct error *err);
