/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What an attempt leaves in the state of its lineage. Its beginning is durable
 * before the CA hears of it (I2): as if it had failed, so that a crash in the
 * middle does not lead to a storm (R6).
 */

#include "fleet.h"

/* It begins: told, with what is wrong with its request. */
void attempt_mark_begun(struct fleet *fleet, struct lineage *lineage,
	const struct config_ca *ca, bool is_dry);

/* Saves that it failed and waits; the lineage in memory keeps its own count
 * until the end. on_saved comes from the loop. */
struct helper_call *attempt_mark(struct fleet *fleet, struct lineage *lineage,
	void (*on_saved)(
		void *data, const json_t *reply, const struct error *err),
	void *data);

/* It has failed: noted, told with the next date, saved. */
void attempt_mark_failed(struct fleet *fleet, struct lineage *lineage,
	const struct config_ca *ca, const struct error *err);

/* Names that were left out do not go yet: no failure, what is installed stays
 * as it is; told and saved. */
void attempt_mark_unadded(struct fleet *fleet, struct lineage *lineage,
	const struct config_ca *ca, const struct error *err);

/* The version is installed, and to be deployed; saved. False for nonsense. */
bool attempt_mark_issued(struct fleet *fleet, struct lineage *lineage,
	const json_t *version, struct error *err);

/* The same for one that was switched in just before a crash: its state says
 * that the attempt was under way, and the vault has a newer version. True when
 * it has to be saved. */
bool attempt_mark_unheard(struct fleet *fleet, struct lineage *lineage);
