/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What people are told of a certificate besides attempts and deployments:
 * that it is there, that its end comes near, that nothing renews it.
 */

#include "fleet.h"

/* A CA has signed it: the VERSION of verbs.h that is staged or switched in. */
void notices_issued(
	struct fleet *fleet, struct lineage *lineage, const json_t *version);

/* The chain of what is installed leads elsewhere than to `anchor`, that of the
 * one before (P10)? */
void notices_root(
	struct fleet *fleet, struct lineage *lineage, const char *anchor);

/* It is switched in: live/ has the version that the lineage speaks of. */
void notices_installed(struct fleet *fleet, struct lineage *lineage);

/* live/ has a placeholder now. */
void notices_placeholder(struct fleet *fleet, struct lineage *lineage);

/* It was due, and nothing was scheduled (N11). */
void notices_forgotten(struct fleet *fleet, struct lineage *lineage);

/* Tells that it expires soon or has expired, and says so again each day; and
 * once in a run that its file is gone. To be called at least once a minute,
 * and when the lineage has changed. */
void notices_look(struct fleet *fleet, struct lineage *lineage, int64_t now);
