/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * A lineage to try policy with: example.org at the CA "test", P-256, 90 days
 * from `now - age`, deployed and seen served.
 */

#include "lineage.h"

#define DAY ((int64_t)86400)
#define HOUR ((int64_t)3600)
#define NOW ((int64_t)1800000000) /* 2027-01-15T08:00:00Z, a Friday */

/* What a test may change before and between. */
struct known_lineage {
	struct config_ca ca;
	struct config_certificate certificate;
	struct identifier identifiers[2];
	struct lineage *lineage;
};

/* Installed for `age` seconds of a lifetime, both as seen at NOW. */
void known_lineage_make(
	struct known_lineage *known, int64_t age, int64_t lifetime);
void known_lineage_clear(struct known_lineage *known);

/* As known_lineage_make(), of a placeholder, and of nothing at all. */
void known_lineage_set_placeholder(struct known_lineage *known);
void known_lineage_set_missing(struct known_lineage *known);
