/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Which of the CAs of a certificate is asked next, and when: the first that
 * is well. Each has failures and a backoff of its own; when one fails, the
 * time left until expiry decides how long it is waited for.
 */

#include "lineage.h"

struct failover;

void failover_free(struct failover *failover);

/* The CA that is asked next. */
const struct config_ca *failover_ca(const struct lineage *lineage);

/* An attempt begins: one that has asked for more time is passed over. */
void failover_begin(struct lineage *lineage, int64_t now);

/* Whoever was chosen is not any more: the next attempt begins at the first
 * that may be asked. */
void failover_forget(struct lineage *lineage);

/* The CA that is asked next has to be waited for until then, though it does
 * not fail. Where that is longer than one that fails is waited for, the first
 * other one of whom `free_from` says that it is free, and that is past its own
 * wait, is asked next. Returns when that is: `now`, or when to look again. */
int64_t failover_evade(struct lineage *lineage, int64_t until, int64_t now,
	int64_t (*free_from)(void *data, const struct config_ca *ca),
	void *data);

/* The attempt at that CA has failed: where there are others, sets the next
 * one, and not_before of the lineage anew. What is no fault of the CA leaves
 * the wait as it is, and the next attempt to failover_begin(). */
void failover_note(
	struct lineage *lineage, const struct error *err, int64_t now);

/* A certificate was issued: the next attempt begins at the first CA again. */
void failover_succeed(struct lineage *lineage);

/* Both directions of what lasts; NULL for nothing. */
json_t *failover_to_json(const struct lineage *lineage);
void failover_from_json(struct lineage *lineage, const json_t *object);
