/* SPDX-License-Identifier: MIT */
#include "learned.h"

#include "client.h"
#include "json.h"
#include "mem.h"

#define PATIENCE 10 /* seconds */
#define KEY "endpoints"

static bool is_wanting(const json_t *certificates)
{
	size_t index;
	const json_t *one;

	json_array_foreach (certificates, index, one)
		if (!json_object_get(one, KEY))
			return true;
	return false;
}

static void take_page(json_t *learned, const json_t *reply)
{
	size_t index;
	const json_t *one;

	json_array_foreach (
		json_object_get(reply, "certificates"), index, one) {
		json_t *endpoints = json_object_get(one, KEY);
		if (json_is_array(endpoints))
			json_object_set(learned,
				member_string_or(one, "name", ""), endpoints);
	}
}

/* {"NAME": ["host:port"...]}: a new reference. */
static json_t *ask_daemon(const json_t *parameters)
{
	struct client *client = client_new_within(PATIENCE, NULL);
	json_t *learned = json_object();
	enum client_reply kind = CLIENT_MORE;

	if (!client ||
		!client_call(client, "Status", json_copy((json_t *)parameters),
			true, NULL))
		kind = CLIENT_BROKEN;
	while (kind == CLIENT_MORE) {
		json_t *reply cleanup(json) = NULL;
		kind = client_next(client, &reply, NULL);
		take_page(learned, reply);
	}
	client_free(client);
	return learned;
}

void learned_add(json_t *certificates, const json_t *parameters)
{
	size_t index;
	json_t *one;

	if (!is_wanting(certificates))
		return;
	json_t *learned cleanup(json) = ask_daemon(parameters);
	json_array_foreach (certificates, index, one) {
		json_t *endpoints = json_object_get(
			learned, member_string_or(one, "name", ""));
		if (endpoints && !json_object_get(one, KEY))
			json_object_set(one, KEY, endpoints);
	}
}
