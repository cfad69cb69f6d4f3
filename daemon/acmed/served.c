/* SPDX-License-Identifier: MIT */
#include "served.h"

#include "config_endpoint.h"
#include "diagnosis_look.h"
#include "mem.h"
#include "text.h"
#include "timestamp.h"

#include <stdio.h>

#define HTTPS_PORT 443

struct place {
	struct config_endpoint endpoint; /* strings owned */
	char *label; /* owned: "host:port" */
	bool is_known;
	bool has_answered; /* as all below: in the last look */
	bool has_placeholder;
	bool is_stale; /* an address shows another one */
	bool is_foreign; /* that is for other names */
	bool is_twin; /* newer, and for ours */
	bool is_incomplete; /* the new one is shown without its issuer */
	unsigned addresses; /* that answered */
	unsigned fine; /* of those */
	char missing[CERTIFICATE_NAME_SIZE];
	char address[46]; /* the first of those, or that did not answer */
	unsigned wanted;
	unsigned other;
	char serial[48];
	int64_t not_after;
	struct error err; /* when none has answered */
};

struct served {
	struct place *places; /* owned */
	size_t count;
	struct config_endpoint *open; /* owned; strings borrowed from places */
	size_t *open_places; /* owned; their indexes */
	size_t open_count;
};

static bool is_listed(const json_t *known, const char *label)
{
	size_t index;
	const json_t *item;

	json_array_foreach (known, index, item)
		if (json_is_string(item) &&
			streq(json_string_value(item), label))
			return true;
	return false;
}

static void add_place(struct served *served,
	const struct config_endpoint *endpoint, bool is_explicit,
	const json_t *known)
{
	struct place *place = &served->places[served->count++];

	place->endpoint = config_endpoint_copy(endpoint);
	place->label = config_endpoint_label(endpoint);
	place->is_known = is_explicit || is_listed(known, place->label);
}

static void add_names(struct served *served,
	const struct config_certificate *certificate, const json_t *known)
{
	for (size_t i = 0; i < certificate->identifier_count; i++) {
		struct identifier identifier = certificate->identifiers[i];
		const struct config_endpoint endpoint = {
			.host = identifier.value, .port = HTTPS_PORT};
		if (!identifier_is_wildcard(&identifier))
			add_place(served, &endpoint, false, known);
	}
}

struct served *served_new(
	const struct config_certificate *certificate, const json_t *known)
{
	const struct config_deploy *deploy = &certificate->deploy;
	struct served *served = mem_new(sizeof(*served));
	size_t most =
		1 + certificate->identifier_count + deploy->endpoint_count;

	served->places = mem_new(most * sizeof(*served->places));
	served->open = mem_new(most * sizeof(*served->open));
	served->open_places = mem_new(most * sizeof(*served->open_places));
	switch (deploy->verify) {
	case VERIFY_AUTO:
		add_names(served, certificate, known);
		break;
	case VERIFY_LIST:
		for (size_t i = 0; i < deploy->endpoint_count; i++)
			add_place(served, &deploy->endpoints[i], true, known);
		break;
	case VERIFY_NO:
		break;
	}
	for (size_t i = 0; i < served->count; i++)
		served->open_places[i] = i;
	served->open_count = served->count;
	return served;
}

void served_free(struct served *served)
{
	if (!served)
		return;
	for (size_t i = 0; i < served->count; i++) {
		config_endpoint_clear(&served->places[i].endpoint);
		free(served->places[i].label);
	}
	free(served->places);
	free(served->open);
	free(served->open_places);
	free(served);
}

const struct config_endpoint *served_open(struct served *served, size_t *count)
{
	for (size_t i = 0; i < served->open_count; i++)
		served->open[i] =
			served->places[served->open_places[i]].endpoint;
	*count = served->open_count;
	return served->open;
}

static bool is_fine(const struct place *place)
{
	return place->has_answered && !place->is_stale && !place->is_incomplete;
}

/* A stranger's certificate, or silence, of one that is not known says
 * nothing; our placeholder says that the reload is not through yet. */
static bool is_open(const struct place *place)
{
	return !is_fine(place) && (place->is_known || place->has_placeholder);
}

static void name_address(struct place *place, const char *address)
{
	snprintf(place->address, sizeof(place->address), "%s", address);
}

static void take_stale(struct place *place, const struct verify_seen *seen)
{
	place->is_stale = true;
	place->is_foreign = !seen->same_names && !seen->placeholder;
	place->is_twin = seen->is_twin;
	place->wanted = seen->wanted;
	place->other = seen->other;
	place->not_after = seen->not_after;
	memcpy(place->serial, seen->serial, sizeof(place->serial));
	name_address(place, seen->address);
}

static void take_incomplete(struct place *place, const struct verify_seen *seen)
{
	place->is_incomplete = true;
	memcpy(place->missing, seen->missing, sizeof(place->missing));
	name_address(place, seen->address);
}

static void take_in(struct place *place, const struct verify_seen *seen)
{
	bool is_stale = seen->other > 0;

	place->addresses += seen->answered;
	place->fine += seen->answered && !is_stale && !seen->is_incomplete;
	place->is_known = place->is_known || seen->same_names;
	place->has_placeholder = place->has_placeholder || seen->placeholder;
	place->has_answered = place->has_answered || seen->answered;
	if (!seen->answered && place->err.kind == ERROR_NONE) {
		place->err = seen->err;
		if (!place->is_stale && !place->is_incomplete)
			name_address(place, seen->address);
	}
	if (is_stale && !place->is_stale)
		take_stale(place, seen);
	else if (seen->is_incomplete && !place->is_stale &&
		!place->is_incomplete)
		take_incomplete(place, seen);
}

static void reset(struct place *place)
{
	place->has_answered = false;
	place->has_placeholder = false;
	place->is_stale = false;
	place->is_incomplete = false;
	place->addresses = 0;
	place->fine = 0;
	place->address[0] = '\0';
	place->err.kind = ERROR_NONE;
}

void served_note(
	struct served *served, const struct verify_seen *seen, size_t count)
{
	size_t left = 0;

	for (size_t i = 0; i < served->open_count; i++)
		reset(&served->places[served->open_places[i]]);
	for (size_t i = 0; i < count; i++)
		if (seen[i].endpoint < served->open_count)
			take_in(&served->places[served->open_places
							[seen[i].endpoint]],
				&seen[i]);
	for (size_t i = 0; i < served->open_count; i++)
		if (is_open(&served->places[served->open_places[i]]))
			served->open_places[left++] = served->open_places[i];
	served->open_count = left;
}

bool served_is_open(const struct served *served)
{
	return served->open_count > 0;
}

bool served_has_known(const struct served *served)
{
	for (size_t i = 0; i < served->count; i++)
		if (served->places[i].is_known)
			return true;
	return false;
}

/* "; 1 of 3 addresses serve 0badcafe": for who looks for the odd one out. */
static void add_count(
	const struct served *served, const char *wanted, struct error *err)
{
	unsigned all = 0, fine = 0;
	size_t length = strlen(err->text);

	for (size_t i = 0; i < served->count; i++)
		if (served->places[i].is_known) {
			all += served->places[i].addresses;
			fine += served->places[i].fine;
		}
	if (all > 1)
		snprintf(err->text + length, sizeof(err->text) - length,
			"; %u of %u addresses serve %s", fine, all, wanted);
}

static const char *describe(const struct place *place)
{
	if (place->has_placeholder)
		return "still serves the placeholder,";
	if (place->is_twin)
		return "serves a newer one, which another machine has made or "
		       "a backup has lost,";
	return place->is_foreign ? "serves a certificate for other names,"
				 : "still serves";
}

static bool explain_stale(const struct place *place, const char *start,
	const char *wanted, struct error *err)
{
	char expiry[TIMESTAMP_SIZE];

	const char *code = diagnosis_of_served(place->wanted, place->other);

	timestamp_format(place->not_after, expiry);
	if (place->wanted)
		return fail_cause(err, ERROR_LOCAL, code,
			"%s%u of %u handshakes with '%.100s' (%s) still "
			"serve the old one (serial %s, expires %s), the "
			"others %s",
			start, place->other, place->other + place->wanted,
			place->label, place->address, place->serial, expiry,
			wanted);
	return fail_cause(err, ERROR_LOCAL, place->is_twin ? "L14" : code,
		"%s'%.100s' (%s) %s serial %s (expires %s) in place of %s",
		start, place->label, place->address, describe(place),
		place->serial, expiry, wanted);
}

static bool explain(const struct place *place, const char *start,
	const char *wanted, struct error *err)
{
	if (!place->has_answered)
		return fail_cause(err, ERROR_LOCAL, diagnosis_of_served(0, 0),
			"%s'%.100s' (%s) does not answer: %s", start,
			place->label, place->address, place->err.text);
	if (place->is_stale)
		return explain_stale(place, start, wanted, err);
	return fail_cause(err, ERROR_LOCAL, "P9",
		"%s'%.100s' (%s) leaves out the certificate of '%.100s', "
		"which issued it; let it send fullchain.pem",
		start, place->label, place->address, place->missing);
}

bool served_check(const struct served *served, const char *reloaded,
	const char *wanted, struct error *err)
{
	char start[128] = "";

	if (*reloaded)
		snprintf(start, sizeof(start), "%.100s was reloaded but ",
			reloaded);
	for (size_t i = 0; i < served->count; i++) {
		const struct place *place = &served->places[i];
		if (!place->is_known || is_fine(place))
			continue;
		explain(place, start, wanted, err);
		if (err)
			add_count(served, wanted, err);
		return false;
	}
	return true;
}

bool served_is_stale(const struct served *served)
{
	for (size_t i = 0; i < served->count; i++)
		if (served->places[i].is_known && served->places[i].is_stale)
			return true;
	return false;
}

bool served_is_older(const struct served *served)
{
	for (size_t i = 0; i < served->count; i++) {
		const struct place *place = &served->places[i];
		if (place->is_known && place->is_stale && !place->is_foreign &&
			!place->wanted)
			return true;
	}
	return false;
}

json_t *served_known(const struct served *served)
{
	json_t *known = json_array();

	for (size_t i = 0; i < served->count; i++)
		if (served->places[i].is_known)
			json_array_append_new(
				known, json_string(served->places[i].label));
	return known;
}
