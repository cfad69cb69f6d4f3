/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The texts by which to go, as they come from the vault piece by piece.
 */

#include "config.h"
#include "text.h"

#include <jansson.h>

struct intake_text {
	char *path; /* owned */
	char *name; /* owned; of a certificate, or NULL */
	bool is_known_ca;
	bool is_stale; /* the accepted text of a file with mistakes */
	char *mistake; /* owned: the first one of the file as it is now */
	struct text text;
};

struct intake_texts {
	struct intake_text *files; /* owned */
	size_t count;
	size_t parsed;
	struct config *config; /* owned; of what is parsed, or NULL */
	struct mistakes mistakes; /* its advice counts, the rest is known */
};

/* Takes in an entry of `files` of the verb `configuration`. */
void intake_texts_add(struct intake_texts *texts, const json_t *piece);
void intake_texts_clear(struct intake_texts *texts);

/* Parses what is whole by now, so that the loop goes on between two pages;
 * with the last one the configuration is complete. False with err when the
 * global files make none. */
bool intake_texts_parse(
	struct intake_texts *texts, bool is_last, struct error *err);
