/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What is in flight: archive/NAME/next/ with the key of the next certificate
 * (durable before finalize), the order that it is for, and the number of the
 * version that was staged from them; for a dry run, a key in memory.
 *
 * The key is never replaced while order.json is there. Another order takes
 * another key.
 */

#include "vault.h"

/* The verbs `csr`, `order-save` and `order-drop`. */
json_t *next_csr(struct vault *vault, const json_t *request, struct error *err);
json_t *next_save_order(
	struct vault *vault, const json_t *request, struct error *err);
json_t *next_drop_order(
	struct vault *vault, const json_t *request, struct error *err);

/* The order in flight, a new reference, or NULL when there is none or its
 * key is lost. */
json_t *next_order(struct vault *vault, const char *name);

/* Notes the version that is being staged, and reads it (0: none). */
bool next_mark_staged(struct vault *vault, const char *name, unsigned number,
	struct error *err);
unsigned next_staged(struct vault *vault, const char *name);

/* Removes next/. */
bool next_drop(struct vault *vault, const char *name, struct error *err);
