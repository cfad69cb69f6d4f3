/* SPDX-License-Identifier: MIT */
#include "offline.h"

#include "ask.h"
#include "certificate.h"
#include "json.h"
#include "mem.h"
#include "member.h"
#include "paths.h"
#include "text.h"
#include "timestamp.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define STATE_MAX (128 * 1024)

static char *read_file(const char *path, size_t most, size_t *length)
{
	FILE *file = fopen(path, "re");
	char *bytes = file ? malloc(most + 1) : NULL;

	*length = 0;
	if (bytes) {
		*length = fread(bytes, 1, most, file);
		bytes[*length] = '\0';
	}
	if (file)
		fclose(file);
	return bytes;
}

bool offline_facts(const char *name, struct certificate_facts *facts)
{
	char *path cleanup(string) =
		text_format("%s/live/%s/fullchain.pem", paths_state(), name);
	size_t length = 0;
	char *pem cleanup(string) = read_file(path, CHAIN_MAX_BYTES, &length);

	if (!pem)
		return false;
	STACK_OF(X509) * chain cleanup(chain) =
		certificate_chain_parse(pem, length, NULL);
	return chain && certificate_read_chain(chain, facts, NULL);
}

json_t *offline_state(const char *name)
{
	char *path cleanup(string) =
		text_format("%s/state/%s.json", paths_state(), name);
	size_t length = 0;
	char *bytes cleanup(string) = read_file(path, STATE_MAX, &length);

	return bytes ? json_read(bytes, length, path, NULL) : NULL;
}

/* Was it seen on the wire? The outcome is a number, served is 0. */
static bool was_served(const json_t *deploy)
{
	return streq(member_string_or(deploy, "step", ""), "done") &&
		member_integer_or(deploy, "outcome", 1) == 0;
}

/* Not by a clock that the last attempt found wrong, unless it was the last. */
static bool has_expired(
	const struct certificate_facts *facts, const json_t *state)
{
	const json_t *error = json_object_get(state, "error");
	bool is_doubted = member_integer_or(state, "failures", 0) > 0 &&
		streq(member_string_or(error, "code", ""), "C1") &&
		!member_bool_or(state, "held", false);

	return facts->not_after < time(NULL) && !is_doubted;
}

static const char *state_word(
	const struct certificate_facts *facts, const json_t *state)
{
	const json_t *deploy = json_object_get(state, "deploy");
	bool is_placeholder = certificate_is_placeholder(facts);

	if (!is_placeholder && has_expired(facts, state))
		return "expired";
	if (member_integer_or(state, "failures", 0) ||
		member_integer_or(deploy, "failures", 0))
		return "failing";
	if (is_placeholder)
		return "placeholder";
	return was_served(deploy) ? "ok" : "installed, unproven";
}

static void add_state(json_t *certificate, const char *name,
	const struct certificate_facts *facts)
{
	json_t *state cleanup(json) = offline_state(name);
	json_t *error = json_object_get(state, "error");

	json_t *endpoints = json_object_get(state, "endpoints");

	if (error) {
		member_explain(error);
		json_object_set(certificate, "error", error);
	}
	if (json_is_array(endpoints))
		json_object_set(certificate, "endpoints", endpoints);
	json_object_set_new(certificate, "attempts",
		json_integer(member_integer_or(state, "failures", 0)));
	json_object_set_new(
		certificate, "state", json_string(state_word(facts, state)));
}

static json_t *describe(const char *name)
{
	struct certificate_facts facts = {0};
	char date[TIMESTAMP_SIZE];

	if (!offline_facts(name, &facts))
		return NULL;
	json_t *certificate = json_pack("{s:s, s:o}", "name", name,
		"identifiers",
		member_identifiers(facts.identifiers, facts.identifier_count));
	timestamp_format(facts.not_after, date);
	json_object_set_new(certificate, "installed",
		json_pack("{s:s, s:s, s:s, s:b}", "serial", facts.serial,
			"issuer", facts.issuer, "not_after", date,
			"placeholder", certificate_is_placeholder(&facts)));
	add_state(certificate, name, &facts);
	certificate_facts_clear(&facts);
	return certificate;
}

json_t *offline_certificates(void)
{
	json_t *list = json_array();
	char *path cleanup(string) = text_format("%s/live", paths_state());
	struct dirent **entries;
	int count = scandir(path, &entries, NULL, alphasort);

	for (int i = 0; i < count; i++) {
		json_t *certificate = entries[i]->d_name[0] == '.'
			? NULL
			: describe(entries[i]->d_name);
		if (certificate)
			json_array_append_new(list, certificate);
		free(entries[i]);
	}
	if (count >= 0)
		free(entries);
	else if (errno != ENOENT)
		ask_fail(EXIT_FAILED, "cannot read '%s': %s", path,
			strerror(errno));
	return list;
}
