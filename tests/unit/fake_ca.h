/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * A CA and an owner for the tests of the order, in memory: the CA answers
 * JSON by URL, the owner keeps the tasks that are out and reports them in the
 * order that the test wants. Invariants of the protocol are asserted here.
 */

#include "canned.h"
#include "mem.h"
#include "order.h"
#include "text.h"

#include <check.h>
#undef fail /* ours, not the old one of check */
#include <stdio.h>

#define CA "https://ca.example"
#define FAKE_MAX 100
#define TOKEN "LoqXcYV8q5ONbJQxbmR7SCTNo3tiAXDfowyjxAjEuX0"

/* Instead of what the CA would say: the times `first` (from 1) to `last` that
 * a path is asked for. */
struct special {
	const char *path; /* "/authz/1" */
	int first;
	int last;
	long status;
	const char *body;
	double retry_after;
	const char *location;
	bool broken; /* no reply at all */
	int asked; /* counted here */
};

struct fake_ca {
	size_t names;
	bool valid[FAKE_MAX]; /* authorizations */
	bool fails[FAKE_MAX];
	int polls[FAKE_MAX]; /* looks until it is decided */
	bool answered[FAKE_MAX];
	bool deactivated[FAKE_MAX];
	int processing; /* looks until issued */
	bool finalized;
	bool ready; /* at once, without challenges */
	bool expired;
	int orders; /* made so far */
	int requests;
	struct special specials[8];
	unsigned spoil; /* seed: bytes of replies are changed */

	/* The owner. */
	struct order *order;
	struct order_task out[256];
	size_t out_count;
	bool sees_fetches;
	bool present_fails[FAKE_MAX];
	int presented[FAKE_MAX];
	int withdrawn[FAKE_MAX];
	int64_t now;
	char saved[64];
	double pauses[64];
	size_t pause_count;
	char wants[512]; /* "POST POST PRESENT ..." */
	char steps[1024];
	const char *profile; /* wishes */
	bool requires_profile;
	const char *preferred_chain;
	json_t *profiles; /* of the directory; borrowed */
	char warning[512]; /* the last one */
	char buffer[32768];
};

/* A small generator: the same for the same seed. */
static inline unsigned draw(unsigned *seed, unsigned limit)
{
	*seed = *seed * 1103515245u + 12345u;
	return (*seed >> 16) % limit;
}

static inline size_t fake_index(const struct challenge *challenge)
{
	return (size_t)atoi(challenge->identifier.value + 1);
}

static inline const char *fake_status(struct fake_ca *ca)
{
	if (ca->finalized)
		return ca->processing-- > 0 ? "processing" : "valid";
	for (size_t i = 0; i < ca->names; i++)
		if (!ca->valid[i] && !ca->ready)
			return "pending";
	return "ready";
}

static inline const char *fake_order(struct fake_ca *ca)
{
	cleanup(json) json_t *order = json_pack("{s:s, s:s, s:[], s:[]}",
		"status", fake_status(ca), "finalize", CA "/finalize",
		"identifiers", "authorizations");

	for (size_t i = 0; i < ca->names; i++) {
		char name[32];
		char url[64];
		snprintf(name, sizeof(name), "n%zu.example", i);
		snprintf(url, sizeof(url), CA "/authz/%zu", i);
		json_array_insert_new(json_object_get(order, "identifiers"), 0,
			json_pack("{s:s, s:s}", "type", "dns", "value", name));
		json_array_append_new(json_object_get(order, "authorizations"),
			json_string(url));
	}
	if (ca->finalized)
		json_object_set_new(
			order, "certificate", json_string(CA "/cert"));
	if (ca->expired)
		json_object_set_new(
			order, "expires", json_string("1999-01-01T00:00:00Z"));
	cleanup(string) char *text = json_dumps(order, 0);
	snprintf(ca->buffer, sizeof(ca->buffer), "%s", text);
	return ca->buffer;
}

static inline const char *fake_authz(struct fake_ca *ca, size_t i)
{
	bool decided = ca->answered[i] && ca->polls[i]-- <= 0;
	const char *status = "pending";

	if (decided && ca->fails[i])
		status = "invalid";
	else if (decided || ca->valid[i])
		status = "valid";
	ca->valid[i] = streq(status, "valid");
	snprintf(ca->buffer, sizeof(ca->buffer),
		"{\"status\":\"%s\",\"identifier\":{\"type\":\"dns\",\"value\":"
		"\"n%zu.example\"},\"challenges\":[{\"type\":\"dns-persist-"
		"01\"}"
		",{\"type\":\"http-01\",\"status\":\"%s\",\"url\":\"" CA
		"/chall/%zu\",\"token\":\"" TOKEN "%zu\"%s}]}",
		status, i,
		streq(status, "pending") && ca->answered[i] ? "processing"
							    : status,
		i, i,
		streq(status, "invalid")
			? ",\"error\":{\"type\":\"" ACME
			  "connection\",\"detail\":\"Connection refused\"}"
			: "");
	return ca->buffer;
}

/* No answer before all that are pending are presented. */
static inline const char *fake_answer(struct fake_ca *ca, size_t i)
{
	for (size_t k = 0; k < ca->names; k++)
		ck_assert(ca->spoil || ca->valid[k] || ca->presented[k] ||
			ca->answered[k]);
	ck_assert(ca->spoil || !ca->answered[i]);
	ca->answered[i] = true;
	return "{\"type\":\"http-01\",\"status\":\"processing\"}";
}

static inline const char *fake_finalize(struct fake_ca *ca)
{
	for (size_t i = 0; i < ca->names; i++)
		ck_assert(ca->spoil || ca->ready || ca->valid[i]);
	ck_assert(ca->spoil || !ca->finalized);
	ca->finalized = true;
	return fake_order(ca);
}

static inline void fake_reset(struct fake_ca *ca)
{
	ca->orders++;
	ca->finalized = false;
	ca->expired = false;
	memset(ca->answered, 0, sizeof(ca->answered));
}

static inline struct reply fake_new_order(
	struct fake_ca *ca, const struct request *request)
{
	fake_reset(ca);
	ck_assert_ptr_nonnull(strstr(request->payload, "\"identifiers\""));
	return canned_at(201, ca->orders > 1 ? CA "/order/new" : CA "/order/1",
		fake_order(ca));
}

/* A spoilt URL leads nowhere. */
static inline bool fake_knows(const struct fake_ca *ca, const char *url)
{
	static const char *const PATHS[] = {
		"/new-order", "/order/1", "/order/new", "/finalize", "/cert"};
	char each[64];

	for (size_t i = 0; i < sizeof(PATHS) / sizeof(*PATHS); i++) {
		snprintf(each, sizeof(each), CA "%s", PATHS[i]);
		if (streq(url, each))
			return true;
	}
	for (size_t i = 0; i < ca->names; i++) {
		snprintf(each, sizeof(each), CA "/authz/%zu", i);
		if (streq(url, each))
			return true;
		snprintf(each, sizeof(each), CA "/chall/%zu", i);
		if (streq(url, each))
			return true;
	}
	ck_assert_msg(ca->spoil, "the CA never named '%s'", url);
	return false;
}

static inline bool fake_is_deactivation(const struct request *request)
{
	return streq(request->payload, "{\"status\":\"deactivated\"}");
}

static inline struct reply fake_reply(
	struct fake_ca *ca, const struct request *request)
{
	const char *path = request->url + strlen(CA);
	const char *number = strrchr(request->url, '/') + 1;

	if (!fake_knows(ca, request->url))
		return canned(404, "");
	if (streq(path, "/new-order"))
		return fake_new_order(ca, request);
	if (text_starts_with(path, "/authz/")) {
		size_t i = (size_t)atoi(number);
		ca->deactivated[i] |= fake_is_deactivation(request);
		ck_assert(ca->deactivated[i] || !*request->payload);
		return canned(200, fake_authz(ca, i));
	}
	if (text_starts_with(path, "/chall/")) {
		ck_assert_str_eq(request->payload, "{}");
		return canned(200, fake_answer(ca, (size_t)atoi(number)));
	}
	if (streq(path, "/finalize")) {
		ck_assert_str_eq(request->payload, "{\"csr\":\"Q1NS\"}");
		return canned(200, fake_finalize(ca));
	}
	ck_assert_str_eq(request->payload, "");
	if (streq(path, "/cert"))
		return canned(200, "-----BEGIN CERTIFICATE-----\n");
	ck_assert(text_starts_with(path, "/order/"));
	return canned(200, fake_order(ca));
}

/* Every fifth reply with a wrong byte, some with a wrong status. */
static inline void fake_spoil(struct fake_ca *ca, struct reply *reply)
{
	static const char BYTES[] = "\"{}[]:,09aZ-\\/<\x01\xff";
	static char copy[sizeof(ca->buffer)];

	if (draw(&ca->spoil, 5) != 0)
		return;
	snprintf(copy, sizeof(copy), "%s", reply->body);
	for (unsigned i = draw(&ca->spoil, 4); i > 0 && *copy; i--)
		copy[draw(&ca->spoil, (unsigned)strlen(copy))] =
			BYTES[draw(&ca->spoil, sizeof(BYTES) - 1)];
	if (draw(&ca->spoil, 4) == 0)
		reply->status = 400 + (long)draw(&ca->spoil, 200);
	reply->body = copy;
	reply->length = strlen(copy);
}

static inline struct special *fake_special(
	struct fake_ca *ca, const struct request *request)
{
	for (size_t i = 0; i < 8 && ca->specials[i].path; i++) {
		struct special *special = &ca->specials[i];
		if (!streq(request->url + strlen(CA), special->path))
			continue;
		special->asked++;
		if (special->asked >= special->first &&
			special->asked <= special->last)
			return special;
	}
	return NULL;
}

static inline void fake_post(struct fake_ca *ca, const struct order_task *task)
{
	struct special *special = fake_special(ca, task->request);
	struct error err = {0};
	struct reply reply = {0};

	ca->requests++;
	ck_assert_int_eq(task->request->signer, REQUEST_BY_ACCOUNT);
	if (special && special->broken) {
		fail_cause(&err, ERROR_TRANSIENT, "N1", "no route");
		order_done(ca->order, task->id, &(struct result){.err = &err},
			ca->now);
		return;
	}
	if (!special || !special->body)
		reply = fake_reply(ca, task->request);
	if (special && special->body)
		reply = canned(special->status, special->body);
	if (special) {
		reply.retry_after = special->retry_after;
		reply.location =
			special->location ? special->location : reply.location;
	}
	if (ca->spoil)
		fake_spoil(ca, &reply);
	order_done(ca->order, task->id, &(struct result){.reply = &reply},
		ca->now);
}

static inline void fake_present(
	struct fake_ca *ca, const struct order_task *task)
{
	size_t i = fake_index(task->challenge);
	struct error err = {0};
	struct result result = {.sees_fetches = ca->sees_fetches};

	ck_assert(text_ends_with(task->challenge->answer, ".thumb"));
	if (ca->present_fails[i]) {
		fail_cause(&err, ERROR_LOCAL, "H2", "port 80 is taken");
		result.err = &err;
	} else {
		ca->presented[i]++;
	}
	order_done(ca->order, task->id, &result, ca->now);
}

static inline void fake_withdraw(
	struct fake_ca *ca, const struct order_task *task)
{
	size_t i = fake_index(task->challenge);
	struct error err = {0};

	ca->withdrawn[i]++;
	fail(&err, ERROR_LOCAL, "nobody cares");
	order_done(ca->order, task->id, &(struct result){.err = &err}, ca->now);
}

static inline void fake_pause(struct fake_ca *ca, const struct order_task *task)
{
	ck_assert_double_gt(task->pause, 0);
	if (ca->pause_count < 64)
		ca->pauses[ca->pause_count++] = task->pause;
	ca->now += (int64_t)task->pause;
	order_done(ca->order, task->id, &(struct result){0}, ca->now);
}

/* Does the task and reports it. */
static inline void fake_run(struct fake_ca *ca, const struct order_task *task)
{
	switch (task->want) {
	case ORDER_WANTS_POST:
		fake_post(ca, task);
		return;
	case ORDER_WANTS_SAVE:
		snprintf(ca->saved, sizeof(ca->saved), "%s",
			order_url(ca->order));
		order_done(ca->order, task->id, &(struct result){0}, ca->now);
		return;
	case ORDER_WANTS_CSR:
		order_done(ca->order, task->id, &(struct result){.csr = "Q1NS"},
			ca->now);
		return;
	case ORDER_WANTS_PRESENT:
		fake_present(ca, task);
		return;
	case ORDER_WANTS_WITHDRAW:
		fake_withdraw(ca, task);
		return;
	case ORDER_WANTS_PAUSE:
		fake_pause(ca, task);
		return;
	}
}

static inline void fake_note(struct fake_ca *ca, const struct order_task *task)
{
	static const char *const NAMES[] = {
		[ORDER_WANTS_POST] = "POST",
		[ORDER_WANTS_SAVE] = "SAVE",
		[ORDER_WANTS_CSR] = "CSR",
		[ORDER_WANTS_PRESENT] = "PRESENT",
		[ORDER_WANTS_WITHDRAW] = "WITHDRAW",
		[ORDER_WANTS_PAUSE] = "PAUSE",
	};
	size_t length = strlen(ca->wants);
	const char *what = NAMES[task->want];

	if (task->want == ORDER_WANTS_POST)
		what = task->request->url + strlen(CA);
	snprintf(ca->wants + length, sizeof(ca->wants) - length, "%s%s",
		length ? " " : "", what);
}

/* Takes all that the order wants now. At most eight requests are out, and
 * nothing but withdrawals and deactivations comes after the end. */
static inline void fake_take(struct fake_ca *ca)
{
	const struct order_task *task;

	while ((task = order_next(ca->order, ca->now))) {
		ck_assert_uint_lt(ca->out_count, 256);
		ck_assert(order_state(ca->order) == ORDER_RUNNING ||
			task->want == ORDER_WANTS_WITHDRAW ||
			fake_is_deactivation(task->request));
		for (size_t i = 0; i < ca->out_count; i++)
			ck_assert_uint_ne(ca->out[i].id, task->id);
		ca->out[ca->out_count++] = *task;
		fake_note(ca, task);
	}
	size_t posts = 0;
	for (size_t i = 0; i < ca->out_count; i++)
		posts += ca->out[i].want == ORDER_WANTS_POST;
	ck_assert_uint_le(posts, ORDER_MAX_IN_FLIGHT);
}

/* Runs one of the tasks that are out. */
static inline void fake_report(struct fake_ca *ca, size_t index)
{
	struct order_task task = ca->out[index];

	memmove(&ca->out[index], &ca->out[index + 1],
		(ca->out_count - index - 1) * sizeof(task));
	ca->out_count--;
	fake_run(ca, &task);
}

static inline void fake_on_step(
	void *data, const char *subject, const char *from, const char *to)
{
	struct fake_ca *ca = data;
	size_t length = strlen(ca->steps);

	if (streq(subject, "order"))
		snprintf(ca->steps + length, sizeof(ca->steps) - length, "%s%s",
			length ? " " : from, length ? to : "");
	if (streq(subject, "order") && length == 0)
		snprintf(ca->steps + strlen(ca->steps),
			sizeof(ca->steps) - strlen(ca->steps), " %s", to);
}

static inline void fake_on_warning(void *data, const char *text)
{
	struct fake_ca *ca = data;

	snprintf(ca->warning, sizeof(ca->warning), "%s", text);
}

static inline void fake_start(
	struct fake_ca *ca, const char *url, const char *replaces)
{
	static struct directory directory = {
		.url = (char *)CA "/dir",
		.new_order = (char *)CA "/new-order",
	};
	static struct identifier identifiers[FAKE_MAX];
	static enum challenge_type types[FAKE_MAX];
	struct error err = {0};

	for (size_t i = 0; i < ca->names; i++) {
		char name[32];
		snprintf(name, sizeof(name), "n%zu.example", i);
		ck_assert(identifier_parse(name, &identifiers[i], &err));
		types[i] = CHALLENGE_HTTP_01;
	}
	struct order_plan plan = {
		.directory = &directory,
		.thumbprint = "thumb",
		.identifiers = identifiers,
		.identifier_count = ca->names,
		.types = types,
		.url = url,
		.replaces = replaces,
		.profile = ca->profile,
		.requires_profile = ca->requires_profile,
		.preferred_chain = ca->preferred_chain,
		.on_step = fake_on_step,
		.on_warning = fake_on_warning,
		.data = ca,
	};
	directory.profiles = ca->profiles;
	ca->now = 1800000000;
	ca->order = order_new(&plan, &err);
	ck_assert_msg(ca->order != NULL, "%s", err.text);
}

/* First come, first served, to the end. */
static inline void fake_drive(struct fake_ca *ca)
{
	for (int turns = 0; order_is_busy(ca->order); turns++) {
		ck_assert_int_lt(turns, 20000);
		fake_take(ca);
		if (ca->out_count)
			fake_report(ca, 0);
	}
	ck_assert_ptr_null(order_next(ca->order, ca->now));
	for (size_t i = 0; i < ca->names; i++)
		ck_assert_int_eq(ca->presented[i], ca->withdrawn[i]);
}
