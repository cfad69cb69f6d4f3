/* SPDX-License-Identifier: MIT */
#include "config_check.h"

/* Names=, and a mistake at the line of one of its values. */
struct names {
	const struct config_certificate *certificate;
	const struct setting *setting;
	struct mistakes *mistakes;
};

#define fault(names, index, ...) \
	mistakes_add((names)->mistakes, (names)->setting->file, \
		(names)->setting->values[index].line, __VA_ARGS__)

/* What the name at `i` has to do with that at `j`. */
static void check_pair(const struct names *names, size_t i, size_t j)
{
	const struct identifier *one = &names->certificate->identifiers[i];
	const struct identifier *other = &names->certificate->identifiers[j];

	if (identifier_equal(one, other)) {
		if (i > j)
			fault(names, i, "'%s' stands twice in 'Names='",
				one->value);
		return;
	}
	if (identifier_is_wildcard(other) && identifier_covers(other, one))
		fault(names, i, "'%s' is covered by '%s' already", one->value,
			other->value);
}

static void check_name(const struct names *names, size_t i)
{
	const struct config_certificate *certificate = names->certificate;

	for (size_t j = 0; j < certificate->identifier_count; j++)
		if (i != j)
			check_pair(names, i, j);
}

void config_check_names(const struct config_certificate *certificate,
	const struct settings *settings, struct mistakes *mistakes)
{
	const struct setting *setting =
		settings_find(settings, SECTION_CERTIFICATE, "", "Names");
	const struct names names = {certificate, setting, mistakes};

	if (!setting)
		mistakes_add(mistakes, certificate->file, 0,
			"no 'Names=': it stands below '[Certificate]', as "
			"'Names=www.example.com'");
	else if (!setting->count)
		mistakes_add(mistakes, setting->file, setting->line,
			"'Names=' is empty");
	else if (setting->count == certificate->identifier_count)
		for (size_t i = 0; i < certificate->identifier_count; i++)
			check_name(&names, i);
}
