/* SPDX-License-Identifier: MIT */

/*
 * state/NAME.json as the loop gets it back: what is taken in is written in
 * the same way from then on, status can be made of it, and the certificate is
 * renewed in time all the same.
 */

#include "lineage_state.h"

#include "fuzz.h"
#include "json.h"
#include "mem.h"
#include "plan.h"
#include "status.h"
#include "text.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define DAY 86400

/* 80 days old, of 90. */
static void install(struct lineage *lineage)
{
	static char name[] = "example.org";
	static struct identifier identifier = {.value = "example.org"};
	static struct config_ca ca = {.name = name, .directory = name};
	static const struct config_certificate CERTIFICATE = {
		.name = name,
		.identifiers = &identifier,
		.identifier_count = 1,
		.ca = &ca,
	};

	lineage->certificate = &CERTIFICATE;
	lineage->is_loaded = lineage->is_installed = true;
	lineage->version = 1;
	lineage->facts.not_before = FUZZ_NOW - 80 * DAY;
	lineage->facts.not_after = FUZZ_NOW + 10 * DAY - 1;
	snprintf(lineage->facts.ari_id, sizeof(lineage->facts.ari_id), "id");
	snprintf(lineage->facts.serial, sizeof(lineage->facts.serial), "01");
	lineage->facts.identifiers = mem_new(sizeof(identifier));
	lineage->facts.identifiers[0] = identifier;
	lineage->facts.identifier_count = 1;
	renewal_info_bind(&lineage->info, lineage->facts.ari_id);
}

/* It is due, and no wait of a failure is as long. */
static void check_plan(const struct lineage *lineage)
{
	struct plan plan = plan_next(lineage, FUZZ_NOW);

	fuzz_check(*plan.why);
	if (lineage->is_retired || plan_is_held(lineage, FUZZ_NOW))
		return;
	fuzz_check(plan.action == PLAN_ISSUE || plan.action == PLAN_DEPLOY);
	fuzz_check(plan.when <= FUZZ_NOW + 9 * DAY);
}

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
	check_plan(lineage);
	cleanup(json) json_t *status = status_of(lineage, FUZZ_NOW);
	cleanup(string) char *text = json_write(status);
	fuzz_check(text && strlen(text) < 1 << 20);
}

static struct lineage *read_state(const json_t *state)
{
	struct lineage *lineage = lineage_new("example.org");
	struct error err = {0};

	install(lineage);
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
