/* SPDX-License-Identifier: MIT */
#include "config_advice.h"

#include "config_check.h"
#include "text.h"

static void advise_names(const struct config_ca *ca,
	const struct config_certificate *certificate,
	const struct settings *settings, struct mistakes *mistakes)
{
	struct config_place_of_name at;

	for (size_t i = 0; i < certificate->identifier_count; i++)
		if (!identifier_is_public(&certificate->identifiers[i]) &&
			config_name_place(certificate, settings, i, &at))
			mistakes_advise(mistakes, at.file, at.line,
				"CA '%s' issues nothing for '%s', which has no "
				"meaning in the Internet: take a name below a "
				"domain of yours, or a CA of your own",
				ca->name, certificate->identifiers[i].value);
}

/* Let's Encrypt has one profile that takes addresses (I03). */
static bool lacks_profile(const struct config_ca *ca,
	const struct config_certificate *certificate)
{
	const char *profile = ca->profile;

	if (certificate->profile)
		profile = certificate->profile;
	if (certificate->required_profile)
		profile = certificate->required_profile;
	return ca->address_profile &&
		(!profile || !streq(profile, ca->address_profile));
}

/* An address of no meaning in the Internet has been told of. */
static bool needs_profile(
	const struct config_ca *ca, const struct identifier *identifier)
{
	return identifier->type == IDENTIFIER_IP &&
		(!ca->is_known || identifier_is_public(identifier));
}

static void advise_profile(const struct config_ca *ca,
	const struct config_certificate *certificate,
	const struct settings *settings, struct mistakes *mistakes)
{
	const struct identifier *identifiers = certificate->identifiers;
	struct config_place_of_name at;

	if (!lacks_profile(ca, certificate))
		return;
	for (size_t i = 0; i < certificate->identifier_count; i++)
		if (needs_profile(ca, &identifiers[i]) &&
			config_name_place(certificate, settings, i, &at))
			mistakes_advise(mistakes, at.file, at.line,
				"CA '%s' issues for '%s' with another profile "
				"only: write 'Profile=%s'",
				ca->name, identifiers[i].value,
				ca->address_profile);
}

static bool is_used(const struct config *config, const struct config_ca *ca)
{
	for (size_t i = 0; i < config->certificate_count; i++)
		if (config_has_ca(config->certificates[i], ca))
			return true;
	return false;
}

static void advise_terms(const struct config_ca *ca,
	const struct settings *settings, struct mistakes *mistakes)
{
	const struct setting *place =
		settings_find(settings, SECTION_CA, ca->name, "AgreeToTerms");

	if (!place)
		place = settings_find(settings, SECTION_CERTIFICATE, "", "CA");
	if (place)
		mistakes_advise(mistakes, place->file, place->line,
			"CA '%s' opens no account before you agree to its "
			"terms: write 'AgreeToTerms=yes' below '[CA %s]' in "
			"acmed.conf",
			ca->name, ca->name);
}

/* It is told where the certificate names the CA: for one that is to take over
 * nobody would notice before it is needed. */
static void advise_binding(const struct config_ca *ca, size_t position,
	const struct settings *settings, struct mistakes *mistakes)
{
	const struct setting *place =
		settings_find(settings, SECTION_CERTIFICATE, "", "CA");

	if (!place || position >= place->count)
		return;
	mistakes_advise(mistakes, place->file, place->values[position].line,
		"CA '%s' opens no account without a key of yours: write "
		"'EABKeyID=' and 'EABKeyFile=' below '[CA %s]' in acmed.conf",
		ca->name, ca->name);
}

/* What concerns a CA and not the names. */
static void advise_account(const struct config_ca *ca, size_t position,
	const struct settings *settings, struct mistakes *mistakes)
{
	if (ca->is_known && !ca->agree_to_terms)
		advise_terms(ca, settings, mistakes);
	if (ca->eab_required && !ca->eab_key_id)
		advise_binding(ca, position, settings, mistakes);
}

void config_advise(const struct config *config,
	const struct config_certificate *certificate,
	const struct settings *settings, struct mistakes *mistakes)
{
	const struct strings *names = &certificate->ca_names;

	for (size_t i = 0; i < names->count; i++) {
		const struct config_ca *ca =
			config_find_ca(config, names->items[i]);
		if (!ca)
			continue;
		advise_profile(ca, certificate, settings, mistakes);
		if (ca->is_known)
			advise_names(ca, certificate, settings, mistakes);
		if (!is_used(config, ca))
			advise_account(ca, i, settings, mistakes);
	}
}
