/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What live/NAME points to: one rename of the link puts key and chain in
 * place together.
 */

#include "archive.h"

/* The version of that number, into out, which is to be cleared; false: it is
 * damaged, expired or revoked, and so neither gone back to nor put in the place
 * of a link that was lost. */
bool switch_read_usable(struct vault *vault, const char *name, unsigned number,
	struct version *out);

/* The newest such version below `limit`, into out, which is to be cleared;
 * false: there is none. */
bool switch_find_usable(struct vault *vault, const char *name, unsigned limit,
	bool may_be_placeholder, struct version *out);

/* The verbs `switch`, `rollback` and `placeholder`. A switch to what will never
 * do is refused. A rollback names the version that it leaves: who has not heard
 * the answer asks for the same again. */
json_t *switch_version(
	struct vault *vault, const json_t *request, struct error *err);
json_t *switch_back(
	struct vault *vault, const json_t *request, struct error *err);
json_t *switch_placeholder(
	struct vault *vault, const json_t *request, struct error *err);
