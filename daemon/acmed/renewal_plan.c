/* SPDX-License-Identifier: MIT */
#include "renewal_plan.h"

#include "json.h"
#include "text.h"

bool renewal_plan_resumes(const struct renewal_wish *wish,
	const struct ca_ready *ready, const json_t *in_flight)
{
	return in_flight &&
		streq(member_string_or(in_flight, "ca", ""),
			ca_name(wish->ca)) &&
		streq(member_string_or(in_flight, "account", ""),
			ready->account) &&
		json_object_get(in_flight, "url");
}

/* Only the CA and the account that issued it are told (ARI-17). */
static const char *replaced_id(
	const struct ca_ready *ready, const struct renewal_wish *wish)
{
	const struct directory *directory = ready->directory;
	const struct renewal_origin now = {directory->url, ready->account};
	const char *id = wish->ari_id;

	if (!id ||
		!renewal_info_may_replace(id, &wish->origin, &now,
			directory->renewal_info != NULL))
		return NULL;
	return id;
}

static bool is_kept(
	const struct renewal_wish *wish, const struct identifier *identifier)
{
	size_t i;
	const json_t *name;

	json_array_foreach (wish->without, i, name)
		if (streq(json_string_value(name), identifier->value))
			return false;
	return true;
}

/* Names and their types; how many there are, 0 for too many. */
static size_t keep_names(
	struct renewal_plan *plan, const struct renewal_wish *wish)
{
	const struct config_certificate *certificate = wish->certificate;
	size_t count = 0;

	for (size_t i = 0; i < certificate->identifier_count; i++) {
		const struct identifier *each = &certificate->identifiers[i];
		if (!is_kept(wish, each))
			continue;
		if (count == ORDER_MAX_IDENTIFIERS)
			return 0;
		plan->kept[count] = *each;
		plan->types[count++] =
			config_challenge_for(certificate, each)->type;
	}
	return count;
}

bool renewal_plan_fill(struct renewal_plan *plan,
	const struct renewal_wish *wish, const struct ca_ready *ready,
	const json_t *in_flight, struct error *err)
{
	const struct config_certificate *certificate = wish->certificate;
	size_t count = keep_names(plan, wish);

	if (count == 0)
		return fail(err, ERROR_REFUSED, "more than %d names in '%s'",
			ORDER_MAX_IDENTIFIERS, certificate->file);
	plan->order = (struct order_plan){
		.directory = ready->directory,
		.thumbprint = ready->thumbprint,
		.account = ready->account,
		.replaces = replaced_id(ready, wish),
		.preferred_chain = certificate->preferred_chain,
		.identifiers = plan->kept,
		.identifier_count = count,
		.types = plan->types,
		.url = renewal_plan_resumes(wish, ready, in_flight)
			? member_string_or(in_flight, "url", NULL)
			: NULL,
	};
	plan->order.profile = config_profile(
		certificate, wish->issuer, &plan->order.requires_profile);
	return true;
}
