/* SPDX-License-Identifier: MIT */
#include "authorization_document.h"

#include "json.h"
#include "mem.h"
#include "problem.h"
#include "text.h"

static const struct {
	const char *status;
	enum verdict verdict;
	enum error_kind kind; /* of one that is dead without a reason */
} STATUSES[] = {
	{"pending", VERDICT_PENDING, ERROR_VALIDATION},
	{"valid", VERDICT_VALID, ERROR_VALIDATION},
	{"invalid", VERDICT_DEAD, ERROR_VALIDATION},
	{"expired", VERDICT_DEAD, ERROR_TRANSIENT},
	{"revoked", VERDICT_DEAD, ERROR_VALIDATION},
	{"deactivated", VERDICT_DEAD, ERROR_VALIDATION},
	{NULL, VERDICT_DEAD, ERROR_TRANSIENT}, /* ST1: no crash */
};

static size_t find_status(const json_t *object)
{
	const char *status = member_string_or(object, "status", "");
	size_t i = 0;

	while (STATUSES[i].status && !streq(STATUSES[i].status, status))
		i++;
	return i;
}

enum verdict authorization_document_verdict(const json_t *object)
{
	return STATUSES[find_status(object)].verdict;
}

static bool add_star(struct identifier *identifier, struct error *err)
{
	cleanup(string) char *text = text_format("*.%s", identifier->value);

	return text ? identifier_parse(text, identifier, err)
		    : fail_memory(err);
}

/* The identifier as we know it: the CA leaves the "*." out and says
 * `wildcard` instead (Z12); some do both. */
static bool read_identifier(
	const json_t *object, struct identifier *out, struct error *err)
{
	const json_t *member = member_object(object, "identifier", err);

	if (!member || !identifier_from_json(member, out, err))
		return false;
	return !member_bool_or(object, "wildcard", false) ||
		identifier_is_wildcard(out) || add_star(out, err);
}

static bool find(const struct order_plan *plan,
	const struct identifier *identifier, size_t *index)
{
	for (size_t i = 0; i < plan->identifier_count; i++) {
		if (!identifier_equal(&plan->identifiers[i], identifier))
			continue;
		*index = i;
		return true;
	}
	return false;
}

/* Of a CA that forgets to say so. */
static bool find_wildcard(const struct order_plan *plan,
	const struct identifier *identifier, size_t *index)
{
	struct identifier wildcard = *identifier;

	return add_star(&wildcard, NULL) && find(plan, &wildcard, index);
}

bool authorization_document_find(const json_t *object,
	const struct order_plan *plan, size_t *index, struct error *err)
{
	struct identifier identifier = {0};

	if (!read_identifier(object, &identifier, err)) {
		if (err)
			err->kind = ERROR_TRANSIENT; /* the CA's fault */
		return false;
	}
	if (find(plan, &identifier, index) ||
		find_wildcard(plan, &identifier, index))
		return true;
	return fail(err, ERROR_TRANSIENT,
		"the CA wants to validate '%s', which is not in the order",
		identifier.value);
}

void authorization_document_error(
	const json_t *object, enum challenge_type type, struct error *err)
{
	const json_t *challenge = challenge_find(object, type);
	const json_t *problem = json_object_get(challenge, "error");

	if (json_is_object(problem))
		problem_to_error(problem, 0, err);
	else
		fail(err, STATUSES[find_status(object)].kind,
			"the CA calls the authorization '%.40s' and gives no "
			"reason",
			member_string_or(object, "status", ""));
}
