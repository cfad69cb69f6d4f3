/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The daily look at the files that servers read, which the loop may not: the
 * vault looks (verb `look`), mends what it can, and what is wrong is told.
 */

#include "fleet.h"

struct file_rounds;

/* The fleet is borrowed. Never NULL. */
struct file_rounds *file_rounds_new(struct fleet *fleet);
/* Looks under way are dropped. */
void file_rounds_free(struct file_rounds *rounds);

/* Looks at what is installed of the lineage. */
void file_rounds_start(
	struct file_rounds *rounds, const struct lineage *lineage);

/* The first of the vault's findings that people have to hear of, or NULL;
 * borrowed. When it ends is told by others. */
const json_t *file_rounds_fault(const json_t *findings);
