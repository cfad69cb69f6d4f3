/* SPDX-License-Identifier: MIT */

/* Orders as the CA shows them. */

#include "authority_order.h"

#include "mem.h"
#include "text.h"
#include "timestamp.h"
#include "world.h"

#define ORDER_LIFE (7 * DAY)

static const char *const STATUSES[] = {
	"pending", "processing", "valid", "invalid", "deactivated"};

const char *order_status(const struct order *order)
{
	bool is_ready = true;

	for (size_t i = 0; i < order->name_count; i++) {
		enum order_state status = order->authorizations[i];
		if (status == INVALID || status == DEACTIVATED)
			return "invalid";
		is_ready &= status == VALID;
	}
	if (order->is_broken || order->created + ORDER_LIFE < world_truth())
		return "invalid";
	if (order->is_finalized)
		return order->looks ? "processing" : "valid";
	return is_ready ? "ready" : "pending";
}

static void add_url(json_t *object, const char *name, const struct order *order,
	const char *path, unsigned number)
{
	cleanup(string) char *url =
		text_format("%s%s/%u", order->authority->base, path, number);

	if (name)
		json_object_set_new(object, name, json_string(url));
	else
		json_array_append_new(object, json_string(url));
}

void order_show(const struct order *order, struct authority_reply *out)
{
	char expires[TIMESTAMP_SIZE];
	json_t *names = json_array();
	json_t *authorizations = json_array();

	timestamp_format(order->created + ORDER_LIFE, expires);
	json_t *body = json_pack("{s:s, s:s, s:o, s:o}", "status",
		order_status(order), "expires", expires, "identifiers", names,
		"authorizations", authorizations);
	for (size_t i = 0; i < order->name_count; i++) {
		json_array_append_new(names,
			json_pack("{s:s, s:s}", "type", "dns", "value",
				order->names[i]));
		add_url(authorizations, NULL, order, "/authz",
			order->number * ORDER_NAMES + (unsigned)i);
	}
	add_url(body, "finalize", order, "/finalize", order->number);
	if (streq(order_status(order), "valid"))
		add_url(body, "certificate", order, "/cert", order->number);
	reply_json(out, 200, body);
}

json_t *order_show_challenge(
	const struct order *order, size_t i, const char *type)
{
	const char *status = STATUSES[order->authorizations[i]];
	json_t *challenge = json_pack("{s:s, s:s, s:s}", "type", type, "status",
		streq(status, "deactivated") ? "pending" : status, "token",
		"LoqXcYV8q5ONbJQxbmR7SCTNo3tiAXDfowyjxAjEuX0");

	add_url(challenge, "url", order, "/chall",
		order->number * ORDER_NAMES + (unsigned)i);
	if (order->authorizations[i] == INVALID)
		json_object_set_new(challenge, "error",
			json_pack("{s:s, s:s}", "type",
				"urn:ietf:params:acme:error:connection",
				"detail", "Connection refused"));
	return challenge;
}

void order_show_authorization(
	const struct order *order, size_t i, struct authority_reply *out)
{
	enum order_state status = order->authorizations[i];

	reply_json(out, 200,
		json_pack("{s:s, s:{s:s, s:s}, s:[o, o]}", "status",
			STATUSES[status == PROCESSING ? PENDING : status],
			"identifier", "type", "dns", "value", order->names[i],
			"challenges", order_show_challenge(order, i, "http-01"),
			order_show_challenge(order, i, "dns-01")));
}
