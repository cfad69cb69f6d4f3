/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * state/NAME.json: what the loop keeps of a certificate. Its content is the
 * loop's: here it is an object with "schema": 1 of at most 64 KiB.
 */

#include "vault.h"

/* The verbs `state-save` and `probe`. */
json_t *state_save(
	struct vault *vault, const json_t *request, struct error *err);
json_t *state_probe(
	struct vault *vault, const json_t *request, struct error *err);

/* A new reference, or NULL, with err of kind ERROR_NONE when there is none; one
 * that cannot be seen (file_is_unseen()) may be there. A
 * damaged file is put aside as NAME.json.damaged (L5). */
json_t *state_read(struct vault *vault, const char *name, struct error *err);

/* The names that have a state, sorted. */
struct strings state_names(struct vault *vault);

/* A renamed certificate takes its state along; false when one is there that
 * could not be moved. */
bool state_move(struct vault *vault, const char *from, const char *to);

/* Removes the state of a name, a damaged one too. */
bool state_remove(struct vault *vault, const char *name, struct error *err);
