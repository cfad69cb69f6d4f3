/* SPDX-License-Identifier: MIT */
#include "seen.h"

#include "ask.h"
#include "client.h"
#include "json.h"
#include "mem.h"
#include "offline.h"

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
void seen_read_files(const struct arguments *arguments, struct seen *seen)
{
	json_t *all cleanup(json) = offline_certificates();
	const char *pattern = arguments->count ? arguments->names[0] : "*";

	seen->daemon = NULL;
	seen->certificates = json_array();
	for (size_t i = 0; i < json_array_size(all); i++) {
		json_t *one = json_array_get(all, i);
		if (fnmatch(pattern, member_string_or(one, "name", ""), 0) == 0)
			json_array_append(seen->certificates, one);
	}
}
