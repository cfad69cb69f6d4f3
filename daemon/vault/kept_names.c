/* SPDX-License-Identifier: MIT */
#include "kept_names.h"

#include "mem.h"
#include "text.h"

void kept_names_clear(struct kept_names *kept)
{
	free(kept->list);
	*kept = (struct kept_names){0};
}

static bool is_named(const json_t *without, const struct identifier *identifier)
{
	for (size_t i = 0; i < json_array_size(without); i++) {
		const char *name =
			json_string_value(json_array_get(without, i));
		if (name && streq(name, identifier->value))
			return true;
	}
	return false;
}

static bool check(const struct config_certificate *certificate,
	const json_t *without, const struct kept_names *kept, struct error *err)
{
	size_t left = certificate->identifier_count - kept->count;

	if (left != json_array_size(without))
		return fail(err, ERROR_REFUSED,
			"'%s' is to be issued without names that it does not "
			"have",
			certificate->name);
	if (left && (!certificate->drop_dead_names || certificate->csr))
		return fail(err, ERROR_REFUSED,
			"'%s' may not be issued without any of its names",
			certificate->name);
	if (!kept->count ||
		!identifier_equal(&kept->list[0], &certificate->identifiers[0]))
		return fail(err, ERROR_REFUSED,
			"'%s' may not be issued without its first name",
			certificate->name);
	return true;
}

bool kept_names_read(const struct config_certificate *certificate,
	const json_t *request, struct kept_names *out, struct error *err)
{
	const json_t *without = json_object_get(request, "without");
	size_t count = certificate->identifier_count;
	struct kept_names kept = {
		.list = mem_new((count + 1) * sizeof(*kept.list))};

	for (size_t i = 0; i < count; i++)
		if (!is_named(without, &certificate->identifiers[i]))
			kept.list[kept.count++] = certificate->identifiers[i];
	if (!check(certificate, without, &kept, err)) {
		kept_names_clear(&kept);
		return false;
	}
	*out = kept;
	return true;
}
