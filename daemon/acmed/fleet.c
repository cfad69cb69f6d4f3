/* SPDX-License-Identifier: MIT */
#include "fleet.h"

#include "fleet_saving.h"
#include "text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

struct snapshot *snapshot_new(struct config *config)
{
	struct snapshot *snapshot = calloc(1, sizeof(*snapshot));

	if (!snapshot)
		abort();
	snapshot->config = config;
	snapshot->users = 1;
	return snapshot;
}

struct snapshot *snapshot_ref(struct snapshot *snapshot)
{
	snapshot->users++;
	return snapshot;
}

void snapshot_unref(struct snapshot *snapshot)
{
	if (!snapshot || --snapshot->users)
		return;
	config_names_free(snapshot->names);
	config_free(snapshot->config);
	free(snapshot);
}

const struct config_names *snapshot_names(struct snapshot *snapshot)
{
	if (!snapshot->names)
		snapshot->names = config_names_new(snapshot->config);
	return snapshot->names;
}

/* Saving. */

struct helper_call *fleet_save(struct fleet *fleet, struct lineage *lineage,
	void (*on_saved)(
		void *data, const json_t *reply, const struct error *err),
	void *data)
{
	if (on_saved)
		return fleet_saving_ask(fleet, lineage, on_saved, data);
	fleet_saving_keep(fleet, lineage);
	return NULL;
}

void fleet_flush(struct fleet *fleet)
{
	for (size_t i = 0; i < fleet->count; i++)
		fleet_saving_end(fleet, fleet->lineages[i]);
}

void fleet_clear(struct fleet *fleet)
{
	fleet_flush(fleet);
	for (size_t i = 0; i < fleet->count; i++)
		lineage_free(fleet->lineages[i]);
	for (size_t i = 0; i < fleet->ca_count; i++)
		ca_unref(fleet->cas[i]);
	free(fleet->lineages);
	free(fleet->cas);
	free(fleet->main_mistake);
	snapshot_unref(fleet->snapshot);
}

/* The place of a name in the sorted list. */
static size_t place_of(const struct fleet *fleet, const char *name)
{
	size_t low = 0;
	size_t high = fleet->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (strcmp(fleet->lineages[middle]->name, name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

size_t fleet_after(const struct fleet *fleet, const char *name)
{
	size_t place = place_of(fleet, name);

	return place +
		(place < fleet->count &&
			streq(fleet->lineages[place]->name, name));
}

struct lineage *fleet_find(const struct fleet *fleet, const char *name)
{
	size_t place = place_of(fleet, name);

	if (place == fleet->count || !streq(fleet->lineages[place]->name, name))
		return NULL;
	return fleet->lineages[place];
}

struct lineage *fleet_add(struct fleet *fleet, const char *name)
{
	struct lineage *found = fleet_find(fleet, name);

	if (found)
		return found;
	size_t place = place_of(fleet, name);
	struct lineage **list = reallocarray(
		fleet->lineages, fleet->count + 1, sizeof(*fleet->lineages));
	if (!list)
		abort();
	fleet->lineages = list;
	memmove(list + place + 1, list + place,
		(fleet->count - place) * sizeof(*list));
	list[place] = lineage_new(name);
	fleet->count++;
	return list[place];
}

void fleet_remove(struct fleet *fleet, struct lineage *lineage)
{
	size_t place = place_of(fleet, lineage->name);

	fleet_saving_end(fleet, lineage);
	lineage_free(lineage);
	fleet->count--;
	memmove(fleet->lineages + place, fleet->lineages + place + 1,
		(fleet->count - place) * sizeof(*fleet->lineages));
}

static struct ca *replace_ca(
	struct fleet *fleet, size_t place, const struct ca_setup *setup)
{
	if (!ca_differs(fleet->cas[place], setup))
		return ca_ref(fleet->cas[place]);
	struct ca *ca = ca_new(setup);
	if (!ca)
		return NULL;
	ca_unref(fleet->cas[place]);
	fleet->cas[place] = ca;
	return ca_ref(ca);
}

struct ca *fleet_take_ca(
	struct fleet *fleet, const struct config_ca *config, bool staging)
{
	struct ca_setup setup = {
		.loop = fleet->loop,
		.http = fleet->http,
		.vault = fleet->vault,
		.events = fleet->events,
		.config = config,
		.daemon = &fleet->snapshot->config->daemon,
		.staging = staging,
	};

	for (size_t i = 0; i < fleet->ca_count; i++)
		if (streq(ca_name(fleet->cas[i]), config->name) &&
			ca_is_staging(fleet->cas[i]) == staging)
			return replace_ca(fleet, i, &setup);
	struct ca *ca = ca_new(&setup);
	struct ca **list = reallocarray(
		fleet->cas, fleet->ca_count + 1, sizeof(*fleet->cas));
	if (!list)
		abort();
	fleet->cas = list;
	if (!ca)
		return NULL;
	list[fleet->ca_count++] = ca;
	return ca_ref(ca);
}

static char *join_names(const struct lineage *lineage)
{
	struct text names = {.limit = 4096};
	const struct config_certificate *certificate = lineage->certificate;
	const struct identifier *list = certificate
		? certificate->identifiers
		: lineage->facts.identifiers;
	size_t count = certificate ? certificate->identifier_count
				   : lineage->facts.identifier_count;

	for (size_t i = 0; i < count; i++)
		text_addf(&names, "%s%s", i ? " " : "", list[i].value);
	return text_take(&names);
}

void fleet_tell(struct fleet *fleet, struct lineage *lineage,
	const struct event *event, const char *format, ...)
{
	struct event told = *event;
	char *names = join_names(lineage);
	char text[900];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	told.certificate = lineage->name;
	told.names = names;
	told.text = text;
	if (lineage->certificate && !told.ca)
		told.ca = lineage_ca(lineage)->name;
	if (!told.serial && lineage_has_certificate(lineage)) {
		told.serial = lineage->facts.serial;
		told.not_after = lineage->facts.not_after;
	}
	events_emit(fleet->events, &told, "%s", text);
	if (told.priority < LOG_DEBUG) {
		told.when = time(NULL);
		lineage_add_event(lineage, event_to_json(&told));
	}
	free(names);
}

void fleet_changed(struct fleet *fleet, struct lineage *lineage)
{
	if (fleet->on_change)
		fleet->on_change(fleet->data, lineage);
}
