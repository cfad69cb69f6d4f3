/* SPDX-License-Identifier: MIT */
#include "ca_slots.h"

#include "ca.h"
#include "mem.h"

struct ca_wait *ca_slots_add(struct ca_slots *slots, enum ca_use use)
{
	struct ca_wait *wait = mem_new(sizeof(*wait));
	struct ca_wait **link = &slots->first;

	wait->use = use;
	while (*link)
		link = &(*link)->next;
	*link = wait;
	return wait;
}

void ca_slots_leave(struct ca_slots *slots, struct ca_wait *wait)
{
	wait->is_gone = true;
	if (wait->has_slot)
		slots->taken--;
}

void ca_slots_sweep(struct ca_slots *slots)
{
	struct ca_wait **link = &slots->first;

	while (*link) {
		struct ca_wait *wait = *link;
		if (!wait->is_gone) {
			link = &wait->next;
			continue;
		}
		*link = wait->next;
		free(wait);
	}
}

/* Orders are bounded. Who wants to be alone waits for all before, and all
 * behind wait for that one. */
static bool may_take(const struct ca_slots *slots, const struct ca_wait *wait)
{
	switch (wait->use) {
	case CA_FOR_ORDER:
		return slots->taken < slots->most;
	case CA_ALONE:
		return slots->taken == 0;
	}
	return false;
}

void ca_slots_take(struct ca_slots *slots)
{
	for (struct ca_wait *w = slots->first; w; w = w->next) {
		if (w->is_gone)
			continue;
		if (!w->has_slot && may_take(slots, w)) {
			w->has_slot = true;
			slots->taken++;
		}
		if (w->use == CA_ALONE)
			return;
	}
}

static bool is_awaiting(const struct ca_wait *wait)
{
	return wait->has_slot && !wait->is_told && !wait->is_gone;
}

bool ca_slots_are_awaited(const struct ca_slots *slots)
{
	for (const struct ca_wait *w = slots->first; w; w = w->next)
		if (is_awaiting(w))
			return true;
	return false;
}

bool ca_slots_need_account(const struct ca_slots *slots)
{
	for (const struct ca_wait *w = slots->first; w; w = w->next)
		if (is_awaiting(w) && w->use == CA_FOR_ORDER)
			return true;
	return false;
}

bool ca_slots_are_used(const struct ca_slots *slots)
{
	for (const struct ca_wait *w = slots->first; w; w = w->next)
		if (w->is_told && !w->is_gone)
			return true;
	return false;
}

void ca_slots_tell(struct ca_slots *slots, const struct ca_ready *ready,
	const struct error *err)
{
	for (struct ca_wait *w = slots->first; w; w = w->next) {
		if (!is_awaiting(w))
			continue;
		if (!err && !ready->account && w->use == CA_FOR_ORDER)
			continue;
		w->is_told = true;
		w->on_ready(w->data, err ? NULL : ready, err);
	}
}
