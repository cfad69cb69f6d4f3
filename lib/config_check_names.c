/* SPDX-License-Identifier: MIT */
#include "config_check.h"

/* The names of a certificate, and a mistake at the line of one of them. */
struct names {
	const struct config_certificate *certificate;
	const struct settings *settings;
	struct mistakes *mistakes;
};

static const struct setting *find_key(
	const struct settings *settings, const char *key)
{
	const struct setting *setting =
		settings_find(settings, SECTION_CERTIFICATE, "", key);

	return setting && setting->count ? setting : NULL;
}

bool config_name_place(const struct config_certificate *certificate,
	const struct settings *settings, size_t index,
	struct config_place_of_name *place)
{
	const struct setting *names = find_key(settings, "Names");
	const struct setting *request = find_key(settings, "CSR");

	if (names && names->count == certificate->identifier_count)
		*place = (struct config_place_of_name){
			"Names", names->file, names->values[index].line};
	else if (!names && request && certificate->csr)
		*place = (struct config_place_of_name){
			"CSR", request->file, request->line};
	else
		return false;
	return true;
}

static void check_twin(const struct names *names, size_t i, size_t j)
{
	const struct identifier *one = &names->certificate->identifiers[i];
	struct config_place_of_name at;

	if (i > j &&
		config_name_place(names->certificate, names->settings, i, &at))
		mistakes_add(names->mistakes, at.file, at.line,
			"'%s' stands twice in '%s='", one->value, at.key);
}

/* What the name at `i` has to do with that at `j`. */
static void check_pair(const struct names *names, size_t i, size_t j)
{
	const struct identifier *one = &names->certificate->identifiers[i];
	const struct identifier *other = &names->certificate->identifiers[j];
	struct config_place_of_name at;

	if (identifier_equal(one, other))
		check_twin(names, i, j);
	else if (identifier_is_wildcard(other) &&
		identifier_covers(other, one) &&
		config_name_place(names->certificate, names->settings, i, &at))
		mistakes_add(names->mistakes, at.file, at.line,
			"'%s' is covered by '%s' already", one->value,
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
	const struct names names = {certificate, settings, mistakes};

	if (!setting && !find_key(settings, "CSR"))
		mistakes_add(mistakes, certificate->file, 0,
			"no 'Names=': it stands below '[Certificate]', as "
			"'Names=www.example.com'");
	else if (setting && !setting->count && !find_key(settings, "CSR"))
		mistakes_add(mistakes, setting->file, setting->line,
			"'Names=' is empty");
	for (size_t i = 0; i < certificate->identifier_count; i++)
		check_name(&names, i);
}
