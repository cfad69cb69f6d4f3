/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * A call that wants `more` is told every event of a lineage.
 */

#include "method.h"

struct following;

/* The lineage is borrowed until follow_free(). Never NULL. */
struct following *follow_new(
	struct methods *methods, struct call *call, struct lineage *lineage);
void follow_free(struct following *follow);

struct lineage *follow_lineage(const struct following *follow);
