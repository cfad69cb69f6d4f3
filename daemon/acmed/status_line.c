/* SPDX-License-Identifier: MIT */
#include "status_line.h"

#include "duration.h"
#include "plan.h"
#include "state_word.h"
#include "text.h"

#include <stdio.h>

static bool is_failing(const struct lineage *lineage, int64_t now)
{
	char state[PLAN_STATE_SIZE];

	plan_state(lineage, now, state);
	return state_is_bad(state);
}

static const struct lineage *next_of(const struct fleet *fleet, int64_t now)
{
	const struct lineage *next = NULL;

	for (size_t i = 0; i < fleet->count; i++) {
		const struct lineage *lineage = fleet->lineages[i];
		if (lineage->due > now && lineage->due < INT64_MAX &&
			(!next || lineage->due < next->due))
			next = lineage;
	}
	return next;
}

static size_t count_failing(const struct fleet *fleet, int64_t now)
{
	size_t failing = 0;

	for (size_t i = 0; i < fleet->count; i++)
		failing += is_failing(fleet->lineages[i], now);
	return failing;
}

void status_line(const struct fleet *fleet, int64_t now,
	char out[static STATUS_LINE_SIZE])
{
	const struct lineage *next = next_of(fleet, now);
	size_t failing = count_failing(fleet, now);
	struct text line cleanup_text_value = {.limit = STATUS_LINE_SIZE - 1};
	char wait[DURATION_SIZE];

	if (fleet->count)
		text_addf(&line, "%zu certificate%s", fleet->count,
			fleet->count > 1 ? "s" : "");
	else
		text_add(&line, "no certificates; see acmectl add");
	if (failing)
		text_addf(&line, ", %zu failing", failing);
	if (next) {
		duration_format(next->due - now, wait);
		text_addf(&line, "; next: %.100s in %s", next->name, wait);
	}
	snprintf(out, STATUS_LINE_SIZE, "%s", line.data);
}
