/* SPDX-License-Identifier: MIT */
#include "order_document.h"

#include "json.h"
#include "mem.h"
#include "problem.h"
#include "text.h"
#include "timestamp.h"

#include <string.h>

static const char *const STATUS_NAMES[] = {
	[ORDER_PENDING] = "pending",
	[ORDER_READY] = "ready",
	[ORDER_PROCESSING] = "processing",
	[ORDER_VALID] = "valid",
	[ORDER_INVALID] = "invalid",
};

#define STATUSES (sizeof(STATUS_NAMES) / sizeof(*STATUS_NAMES))

static bool read_status(
	const json_t *object, struct order_document *out, struct error *err)
{
	const char *name = member_string(object, "status", err);

	for (size_t i = 0; name && i < STATUSES; i++) {
		if (!streq(name, STATUS_NAMES[i]))
			continue;
		out->status = (enum order_status)i;
		return true;
	}
	return name &&
		fail(err, ERROR_TRANSIENT,
			"the order has the unknown status '%.40s'", name);
}

static bool check_count(const char *name, size_t count, struct error *err)
{
	return count <= ORDER_MAX_IDENTIFIERS ||
		fail(err, ERROR_TRANSIENT, "the order has %zu %s", count, name);
}

static bool read_identifiers(
	const json_t *object, struct order_document *out, struct error *err)
{
	const json_t *list = json_object_get(object, "identifiers");
	size_t count = json_array_size(list);

	if (!check_count("identifiers", count, err))
		return false;
	out->identifiers = calloc(count + 1, sizeof(*out->identifiers));
	if (!out->identifiers)
		return fail_memory(err);
	for (size_t i = 0; i < count; i++)
		if (!identifier_from_json(json_array_get(list, i),
			    &out->identifiers[out->identifier_count++], err))
			return false;
	return true;
}

static bool read_authorizations(
	const json_t *object, struct order_document *out, struct error *err)
{
	const json_t *list = json_object_get(object, "authorizations");
	size_t count = json_array_size(list);

	if (!check_count("authorizations", count, err))
		return false;
	out->authorizations = calloc(count + 1, sizeof(*out->authorizations));
	if (!out->authorizations)
		return fail_memory(err);
	for (size_t i = 0; i < count; i++) {
		const char *url = json_string_value(json_array_get(list, i));
		if (!url || !url_is_https(url))
			return fail(err, ERROR_TRANSIENT,
				"the CA gave no https URL as authorization: "
				"'%.200s'",
				url ? url : "");
		char *copy = strdup(url);
		if (!copy)
			return fail_memory(err);
		out->authorizations[out->authorization_count++] = copy;
	}
	return true;
}

/* A URL that may be missing, but may not be anything else. */
static bool read_url(
	const json_t *object, const char *name, char **out, struct error *err)
{
	const json_t *member = json_object_get(object, name);
	if (json_is_null(member) || !member)
		return true;
	const char *url = member_url(object, name, err);
	if (!url)
		return false;
	*out = strdup(url);
	return *out || fail_memory(err);
}

static void read_expires(const json_t *object, struct order_document *out)
{
	const char *expires = member_string_or(object, "expires", "");

	if (!timestamp_parse(expires, &out->expires))
		out->expires = 0;
}

static void read_error(const json_t *object, struct order_document *out)
{
	const json_t *problem = json_object_get(object, "error");

	if (json_is_object(problem))
		problem_to_error(problem, 0, &out->error);
	else
		fail(&out->error, ERROR_VALIDATION,
			"the CA calls the order invalid and gives no reason");
}

static bool read_all(
	const json_t *object, struct order_document *out, struct error *err)
{
	if (!read_status(object, out, err) ||
		!read_identifiers(object, out, err) ||
		!read_authorizations(object, out, err) ||
		!read_url(object, "finalize", &out->finalize, err))
		return false;
	read_expires(object, out);
	if (out->status == ORDER_INVALID)
		read_error(object, out);
	if (out->status != ORDER_VALID)
		return true;
	return read_url(object, "certificate", &out->certificate, err);
}

bool order_document_read(const struct reply *reply, struct order_document *out,
	struct error *err)
{
	struct order_document made = {0};
	cleanup(json) json_t *object = reply_object(reply, "the order", err);

	if (!object)
		return false;
	if (!read_all(object, &made, err)) {
		order_document_clear(&made);
		return false;
	}
	order_document_clear(out);
	*out = made;
	return true;
}

void order_document_clear(struct order_document *document)
{
	for (size_t i = 0; i < document->authorization_count; i++)
		free(document->authorizations[i]);
	free(document->authorizations);
	free(document->identifiers);
	free(document->finalize);
	free(document->certificate);
	*document = (struct order_document){0};
}

bool order_document_is_for(
	const struct order_document *document, const struct order_plan *plan)
{
	return identifier_same_set(plan->identifiers, plan->identifier_count,
		document->identifiers, document->identifier_count);
}

/* A valid order can be downloaded for as long as the CA keeps it. A date of
 * the year 1 is how some say that they have none. */
bool order_document_is_expired(
	const struct order_document *document, int64_t now)
{
	return document->status != ORDER_VALID && document->expires > 0 &&
		document->expires <= now;
}
