/* SPDX-License-Identifier: MIT */
#include "ca_slots.h"

#include "mem.h"

struct ca_wait *ca_slots_add(struct ca_slots *slots)
{
	struct ca_wait *wait = mem_new(sizeof(*wait));
	struct ca_wait **link = &slots->first;

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

void ca_slots_take(struct ca_slots *slots)
{
	for (struct ca_wait *w = slots->first; w; w = w->next) {
		if (slots->taken >= slots->most)
			return;
		if (w->has_slot || w->is_gone)
			continue;
		w->has_slot = true;
		slots->taken++;
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

void ca_slots_tell(struct ca_slots *slots, const struct ca_ready *ready,
	const struct error *err)
{
	for (struct ca_wait *w = slots->first; w; w = w->next) {
		if (!is_awaiting(w))
			continue;
		w->is_told = true;
		w->on_ready(w->data, err ? NULL : ready, err);
	}
}
