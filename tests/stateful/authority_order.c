/* SPDX-License-Identifier: MIT */
#include "authority_order.h"

#include "json.h"
#include "mem.h"
#include "text.h"
#include "world.h"

#include <limits.h>
#include <stdio.h>

#define ORDERS 64
#define MOST_REQUESTS 1000 /* of one order */

static struct order orders[ORDERS];
static unsigned last;
static bool excuse_next;

/* Of all CAs, from now on. */
static struct {
	unsigned failures; /* of validations */
	unsigned certificate;
	unsigned looks;
	bool is_lenient; /* all names are valid already */
} moods[AUTHORITIES];

static size_t index_of(const struct authority *authority)
{
	return (size_t)(authority - authorities);
}

/* Orders. */

static int by_name(const void *a, const void *b)
{
	return strcmp(a, b);
}

void order_read_names(struct order *order, const json_t *payload)
{
	const json_t *list = json_object_get(payload, "identifiers");

	order->name_count = json_array_size(list);
	hold(order->name_count > 0 && order->name_count <= ORDER_NAMES,
		"%zu names", order->name_count);
	for (size_t i = 0; i < order->name_count; i++)
		snprintf(order->names[i], sizeof(*order->names), "%s",
			member_string_or(json_array_get(list, i), "value", ""));
	qsort(order->names, order->name_count, sizeof(*order->names), by_name);
	for (size_t i = 0; i < order->name_count; i++)
		snprintf(order->set + strlen(order->set),
			sizeof(order->set) - strlen(order->set), "%s ",
			order->names[i]);
}

/* Never two orders for the same names at once; by a clock that is wrong one
 * has expired. */
static void expect_the_only_one(const struct order *order)
{
	if (!world_clock_is_right())
		authorities_excuse(INT64_MAX);
	for (size_t i = 0; i < ORDERS; i++) {
		const struct order *other = &orders[i];
		if (!other->number || other->authority != order->authority ||
			other->is_excused || other->is_fetched ||
			!streq(other->set, order->set))
			continue;
		hold(streq(order_status(other), "invalid"),
			"ordered again: %s, while order %u is %s", order->set,
			other->number, order_status(other));
	}
}

static bool was_issued(const struct order *order)
{
	for (size_t i = 0; i < ORDERS; i++)
		if (orders[i].chain && streq(orders[i].set, order->set) &&
			orders[i].authority == order->authority)
			return true;
	return false;
}

static void show_limit(struct authority_reply *out, const char *words)
{
	reply_problem(out, 429, "rateLimited", words);
	reply_retry_after(out, "3600");
}

static void take_order(struct authority *authority, const json_t *payload,
	struct authority_reply *out)
{
	struct order order = {.authority = authority, .created = world_truth()};

	order_read_names(&order, payload);
	expect_the_only_one(&order);
	order.is_renewal = json_object_get(payload, "replaces") != NULL;
	if (!order.is_renewal && !was_issued(&order) &&
		!order_limit_spend(authority, LIMIT_OF_ORDERS, "")) {
		show_limit(out,
			"too many new orders (20) from this account in the "
			"last 3h0m0s");
		return;
	}
	authority_on_order(order.names[0]);
	order.number = ++last;
	order.is_excused = excuse_next;
	excuse_next = false;
	if (moods[index_of(authority)].is_lenient)
		for (size_t i = 0; i < order.name_count; i++)
			order.authorizations[i] = VALID;
	free(orders[last % ORDERS].chain);
	orders[last % ORDERS] = order;
	order_show(&order, out);
	out->status = 201;
	reply_location(out, authority->base, "/order", order.number);
}

/* Authorizations. */

static void decide(struct order *order, size_t i)
{
	unsigned *failures = &moods[index_of(order->authority)].failures;

	if (order->authorizations[i] != PROCESSING)
		return;
	order->authorizations[i] = *failures ? INVALID : VALID;
	if (!*failures)
		return;
	--*failures;
	hold(order_limit_spend(
		     order->authority, LIMIT_OF_FAILURES, order->names[i]),
		"%s fails too often within an hour", order->names[i]);
}

static void answer_authorization(struct order *order, size_t i,
	const json_t *payload, struct authority_reply *out)
{
	decide(order, i);
	if (streq(member_string_or(payload, "status", ""), "deactivated"))
		order->authorizations[i] = DEACTIVATED;
	order_show_authorization(order, i, out);
}

static void answer_challenge(
	struct order *order, size_t i, struct authority_reply *out)
{
	if (order->authorizations[i] == PENDING)
		order->authorizations[i] = PROCESSING;
	reply_json(out, 200, order_show_challenge(order, i, "http-01"));
}

/* The end of an order. */

static int days_of(const struct order *order)
{
	switch (order->names[0][0]) {
	case 'a':
		return 90;
	case 'b':
		return 45;
	default:
		return 6;
	}
}

static void finalize(
	struct order *order, const json_t *payload, struct authority_reply *out)
{
	unsigned *kind = &moods[index_of(order->authority)].certificate;
	const char *status = order_status(order);

	if (!streq(status, "ready")) {
		reply_problem(out, 403, "orderNotReady", status);
		return;
	}
	if (!order->is_renewal &&
		!order_limit_spend(
			order->authority, LIMIT_OF_SETS, order->set)) {
		order->is_excused = true;
		show_limit(out,
			"too many certificates (5) already issued for this "
			"exact set of identifiers in the last 168h0m0s");
		return;
	}
	order->is_finalized = true;
	order->looks = moods[index_of(order->authority)].looks;
	order->is_excused |= order->looks > 0 || *kind > 0;
	order->chain = order_make_chain(
		*kind, member_string_or(payload, "csr", ""), days_of(order));
	*kind = 0;
	order_note_issue(order->chain);
	order_show(order, out);
}

static void answer_order(struct order *order, struct authority_reply *out)
{
	if (order->is_finalized && order->looks && order->looks < UINT_MAX)
		order->looks--;
	order_show(order, out);
}

static void show_certificate(struct order *order, struct authority_reply *out)
{
	if (!order->chain) {
		reply_problem(out, 404, "malformed", "no certificate");
		return;
	}
	order->is_fetched = true;
	reply_json(out, 200, json_object());
	free(out->body);
	out->body = mem_string(order->chain);
	out->length = strlen(out->body);
	out->headers[0].value = "application/pem-certificate-chain";
}

struct order *order_find(
	const struct authority *authority, const char *path, size_t *name)
{
	unsigned number = (unsigned)strtoul(strrchr(path, '/') + 1, NULL, 10);

	*name = number % ORDER_NAMES;
	if (text_starts_with(path, "/authz/") ||
		text_starts_with(path, "/chall/"))
		number /= ORDER_NAMES;
	struct order *order = &orders[number % ORDERS];
	return order->number == number && number &&
			order->authority == authority && !order->is_lost
		? order
		: NULL;
}

void order_answer(struct authority *authority, enum authority_place place,
	const char *path, const json_t *payload, struct authority_reply *out)
{
	size_t name;

	if (place == PLACE_NEW_ORDER) {
		if (authority->has_account && !authority->is_closed)
			take_order(authority, payload, out);
		else
			reply_problem(out, authority->is_closed ? 401 : 400,
				authority->is_closed ? "unauthorized"
						     : "accountDoesNotExist",
				"who is that?");
		return;
	}
	struct order *order = order_find(authority, path, &name);
	if (!order) {
		reply_problem(out, 404, "malformed", "no such order");
		return;
	}
	hold(++order->requests < MOST_REQUESTS, "order %u goes on for ever",
		order->number);
	if (place == PLACE_ORDER)
		answer_order(order, out);
	else if (place == PLACE_AUTHORIZATION)
		answer_authorization(order, name, payload, out);
	else if (place == PLACE_CHALLENGE)
		answer_challenge(order, name, out);
	else if (place == PLACE_FINALIZE)
		finalize(order, payload, out);
	else
		show_certificate(order, out);
}

/* What the play wants. */

void order_excuse(const struct authority *authority, const char *path)
{
	size_t name;

	if (text_starts_with(path, "/ari/"))
		return;
	excuse_next |= text_starts_with(path, "/new-order");
	struct order *order = order_find(authority, path, &name);
	if (order)
		order->is_excused = true;
	else
		authorities_excuse(INT64_MAX);
}

void authorities_excuse(int64_t seconds)
{
	for (size_t i = 0; i < ORDERS; i++)
		orders[i].is_excused |=
			world_truth() - orders[i].created <= seconds;
}

static void change(struct order *order, enum authority_whim whim)
{
	order->is_excused = true;
	if (whim == WHIM_LOSE_ORDERS)
		order->is_lost = true;
	if (whim == WHIM_EXPIRE_ORDERS)
		order->is_broken = true;
	for (size_t i = 0; whim == WHIM_DEACTIVATE && i < order->name_count;
		i++)
		order->authorizations[i] = DEACTIVATED;
}

void order_indulge(const struct authority *authority, enum authority_whim whim,
	unsigned detail)
{
	size_t which = index_of(authority);

	if (whim == WHIM_NONE)
		memset(&moods[which], 0, sizeof(moods[which]));
	else if (whim == WHIM_VALIDATE_AT_ONCE)
		moods[which].is_lenient = detail % 2;
	else if (whim == WHIM_FAIL_VALIDATIONS)
		moods[which].failures = detail;
	else if (whim == WHIM_CERTIFICATES)
		moods[which].certificate = detail;
	else if (whim == WHIM_PROCESS)
		moods[which].looks = detail == 255 ? UINT_MAX : detail % 16;
	else
		for (size_t i = 0; i < ORDERS; i++)
			if (orders[i].authority == authority)
				change(&orders[i], whim);
}

/* Life. */

void orders_begin(void)
{
	memset(orders, 0, sizeof(orders));
	memset(moods, 0, sizeof(moods));
	last = 0;
	excuse_next = false;
	order_limits_begin();
	orders_begin_issuing();
}

void orders_end(void)
{
	for (size_t i = 0; i < ORDERS; i++)
		free(take(orders[i].chain));
	orders_end_issuing();
}
