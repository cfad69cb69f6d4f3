/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * A renamed certificate keeps its lineage: a file with another name and the
 * same identifiers takes over the versions, the order in flight and the
 * state; the old link in live/ points to the new one, for the servers that
 * still use it.
 */

#include "vault.h"

/* Ends what a crash left half done, then moves what has been renamed. */
void move_renamed(struct vault *vault);
