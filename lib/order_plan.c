/* SPDX-License-Identifier: MIT */
#include "order_plan.h"

#include "mem.h"

#include <string.h>

static void *copy_array(const void *array, size_t size)
{
	void *copy = malloc(size);

	return copy ? memcpy(copy, array, size) : NULL;
}

/* NULL stays NULL. */
static bool copy_string(const char *string, char **out)
{
	*out = string ? strdup(string) : NULL;
	return *out || !string;
}

static bool copy_all(const struct order_plan *plan, struct order_plan_copy *out)
{
	size_t count = plan->identifier_count;

	out->identifiers = copy_array(
		plan->identifiers, count * sizeof(*plan->identifiers));
	out->types = copy_array(plan->types, count * sizeof(*plan->types));
	return out->identifiers && out->types &&
		copy_string(plan->thumbprint, &out->thumbprint) &&
		copy_string(plan->account, &out->account) &&
		copy_string(plan->profile, &out->profile) &&
		copy_string(plan->replaces, &out->replaces) &&
		copy_string(plan->preferred_chain, &out->preferred_chain) &&
		copy_string(plan->url, &out->url);
}

bool order_plan_copy(const struct order_plan *plan, struct order_plan_copy *out,
	struct error *err)
{
	*out = (struct order_plan_copy){.plan = *plan};
	if (plan->identifier_count == 0 ||
		plan->identifier_count > ORDER_MAX_IDENTIFIERS)
		return fail(err, ERROR_REFUSED,
			"an order is for 1 to %d names, not %zu",
			ORDER_MAX_IDENTIFIERS, plan->identifier_count);
	if (!copy_all(plan, out)) {
		order_plan_clear(out);
		return fail_memory(err);
	}
	out->plan.identifiers = out->identifiers;
	out->plan.types = out->types;
	out->plan.thumbprint = out->thumbprint;
	out->plan.account = out->account;
	out->plan.profile = out->profile;
	out->plan.replaces = out->replaces;
	out->plan.preferred_chain = out->preferred_chain;
	out->plan.url = out->url;
	return true;
}

void order_plan_clear(struct order_plan_copy *copy)
{
	free(copy->identifiers);
	free(copy->types);
	free(copy->thumbprint);
	free(copy->account);
	free(copy->profile);
	free(copy->replaces);
	free(copy->preferred_chain);
	free(copy->url);
	*copy = (struct order_plan_copy){0};
}

static bool add_identifiers(json_t *payload, const struct order_plan *plan)
{
	json_t *list = json_array();

	for (size_t i = 0; i < plan->identifier_count; i++)
		json_array_append_new(
			list, identifier_to_json(&plan->identifiers[i]));
	return json_object_set_new(payload, "identifiers", list) == 0 &&
		json_array_size(list) == plan->identifier_count;
}

static bool add_string(json_t *payload, const char *name, const char *value)
{
	return !value ||
		json_object_set_new(payload, name, json_string(value)) == 0;
}

json_t *order_plan_payload(const struct order_plan *plan)
{
	cleanup(json) json_t *payload = json_object();

	if (!add_identifiers(payload, plan) ||
		!add_string(payload, "profile", plan->profile) ||
		!add_string(payload, "replaces", plan->replaces))
		return NULL;
	return take(payload);
}
