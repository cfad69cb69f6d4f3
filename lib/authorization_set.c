/* SPDX-License-Identifier: MIT */
#include "authorization_set.h"

#include "text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool authorization_set_open(struct authorization_set *set,
	const struct order_plan *plan, char *const *urls, size_t count,
	struct error *err)
{
	*set = (struct authorization_set){
		.entries = calloc(count + 1, sizeof(*set->entries)),
	};
	if (!set->entries)
		return fail_memory(err);
	for (size_t i = 0; i < count; i++) {
		struct authorization *each =
			authorization_new(plan, urls[i], err);
		if (!each)
			return false;
		set->entries[set->count++].authorization = each;
	}
	return true;
}

void authorization_set_clear(struct authorization_set *set)
{
	for (size_t i = 0; i < set->count; i++)
		authorization_free(set->entries[i].authorization);
	free(set->entries);
	*set = (struct authorization_set){0};
}

static bool may_post(const struct authorization_set *set)
{
	size_t posts = 0;

	for (size_t i = 0; i < set->count; i++)
		posts += set->entries[i].out &&
			set->entries[i].task.want == ORDER_WANTS_POST;
	return posts < ORDER_MAX_IN_FLIGHT;
}

static const struct order_task *entry_next(
	struct authorization_entry *entry, unsigned id, bool may)
{
	if (!may && authorization_wants_post(entry->authorization))
		return NULL;
	const struct order_task *task =
		authorization_next(entry->authorization);
	if (!task)
		return NULL;
	entry->task = *task;
	entry->task.id = id;
	entry->out = true;
	return &entry->task;
}

const struct order_task *authorization_set_next(
	struct authorization_set *set, unsigned id)
{
	bool may = may_post(set);

	for (size_t i = 0; i < set->count; i++) {
		size_t index = (set->turn + i) % set->count;
		const struct order_task *task =
			entry_next(&set->entries[index], id, may);
		if (!task)
			continue;
		set->turn = index + 1;
		return task;
	}
	return NULL;
}

bool authorization_set_done(
	struct authorization_set *set, unsigned id, const struct result *result)
{
	for (size_t i = 0; i < set->count; i++) {
		struct authorization_entry *entry = &set->entries[i];
		if (!entry->out || entry->task.id != id)
			continue;
		entry->out = false;
		authorization_done(entry->authorization, result);
		return true;
	}
	return false;
}

void authorization_set_answer(struct authorization_set *set)
{
	for (size_t i = 0; i < set->count; i++)
		authorization_answer(set->entries[i].authorization);
}

void authorization_set_abort(struct authorization_set *set, bool is_for_good)
{
	for (size_t i = 0; i < set->count; i++) {
		struct authorization_entry *entry = &set->entries[i];
		if (entry->task.want == ORDER_WANTS_PAUSE)
			entry->out = false;
		authorization_abort(entry->authorization, is_for_good);
	}
}

size_t authorization_set_count(
	const struct authorization_set *set, enum authorization_state state)
{
	size_t count = 0;

	for (size_t i = 0; i < set->count; i++)
		count += authorization_state(set->entries[i].authorization) ==
			state;
	return count;
}

bool authorization_set_is_busy(const struct authorization_set *set)
{
	for (size_t i = 0; i < set->count; i++)
		if (authorization_is_busy(set->entries[i].authorization))
			return true;
	return false;
}

/* Puts the number of the others behind the text, which is cut for it. */
static void add_more(struct error *err, size_t more)
{
	char words[40];

	snprintf(words, sizeof(words), " (and %zu more)", more);
	size_t room = sizeof(err->text) - strlen(words) - 1;
	size_t length = strlen(err->text);
	memcpy(err->text + (length < room ? length : room), words,
		strlen(words) + 1);
}

/* Name and value of the record that answers it; false for another type. */
static bool is_record(const struct challenge *challenge)
{
	return challenge && challenge->record_name &&
		challenge->type != CHALLENGE_DNS_PERSIST_01;
}

/* The CA has found what was written for another authorization of this order,
 * and not what was written beside it for this one (D4). */
static bool is_overwritten(
	const struct authorization_set *set, size_t index, const char *words)
{
	const struct challenge *own =
		authorization_challenge(set->entries[index].authorization);

	if (!is_record(own))
		return false;
	for (size_t i = 0; i < set->count; i++) {
		const struct challenge *other =
			authorization_challenge(set->entries[i].authorization);
		if (i != index && is_record(other) &&
			streq(other->record_name, own->record_name) &&
			strstr(words, other->record_value) &&
			!strstr(words, own->record_value))
			return true;
	}
	return false;
}

static void explain(
	const struct authorization_set *set, size_t index, struct error *err)
{
	struct error words = *err;

	if (streq(err->code, "D3") && is_overwritten(set, index, err->text))
		fail_cause(err, err->kind, "D4",
			"two values are needed at one name, and only the last "
			"one was kept: %.300s",
			words.text);
}

bool authorization_set_error(const struct authorization_set *set,
	enum authorization_state state, struct error *err)
{
	size_t count = 0;

	for (size_t i = 0; i < set->count; i++) {
		const struct authorization *each =
			set->entries[i].authorization;
		const struct error *found = authorization_error(each);
		if (authorization_state(each) != state ||
			found->kind == ERROR_NONE)
			continue;
		if (count++ > 0)
			continue;
		*err = *found;
		explain(set, i, err);
	}
	if (count > 1)
		add_more(err, count - 1);
	return count > 0;
}
