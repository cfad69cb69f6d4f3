/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Who waits for a CA, first come, first served: at most so many hold a slot,
 * and each holder is told once, of readiness or of a failure.
 */

#include <stdbool.h>
#include <stdint.h>

struct ca_ready;
struct error;

enum ca_use {
	CA_FOR_ORDER, /* needs the account */
	CA_ALONE, /* with nobody else under way, and maybe without it */
};

struct ca_wait {
	struct ca_wait *next;
	struct ca *ca; /* borrowed */
	enum ca_use use;
	bool has_slot;
	bool is_told;
	bool is_gone;
	void (*on_ready)(void *data, const struct ca_ready *ready,
		const struct error *err);
	void *data;
};

struct ca_slots {
	struct ca_wait *first; /* owned */
	int64_t most;
	int64_t taken;
};

/* At the end of the line. */
struct ca_wait *ca_slots_add(struct ca_slots *slots, enum ca_use use);
/* Its slot is free at once; it itself is freed by ca_slots_sweep(), so that
 * callbacks may do this. */
void ca_slots_leave(struct ca_slots *slots, struct ca_wait *wait);
void ca_slots_sweep(struct ca_slots *slots);

/* Gives the slots that are free to those who wait longest. */
void ca_slots_take(struct ca_slots *slots);
/* Does anybody with a slot wait to be told? Who needs the account? */
bool ca_slots_are_awaited(const struct ca_slots *slots);
bool ca_slots_need_account(const struct ca_slots *slots);
/* Was anybody told who has not left? */
bool ca_slots_are_used(const struct ca_slots *slots);
/* Tells everybody with a slot who was not told: err NULL for ready. Without
 * the account in `ready` those who need it are left out. */
void ca_slots_tell(struct ca_slots *slots, const struct ca_ready *ready,
	const struct error *err);
