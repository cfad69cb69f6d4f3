/* SPDX-License-Identifier: MIT */
#include "orphans.h"

#include "config_endpoint.h"
#include "config_value.h"
#include "deployer.h"
#include "mem.h"

#include <time.h>

#define HOUR 3600

/* One look; its lineage may be gone when it ends. */
struct orphan {
	struct orphan *next;
	struct orphans *orphans;
	char *name; /* owned */
	struct verify_look *look;
};

struct orphans {
	struct fleet *fleet;
	struct orphan *looks;
};

static void drop(struct orphan *orphan)
{
	struct orphan **link = &orphan->orphans->looks;

	while (*link != orphan)
		link = &(*link)->next;
	*link = orphan->next;
	free(orphan->name);
	free(orphan);
}

static void on_seen(void *data, const struct verify_seen *seen, size_t count)
{
	struct orphan *orphan = data;
	struct fleet *fleet = orphan->orphans->fleet;
	struct lineage *lineage = fleet_find(fleet, orphan->name);
	bool is_served = false;

	drop(orphan);
	for (size_t i = 0; i < count; i++)
		is_served |= seen[i].wanted > 0;
	if (!lineage)
		return;
	lineage->is_sought = false;
	if (lineage->certificate)
		return;
	lineage->is_unserved = !is_served;
	fleet_changed(fleet, lineage);
}

/* What is known stands as Verify= takes it. */
static void read_endpoints(const json_t *known, struct config_deploy *endpoints)
{
	for (size_t i = 0; i < json_array_size(known); i++)
		config_value_verify(json_string_value(json_array_get(known, i)),
			endpoints, NULL);
}

static void clear_endpoints(struct config_deploy *endpoints)
{
	for (size_t i = 0; i < endpoints->endpoint_count; i++)
		config_endpoint_clear(&endpoints->endpoints[i]);
	free(endpoints->endpoints);
}

static void start(struct orphans *orphans, const struct lineage *lineage)
{
	struct orphan *orphan = mem_new(sizeof(*orphan));
	struct config_deploy known = {0};

	read_endpoints(lineage->endpoints, &known);
	const struct verify_wish wish = {
		.endpoints = known.endpoints,
		.endpoint_count = known.endpoint_count,
		.fingerprint = lineage->facts.fingerprint,
		.identifiers = lineage->facts.identifiers,
		.identifier_count = lineage->facts.identifier_count,
	};
	orphan->orphans = orphans;
	orphan->name = mem_string(lineage->name);
	orphan->next = orphans->looks;
	orphans->looks = orphan;
	orphan->look = verify_start(
		orphans->fleet->deployer->verify, &wish, on_seen, orphan);
	clear_endpoints(&known);
}

void orphans_look(struct orphans *orphans, struct lineage *lineage, int64_t now)
{
	if (lineage->certificate) {
		lineage->orphan_look = 0;
		lineage->is_unserved = false;
		return;
	}
	if (!lineage_has_certificate(lineage) ||
		!json_array_size(lineage->endpoints) ||
		(now < lineage->orphan_look &&
			now > lineage->orphan_look - 2 * HOUR))
		return;
	lineage->orphan_look = now + HOUR;
	lineage->is_sought = true;
	start(orphans, lineage);
}

struct orphans *orphans_new(struct fleet *fleet)
{
	struct orphans *orphans = mem_new(sizeof(*orphans));

	orphans->fleet = fleet;
	return orphans;
}

void orphans_free(struct orphans *orphans)
{
	if (!orphans)
		return;
	while (orphans->looks) {
		verify_cancel(orphans->looks->look);
		drop(orphans->looks);
	}
	free(orphans);
}
