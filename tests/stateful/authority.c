/* SPDX-License-Identifier: MIT */
#include "authority.h"

#include "authority_order.h"
#include "base64url.h"
#include "json.h"
#include "mem.h"
#include "text.h"
#include "world.h"

#include <stdio.h>

#define HOUR_MAX 4096

struct authority authorities[AUTHORITIES];

static unsigned requests;
static int64_t times[HOUR_MAX]; /* of the last ones, a ring */

/* Replies. */

static void add_header(
	struct authority_reply *out, const char *name, const char *value)
{
	out->headers[out->header_count++] = (struct http_header){name, value};
}

void reply_json(struct authority_reply *out, long status, json_t *body)
{
	out->status = status;
	free(out->body);
	out->body = json_dumps(body, JSON_COMPACT);
	out->length = strlen(out->body);
	json_decref(body);
	out->header_count = 0;
	add_header(out, "content-type",
		status < 400 ? "application/json" : "application/problem+json");
}

void reply_problem(struct authority_reply *out, long status, const char *type,
	const char *detail)
{
	char full[96];

	snprintf(full, sizeof(full), "urn:ietf:params:acme:error:%s", type);
	reply_json(out, status,
		json_pack("{s:s, s:s, s:i}", "type", full, "detail", detail,
			"status", (int)status));
}

void reply_retry_after(struct authority_reply *out, const char *value)
{
	snprintf(out->retry_after, sizeof(out->retry_after), "%s", value);
}

void reply_location(struct authority_reply *out, const char *base,
	const char *path, unsigned number)
{
	free(out->location);
	out->location = text_format("%s%s/%u", base, path, number);
}

void authority_reply_clear(struct authority_reply *reply)
{
	free(reply->body);
	free(reply->location);
	*reply = (struct authority_reply){0};
}

/* What goes with every reply. */
static void finish(struct authority *authority, struct authority_reply *out)
{
	if (!out->status)
		return;
	snprintf(out->nonce, sizeof(out->nonce), "%s-%u", authority->name,
		authority->nonces++);
	add_header(out, "replay-nonce", out->nonce);
	if (*out->retry_after)
		add_header(out, "retry-after", out->retry_after);
	if (out->location)
		add_header(out, "location", out->location);
	if (!out->body)
		out->body = mem_string("");
}

/* What is in a signed request. */

static json_t *read_part(const json_t *jws, const char *name)
{
	const char *text = member_string_or(jws, name, "");
	size_t length = 0;
	cleanup(bytes) unsigned char *bytes =
		*text ? base64url_decode(text, &length) : NULL;

	return json_loadb(bytes ? (char *)bytes : "", length, 0, NULL);
}

/* One that we gave, and that was never used before. */
static void use_nonce(struct authority *authority, const json_t *header)
{
	const char *nonce = member_string_or(header, "nonce", "");
	const char *dash = strchr(nonce, '-');
	unsigned long number = dash ? strtoul(dash + 1, NULL, 10) : ~0UL;
	unsigned char *bits = &authority->used[number / 8 % 8192];
	unsigned char bit = (unsigned char)(1U << number % 8);

	hold(number < authority->nonces &&
			text_starts_with(nonce, authority->name),
		"nonce '%s' is not from CA %s", nonce, authority->name);
	hold(authority->nonces > 65536 || !(*bits & bit),
		"nonce '%s' is used twice", nonce);
	*bits |= bit;
}

/* The resources but those of orders. */

static void answer_directory(
	const struct authority *authority, struct authority_reply *out)
{
	static const char *const NAMES[][2] = {{"newNonce", "/nonce"},
		{"newAccount", "/new-account"}, {"newOrder", "/new-order"},
		{"revokeCert", "/revoke"}, {"keyChange", "/key-change"},
		{"renewalInfo", "/ari"}};
	json_t *directory = json_object();
	char url[64];

	for (size_t i = 0; i < sizeof(NAMES) / sizeof(*NAMES); i++) {
		snprintf(
			url, sizeof(url), "%s%s", authority->base, NAMES[i][1]);
		json_object_set_new(directory, NAMES[i][0], json_string(url));
	}
	reply_json(out, 200, directory);
}

static void answer_account(struct authority *authority, const char *path,
	const json_t *payload, struct authority_reply *out)
{
	bool is_new = text_starts_with(path, "/new-account");

	if (!authority->has_account &&
		(!is_new ||
			member_bool_or(payload, "onlyReturnExisting", false))) {
		reply_problem(out, 400, "accountDoesNotExist", "who is that?");
		return;
	}
	bool is_made = !authority->has_account;
	if (is_made)
		authority->accounts++;
	authority->has_account = true;
	reply_json(out, is_made ? 201 : 200,
		json_pack("{s:s}", "status",
			authority->is_closed ? "deactivated" : "valid"));
	reply_location(out, authority->base, "/account", authority->accounts);
}

static void answer_place(struct authority *authority,
	enum authority_place place, const char *path, const json_t *payload,
	struct authority_reply *out)
{
	switch (place) {
	case PLACE_DIRECTORY:
		answer_directory(authority, out);
		return;
	case PLACE_NONCE:
		reply_json(out, 200, json_object());
		return;
	case PLACE_ACCOUNT:
		answer_account(authority, path, payload, out);
		return;
	case PLACE_RENEWAL_INFO:
		order_answer_renewal_info(authority, path, out);
		return;
	case PLACE_NEW_ORDER:
	case PLACE_ORDER:
	case PLACE_AUTHORIZATION:
	case PLACE_CHALLENGE:
	case PLACE_FINALIZE:
	case PLACE_CERTIFICATE:
		order_answer(authority, place, path, payload, out);
		return;
	case PLACE_ANY:
	case PLACES:
		break;
	}
	reply_problem(out, 404, "malformed", "no such resource");
}

static enum authority_place place_of(const char *path)
{
	static const struct {
		const char *prefix;
		enum authority_place place;
	} PATHS[] = {{"/dir", PLACE_DIRECTORY}, {"/nonce", PLACE_NONCE},
		{"/new-account", PLACE_ACCOUNT}, {"/account/", PLACE_ACCOUNT},
		{"/new-order", PLACE_NEW_ORDER}, {"/order/", PLACE_ORDER},
		{"/authz/", PLACE_AUTHORIZATION}, {"/chall/", PLACE_CHALLENGE},
		{"/finalize/", PLACE_FINALIZE}, {"/cert/", PLACE_CERTIFICATE},
		{"/ari/", PLACE_RENEWAL_INFO}};

	for (size_t i = 0; i < sizeof(PATHS) / sizeof(*PATHS); i++)
		if (text_starts_with(path, PATHS[i].prefix))
			return PATHS[i].place;
	return PLACE_ANY;
}

static struct authority *find(const char *url, const char **path)
{
	for (size_t i = 0; i < AUTHORITIES; i++) {
		struct authority *authority = &authorities[i];
		if (!text_starts_with(url, authority->base))
			continue;
		*path = url + strlen(authority->base);
		return authority;
	}
	world_broken("a known CA", __FILE__, __LINE__, "%s", url);
}

static bool is_disturbed(
	const struct authority *authority, enum authority_place place)
{
	const struct authority_fault *fault = &authority->fault;

	return fault->left &&
		(fault->place == PLACE_ANY || fault->place == place);
}

static void answer(struct authority *authority, const char *path,
	const struct http_request *request, struct authority_reply *out)
{
	enum authority_place place = place_of(path);
	cleanup(json) json_t *jws =
		request->body ? json_loads(request->body, 0, NULL) : NULL;
	cleanup(json) json_t *header = read_part(jws, "protected");
	cleanup(json) json_t *payload = read_part(jws, "payload");
	bool is_bad = is_disturbed(authority, place);

	if (request->method == HTTP_POST)
		use_nonce(authority, header);
	patience_expect(authority, path, payload);
	if (is_bad) {
		authority->fault.left--;
		order_excuse(authority, path);
	}
	if (!is_bad || !fault_comes_first(&authority->fault, out)) {
		answer_place(authority, place, path, payload, out);
		if (is_bad)
			fault_comes_after(&authority->fault, out);
	}
	patience_note(authority, path, payload, out);
}

void authority_answer(
	const struct http_request *request, struct authority_reply *out)
{
	const char *path = NULL;
	struct authority *authority = find(request->url, &path);

	*out = (struct authority_reply){0};
	times[requests++ % HOUR_MAX] = world_truth();
	world_let_ca_act(true);
	answer(authority, path, request, out);
	finish(authority, out);
	world_let_ca_act(false);
	world_say("%s %s: %ld%s %.160s", authority->name, path, out->status,
		*out->retry_after ? " (Retry-After)" : "",
		out->body ? out->body : "");
}

/* What the play wants. */

void authority_disturb(size_t authority, const struct authority_fault *fault)
{
	authorities[authority % AUTHORITIES].fault = *fault;
}

void authority_indulge(size_t number, enum authority_whim whim, unsigned detail)
{
	struct authority *authority = &authorities[number % AUTHORITIES];

	switch (whim) {
	case WHIM_WINDOW:
		authority->window = detail;
		break;
	case WHIM_FORGET_ACCOUNT:
		authority->has_account = false;
		order_indulge(authority, WHIM_LOSE_ORDERS, 0);
		break;
	case WHIM_CLOSE_ACCOUNT:
		authority->is_closed = detail % 2;
		authorities_excuse(INT64_MAX);
		break;
	case WHIM_LOSE_ORDERS:
	case WHIM_EXPIRE_ORDERS:
	case WHIM_DEACTIVATE:
	case WHIM_VALIDATE_AT_ONCE:
	case WHIM_FAIL_VALIDATIONS:
	case WHIM_CERTIFICATES:
	case WHIM_PROCESS:
		order_indulge(authority, whim, detail);
		break;
	case WHIM_NONE:
	case WHIMS:
		break;
	}
}

void authority_heal(size_t number)
{
	struct authority *authority = &authorities[number];

	authority->fault.left = 0;
	authority->window = 0;
	authority->is_closed = false;
	order_indulge(authority, WHIM_NONE, 0);
}

void authorities_begin(void)
{
	static const char *const NAMES[AUTHORITIES] = {"one", "two"};

	requests = 0;
	for (size_t i = 0; i < AUTHORITIES; i++) {
		authorities[i] = (struct authority){.name = NAMES[i]};
		snprintf(authorities[i].base, sizeof(authorities[i].base),
			"https://%s.test", NAMES[i]);
	}
	world_let_ca_act(true);
	orders_begin();
	world_let_ca_act(false);
}

void authorities_end(void)
{
	orders_end();
}

unsigned authority_requests(void)
{
	return requests;
}

unsigned authority_requests_in_hour(void)
{
	unsigned count = 0;

	while (count < HOUR_MAX && count < requests &&
		times[(requests - 1 - count) % HOUR_MAX] > world_truth() - HOUR)
		count++;
	return count;
}
