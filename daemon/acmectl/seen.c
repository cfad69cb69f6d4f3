/* SPDX-License-Identifier: MIT */
#include "seen.h"

#include "ask.h"
#include "client.h"
#include "config_files.h"
#include "json.h"
#include "learned.h"
#include "mem.h"
#include "offline.h"
#include "state_word.h"
#include "text.h"
#include "wire.h"

#include <fnmatch.h>

static void take_page(void *data, const json_t *reply)
{
	struct seen *seen = data;
	json_t *daemon = json_object_get(reply, "daemon");

	if (daemon)
		seen->daemon = json_incref(daemon);
	json_array_extend(
		seen->certificates, json_object_get(reply, "certificates"));
}

void seen_clear(struct seen *seen)
{
	json_decref(seen->daemon);
	json_decref(seen->certificates);
}

bool seen_daemon_is_up(void)
{
	struct client *client = client_new(NULL);

	client_free(client);
	return client != NULL;
}

static json_t *parameters_of(const struct arguments *arguments)
{
	json_t *parameters =
		json_pack("{s:b}", "failing", arguments->is_failing);

	if (arguments->count)
		json_object_set_new(parameters, "pattern",
			json_string(arguments->names[0]));
	return parameters;
}

int seen_ask(const struct arguments *arguments, struct seen *seen)
{
	struct arguments quiet = *arguments;

	quiet.is_json = false;
	seen->daemon = NULL;
	seen->certificates = json_array();
	return ask(&quiet, "Status", parameters_of(arguments), true, take_page,
		seen);
}

/* The pattern is matched here. */
static bool is_asked_for(const struct arguments *arguments, const char *name)
{
	return fnmatch(arguments->count ? arguments->names[0] : "*", name, 0) ==
		0;
}

void seen_read_files(const struct arguments *arguments, struct seen *seen)
{
	json_t *all cleanup(json) = offline_certificates();

	seen->daemon = NULL;
	seen->certificates = json_array();
	for (size_t i = 0; i < json_array_size(all); i++) {
		json_t *one = json_array_get(all, i);
		const char *state = member_string_or(one, "state", "");
		if (arguments->is_failing && !state_is_bad(state))
			continue;
		if (is_asked_for(arguments, member_string_or(one, "name", "")))
			json_array_append(seen->certificates, one);
	}
}

static bool is_listed(const struct seen *seen, const char *name)
{
	size_t index;
	const json_t *one;

	json_array_foreach (seen->certificates, index, one)
		if (streq(member_string_or(one, "name", ""), name))
			return true;
	return false;
}

/* What is configured and has nothing in live/. */
static void add_missing(const struct arguments *arguments, struct seen *seen,
	const struct config *config)
{
	for (size_t i = 0; config && i < config->certificate_count; i++) {
		const char *name = config->certificates[i]->name;
		if (is_asked_for(arguments, name) && !is_listed(seen, name))
			json_array_append_new(seen->certificates,
				json_pack("{s:s, s:s}", "name", name, "state",
					"placeholder"));
	}
}

void seen_look(
	const struct arguments *arguments, bool asks_daemon, struct seen *seen)
{
	json_t *parameters cleanup(json) = parameters_of(arguments);
	struct mistakes mistakes = {0};
	struct config *config = config_files_load(NULL, NULL, &mistakes);

	seen_read_files(arguments, seen);
	if (asks_daemon)
		learned_add(seen->certificates, parameters);
	wire_look(seen->certificates, config);
	add_missing(arguments, seen, config);
	if (!config && mistakes.list.count)
		seen->daemon =
			json_pack("{s:s}", "mistake", mistakes.list.items[0]);
	mistakes_clear(&mistakes);
	config_free(config);
}
