/* SPDX-License-Identifier: MIT */
#include "profile.h"

#include "text.h"

#define LISTED_MAX 20

/* "classic, shortlived", in the words of a stranger. */
static void list(const struct directory *directory, char *out, size_t size)
{
	struct text text cleanup_text_value = {.limit = 512};
	const char *name;
	json_t *value;
	unsigned count = 0;

	json_object_foreach (directory->profiles, name, value)
		if (count++ < LISTED_MAX)
			text_addf(
				&text, "%s%.40s", count > 1 ? ", " : "", name);
	const char *all = text.data ? text.data : "";
	text_clean(out, size, all, strlen(all));
}

bool profile_choose(const struct directory *directory,
	const struct profile_wish *wish, const char **out, struct error *err)
{
	char names[300];

	*out = NULL;
	if (!wish->name)
		return true;
	if (directory_has_profile(directory, wish->name)) {
		*out = wish->name;
		return true;
	}
	if (!wish->is_required)
		return true;
	list(directory, names, sizeof(names));
	return fail_cause(err, ERROR_REFUSED, "K7",
		"the CA has no profile '%.100s'; it has: %s", wish->name,
		*names ? names : "none");
}
