/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What a hook finds in its environment, and nothing else: PATH, certbot's
 * RENEWED_LINEAGE and RENEWED_DOMAINS, and ACMED_*.
 */

#include "material.h"

#define ENVIRONMENT_MAX 9

struct environment {
	char *items[ENVIRONMENT_MAX]; /* owned; NULL ends */
};

void environment_fill(struct environment *environment, const char *name,
	const struct material *material);
void environment_clear(struct environment *environment);
