/* SPDX-License-Identifier: MIT */
#include "budget_counted.h"

#include "json.h"
#include "member.h"
#include "text.h"

#define MOST_ENTRIES 16

static json_t *kinds_to_json(unsigned kinds)
{
	json_t *list = json_array();

	for (unsigned kind = 0; kind < LIMIT_KINDS; kind++)
		if (kinds & BUDGET_KINDS(kind))
			json_array_append_new(list,
				json_string(limit_name((enum limit_kind)kind)));
	return list;
}

static unsigned kinds_from_json(const json_t *entry)
{
	const json_t *list = json_object_get(entry, "kinds");
	unsigned kinds = 0;

	for (size_t i = 0; i < json_array_size(list); i++) {
		const char *name = json_string_value(json_array_get(list, i));
		enum limit_kind kind;
		if (name && limit_find(name, &kind))
			kinds |= BUDGET_KINDS(kind);
	}
	return kinds;
}

void budget_counted_add(
	struct lineage *lineage, const char *ca, unsigned kinds, int64_t now)
{
	json_t *entry = json_pack(
		"{s:s, s:o}", "ca", ca, "kinds", kinds_to_json(kinds));

	member_put_time(entry, "when", now);
	if (!lineage->counted)
		lineage->counted = json_array();
	json_array_append_new(lineage->counted, entry);
	if (json_array_size(lineage->counted) > MOST_ENTRIES)
		json_array_remove(lineage->counted, 0);
}

static json_t *last_of(const struct lineage *lineage)
{
	size_t count = json_array_size(lineage->counted);

	return count ? json_array_get(lineage->counted, count - 1) : NULL;
}

unsigned budget_counted_last(const struct lineage *lineage)
{
	return kinds_from_json(last_of(lineage));
}

void budget_counted_change(struct lineage *lineage, unsigned kinds)
{
	json_t *entry = last_of(lineage);

	if (entry && kinds)
		json_object_set_new(entry, "kinds", kinds_to_json(kinds));
	else if (entry)
		json_array_remove(lineage->counted,
			json_array_size(lineage->counted) - 1);
}

void budget_counted_each(const struct lineage *lineage, const char *ca,
	void (*on_entry)(void *data, const struct lineage *lineage,
		unsigned kinds, int64_t when),
	void *data)
{
	for (size_t i = 0; i < json_array_size(lineage->counted); i++) {
		const json_t *entry = json_array_get(lineage->counted, i);
		if (streq(member_string_or(entry, "ca", ""), ca))
			on_entry(data, lineage, kinds_from_json(entry),
				member_time(entry, "when"));
	}
}

void budget_limited_set(struct lineage *lineage, const char *ca,
	enum limit_kind kind, const char *key, int64_t until)
{
	json_decref(lineage->limited);
	lineage->limited = json_pack("{s:s, s:s, s:s}", "ca", ca, "kind",
		limit_name(kind), "key", key);
	member_put_time(lineage->limited, "until", until);
}

bool budget_limited_get(const struct lineage *lineage, const char *ca,
	enum limit_kind *kind, const char **key, int64_t *until)
{
	const json_t *limited = lineage->limited;

	if (!limited || !streq(member_string_or(limited, "ca", ""), ca) ||
		!limit_find(member_string_or(limited, "kind", ""), kind))
		return false;
	*key = member_string_or(limited, "key", "");
	*until = member_time(limited, "until");
	return true;
}
