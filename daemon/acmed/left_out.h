/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The names that a lineage is issued without while they fail
 * (DropDeadNames=after-half-slack): lib/dead_names with what the lineage
 * knows.
 */

#include "fleet.h"

/* Lacks what is installed some names that were left out, and no others? */
bool left_out_is_reduced(const struct lineage *lineage);

/* When they are tried again: INT64_MAX where none was left out. */
int64_t left_out_retry(const struct lineage *lineage, int64_t now);

/* The names that an attempt now does without: a new reference, or NULL. A
 * human who asks again has all tried. */
json_t *left_out_now(const struct lineage *lineage, int64_t now);

/* Those that what is installed lacks: a new reference, or NULL. */
json_t *left_out_list(const struct lineage *lineage);

/* An attempt has failed for these names (NULL: not for any): they are marked.
 * Where all were asked for the others are well. */
void left_out_note(struct lineage *lineage, const json_t *blockers, bool is_all,
	int64_t now);

/* "'b.example' blocks renewal of 12 other names" before the text of err,
 * where others are well. */
void left_out_explain(const struct config_certificate *certificate,
	const json_t *blockers, struct error *err);

#define LEFT_OUT_CODE "K9"
/* "issued without dead.example, tried again each day", of these names. */
void left_out_describe(const json_t *names, char *out, size_t size);

/* It was issued, without these names or (NULL) with all: logged and kept. */
void left_out_issued(
	struct fleet *fleet, struct lineage *lineage, const json_t *without);
