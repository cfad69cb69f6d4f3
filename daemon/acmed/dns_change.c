/* SPDX-License-Identifier: MIT */
#include "dns_change.h"

#include "base64url.h"
#include "dns_lookup.h"
#include "dns_update.h"
#include "json.h"
#include "mem.h"

#include <stdio.h>

#define VAULT_DEADLINE 30.

struct dns_change {
	struct dns_change_wish wish;
	char zone[DNS_NAME_SIZE];
	uint16_t number; /* of the question for the zone */
	bool is_sent; /* the update */
	json_t *update; /* what the vault made, or NULL */
	struct dns_call *call; /* or NULL */
	struct helper_call *vault; /* or NULL */
};

void dns_change_cancel(struct dns_change *change)
{
	if (!change)
		return;
	dns_call_cancel(change->call);
	if (change->vault)
		helper_cancel(change->vault);
	json_decref(change->update);
	free(change);
}

static void end(struct dns_change *change, const struct error *failed)
{
	struct dns_change_wish wish = change->wish;
	struct error err = {0};
	bool is_sent = change->is_sent;
	char zone[DNS_NAME_SIZE];

	snprintf(zone, sizeof(zone), "%s", change->zone);
	if (failed) {
		err = *failed;
		error_prefix(&err, "'%s'", wish.server);
	}
	dns_change_cancel(change);
	wish.on_end(wish.data, is_sent ? zone : NULL, failed ? &err : NULL);
}

static json_t *request(const struct dns_change *change, const char *verb)
{
	const struct dns_change_wish *wish = &change->wish;

	return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:b}", "verb", verb,
		"name", wish->certificate, "identifier", wish->identifier,
		"zone", change->zone, "record", wish->record, "value",
		wish->value, "remove", wish->is_removal);
}

static void ask_server(struct dns_change *change, const unsigned char *bytes,
	size_t length, bool prefers_stream,
	void (*on_reply)(void *data, const unsigned char *reply, size_t length,
		const struct error *err))
{
	const struct dns_change_wish *wish = &change->wish;

	change->call = dns_call_start(&(struct dns_call_wish){
		.tools = wish->tools,
		.server = wish->server,
		.port = wish->port,
		.message = bytes,
		.length = length,
		.prefers_stream = prefers_stream,
		.on_end = on_reply,
		.data = change,
	});
}

/* Verify: did the server do it, and was it that server? */

static void on_verified(
	void *data, const json_t *reply, const struct error *err)
{
	struct dns_change *change = data;

	(void)reply;
	change->vault = NULL;
	end(change, err);
}

static void on_updated(void *data, const unsigned char *reply, size_t length,
	const struct error *err)
{
	struct dns_change *change = data;

	change->call = NULL;
	if (err) {
		end(change, err);
		return;
	}
	cleanup(string) char *bytes = base64url_encode(reply, length);
	if (!bytes)
		abort();
	json_t *wish = request(change, "dns-verify");
	json_object_set(
		wish, "number", json_object_get(change->update, "number"));
	json_object_set(wish, "mac", json_object_get(change->update, "mac"));
	json_object_set_new(wish, "reply", json_string(bytes));
	change->vault = helper_call(change->wish.tools->vault, wish,
		VAULT_DEADLINE, on_verified, change);
}

/* Update. */

static void on_signed(void *data, const json_t *reply, const struct error *err)
{
	struct dns_change *change = data;
	size_t length = 0;
	struct error own;

	change->vault = NULL;
	if (err) {
		end(change, err);
		return;
	}
	change->update = json_deep_copy(reply);
	cleanup(bytes) unsigned char *bytes = base64url_decode(
		member_string_or(reply, "message", ""), &length);
	if (bytes) {
		change->is_sent = true;
		ask_server(change, bytes, length, true, on_updated);
		return;
	}
	fail_cause(&own, ERROR_LOCAL, "M9", "the vault made no update");
	end(change, &own);
}

static void sign(struct dns_change *change)
{
	change->vault = helper_call(change->wish.tools->vault,
		request(change, "dns-update"), VAULT_DEADLINE, on_signed,
		change);
}

/* Zone. */

static void on_zone(void *data, const unsigned char *reply, size_t length,
	const struct error *err)
{
	struct dns_change *change = data;
	struct error own;

	change->call = NULL;
	if (err)
		end(change, err);
	else if (dns_update_read_zone(reply, length, change->number,
			 change->wish.record, change->zone, &own))
		sign(change);
	else
		end(change, &own);
}

static void ask_zone(struct dns_change *change)
{
	struct dns_message message;

	change->number = dns_lookup_number();
	dns_update_ask_zone(&message, change->number, change->wish.record);
	ask_server(change, message.bytes, message.length, false, on_zone);
}

struct dns_change *dns_change_start(const struct dns_change_wish *wish)
{
	struct dns_change *change = mem_new(sizeof(*change));

	change->wish = *wish;
	if (wish->zone) {
		snprintf(change->zone, sizeof(change->zone), "%s", wish->zone);
		sign(change);
	} else {
		ask_zone(change);
	}
	return change;
}
