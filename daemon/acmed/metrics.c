/* SPDX-License-Identifier: MIT */
#include "metrics.h"

#include "metrics_family.h"

#include <stdio.h>
#include <time.h>

static const struct metrics_family *const TABLES[] = {
	METRICS_OF_DAEMON, METRICS_OF_CAS, METRICS_OF_CERTIFICATES};

/* The family at that place over all tables, or NULL. */
static const struct metrics_family *family_at(size_t place)
{
	for (size_t i = 0; i < sizeof(TABLES) / sizeof(*TABLES); i++)
		for (const struct metrics_family *f = TABLES[i]; f->name; f++)
			if (!place--)
				return f;
	return NULL;
}

/* False when the page is full. */
static bool write_certificates(const struct metrics_page *page,
	const struct metrics_family *family, struct metrics_cursor *cursor)
{
	const struct fleet *fleet = page->source->fleet;
	size_t i = *cursor->after ? fleet_after(fleet, cursor->after) : 0;

	for (; i < fleet->count; i++) {
		if (*cursor->after && page->out->length >= METRICS_PAGE)
			return false;
		const struct lineage *lineage = fleet->lineages[i];
		family->write_one(page, lineage);
		snprintf(cursor->after, sizeof(cursor->after), "%s",
			lineage->name);
	}
	return true;
}

bool metrics_page(const struct metrics_source *source,
	struct metrics_cursor *cursor, struct text *out)
{
	struct metrics_page page = {
		.source = source, .out = out, .now = time(NULL)};
	const struct metrics_family *family;

	while ((family = family_at(cursor->family))) {
		if (out->length >= METRICS_PAGE)
			return true;
		page.family = family->name;
		if (!*cursor->after)
			exposition_family(
				out, family->name, family->type, family->help);
		if (family->write)
			family->write(&page);
		else if (!write_certificates(&page, family, cursor))
			return true;
		cursor->after[0] = '\0';
		cursor->family++;
	}
	return false;
}
