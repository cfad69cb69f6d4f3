/* SPDX-License-Identifier: MIT */

/*
 * state/NAME.json as the loop gets it back: what is taken in is written in
 * the same way from then on, and status can be made of it.
 */

#include "lineage_state.h"

#include "fuzz.h"
#include "json.h"
#include "mem.h"
#include "status.h"
#include "text.h"

#include <math.h>
#include <string.h>

static void check(const struct lineage *lineage)
{
	fuzz_check(isfinite(lineage->seed));
	fuzz_check(lineage->seed >= 0 && lineage->seed <= 1);
	if (lineage->err.kind != ERROR_NONE)
		fuzz_check_error(&lineage->err);
	if (lineage->deploy.err.kind != ERROR_NONE)
		fuzz_check_error(&lineage->deploy.err);
	fuzz_check(json_is_array(lineage->events));
	fuzz_check(json_array_size(lineage->events) <= LINEAGE_EVENTS);
	cleanup(json) json_t *status = status_of(lineage, FUZZ_NOW);
	cleanup(string) char *text = json_write(status);
	fuzz_check(text && strlen(text) < 1 << 20);
}

static struct lineage *read_state(const json_t *state)
{
	struct lineage *lineage = lineage_new("example.org");
	struct error err = {0};

	if (!lineage_from_state(lineage, state, &err))
		fuzz_check_error(&err);
	check(lineage);
	return lineage;
}

void fuzz_lineage_state(const uint8_t *bytes, size_t length)
{
	cleanup(json) json_t *object = fuzz_object(bytes, length);

	if (!object)
		return;
	struct lineage *lineage = read_state(object);
	cleanup(json) json_t *first = lineage_to_state(lineage);
	lineage_free(lineage);
	fuzz_check(first != NULL);
	lineage = read_state(first);
	cleanup(json) json_t *second = lineage_to_state(lineage);
	lineage_free(lineage);
	cleanup(string) char *one = json_write(first);
	cleanup(string) char *two = json_write(second);
	fuzz_check(streq(one, two));
}
