/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What live/NAME points to: one rename of the link puts key and chain in
 * place together.
 */

#include "archive.h"

/* Neither expired nor revoked: nothing else is switched in or gone back to, or
 * put in the place of a link that was lost. */
bool switch_is_usable(
	struct vault *vault, const char *name, const struct version *version);

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
