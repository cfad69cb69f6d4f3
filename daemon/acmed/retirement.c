/* SPDX-License-Identifier: MIT */
#include "retirement.h"

#include "dead_names.h"
#include "duration.h"
#include "mem.h"
#include "name_look.h"
#include "own_addresses.h"
#include "path_book.h"
#include "text.h"
#include "troubles.h"

#include <stdio.h>
#include <sys/socket.h>
#include <time.h>

#define SOURCE "retired"
#define HOUR 3600

/* One look at all names, one after the other; its lineage may be gone when it
 * ends. */
struct retirement {
	struct retirement *next;
	struct retirements *retirements;
	struct snapshot *snapshot;
	const struct config_certificate *certificate; /* of the snapshot */
	size_t place; /* of the name that is looked up */
	struct name_look *look; /* or NULL */
	void (*on_found)(void *data, const struct name_addresses *found);
};

struct retirements {
	struct fleet *fleet;
	struct retirement *first; /* owned */
};

static void drop(struct retirement *retirement)
{
	struct retirement **link = &retirement->retirements->first;

	while (*link != retirement)
		link = &(*link)->next;
	*link = retirement->next;
	name_look_cancel(retirement->look);
	snapshot_unref(retirement->snapshot);
	free(retirement);
}

static bool is_old(const struct lineage *lineage, int64_t now)
{
	return dead_names_are_old(lineage->facts.not_after, now);
}

/* A CA comes in another way than our own addresses say, as behind address
 * translation: whether a name leads here cannot be told. */
static bool is_blind(const struct lineage *lineage)
{
	const struct config_certificate *certificate = lineage->certificate;

	for (size_t i = 0; i < certificate->identifier_count; i++)
		if (path_book_is_blind(
			    lineage, certificate->identifiers[i].value))
			return true;
	return false;
}

/* By a clock that is in doubt (C1) nothing is old. */
static bool is_given_up(const struct lineage *lineage, int64_t now)
{
	return lineage->failures && !streq(lineage->err.code, "C1") &&
		is_old(lineage, now) && !is_blind(lineage);
}

/* People hear of it once, in the place of all that was wrong with it. */
static void tell_people(
	struct fleet *fleet, const struct lineage *lineage, const char *since)
{
	char text[640];

	snprintf(text, sizeof(text),
		"it expired %s ago, all its names lead elsewhere, and it is "
		"tried no more; 'acmectl renew %s' takes it back",
		since, lineage->name);
	troubles_sweep(fleet);
	alert_set(fleet->alert,
		&(struct alert_trouble){
			.source = SOURCE,
			.subject = lineage->name,
			.code = "",
			.level = ALERT_WARNING,
			.text = text,
			.is_logged = true,
			.is_once = true,
		});
}

static void retire(struct fleet *fleet, struct lineage *lineage, int64_t now)
{
	char since[DURATION_SIZE];

	duration_format(now - lineage->facts.not_after, since);
	lineage->is_retired = true;
	fleet_tell(fleet, lineage,
		&(struct event){.name = "retired", .priority = LOG_WARNING},
		"retired: it expired %s ago, and all its names lead elsewhere",
		since);
	tell_people(fleet, lineage, since);
	fleet_save(fleet, lineage, NULL, NULL);
	fleet_changed(fleet, lineage);
}

/* The clock was ahead (C2): what has failed then was not due. */
static void take_back(struct fleet *fleet, struct lineage *lineage)
{
	lineage->is_retired = false;
	lineage_set_failure(lineage, NULL);
	fleet_tell(fleet, lineage,
		&(struct event){.name = "step", .priority = LOG_WARNING},
		"retired no more: by the clock it did not expire so long ago");
	alert_clear(fleet->alert, SOURCE, lineage->name);
	fleet_save(fleet, lineage, NULL, NULL);
}

static void conclude(struct retirement *retirement)
{
	struct fleet *fleet = retirement->retirements->fleet;
	struct lineage *lineage =
		fleet_find(fleet, retirement->certificate->name);
	bool is_same =
		lineage && lineage->certificate == retirement->certificate;

	int64_t now = time(NULL);

	drop(retirement);
	if (!is_same || !is_given_up(lineage, now))
		return;
	if (lineage->job == JOB_NONE)
		retire(fleet, lineage, now);
	else
		lineage->retire_look = 0; /* after the attempt */
}

/* A name server that fails says nothing of the name. */
static bool is_elsewhere(const struct name_addresses *found)
{
	if (!found->count)
		return streq(found->err.code, "H14");
	for (size_t i = 0; i < found->count; i++)
		if (own_addresses_have(&found->list[i]))
			return false;
	return true;
}

/* An address leads where it is. */
static bool has_left(const struct identifier *identifier)
{
	struct dns_address address = {
		.family = identifier->address_length == 4 ? AF_INET : AF_INET6,
	};

	snprintf(
		address.text, sizeof(address.text), "%.45s", identifier->value);
	return !own_addresses_have(&address);
}

/* The next one that has to be asked for, or an address that is still here;
 * NULL: there is none. */
static const struct identifier *next_name(struct retirement *retirement)
{
	const struct config_certificate *certificate = retirement->certificate;

	while (retirement->place < certificate->identifier_count) {
		const struct identifier *identifier =
			&certificate->identifiers[retirement->place++];
		if (identifier->type != IDENTIFIER_IP || !has_left(identifier))
			return identifier;
	}
	return NULL;
}

static void look_next(struct retirement *retirement)
{
	struct solvers *solvers = retirement->retirements->fleet->solvers;

	const struct identifier *identifier = next_name(retirement);
	if (!identifier)
		conclude(retirement);
	else if (identifier->type == IDENTIFIER_IP)
		drop(retirement);
	else
		retirement->look = name_look_start(solvers_tools(solvers),
			identifier_base(identifier), retirement->on_found,
			retirement);
}

static void on_found(void *data, const struct name_addresses *found)
{
	struct retirement *retirement = data;

	retirement->look = NULL;
	if (is_elsewhere(found))
		look_next(retirement);
	else
		drop(retirement);
}

static void look_at_names(
	struct retirements *retirements, struct lineage *lineage)
{
	struct retirement *retirement = mem_new(sizeof(*retirement));

	retirement->retirements = retirements;
	retirement->snapshot = snapshot_ref(retirements->fleet->snapshot);
	retirement->certificate = lineage->certificate;
	retirement->on_found = on_found;
	retirement->next = retirements->first;
	retirements->first = retirement;
	look_next(retirement);
}

void retirements_look(
	struct retirements *retirements, struct lineage *lineage, int64_t now)
{
	if (!lineage->certificate || !lineage->is_loaded ||
		lineage->job != JOB_NONE || !lineage_has_certificate(lineage))
		return;
	if (lineage->is_retired) {
		if (!is_old(lineage, now))
			take_back(retirements->fleet, lineage);
		return;
	}
	if (!is_given_up(lineage, now) ||
		(now < lineage->retire_look &&
			now > lineage->retire_look - 2 * HOUR))
		return;
	lineage->retire_look = now + HOUR;
	look_at_names(retirements, lineage);
}

struct retirements *retirements_new(struct fleet *fleet)
{
	struct retirements *retirements = mem_new(sizeof(*retirements));

	retirements->fleet = fleet;
	return retirements;
}

void retirements_free(struct retirements *retirements)
{
	if (!retirements)
		return;
	while (retirements->first)
		drop(retirements->first);
	free(retirements);
}
