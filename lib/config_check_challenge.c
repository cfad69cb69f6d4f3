/* SPDX-License-Identifier: MIT */
#include "config_check.h"

static bool has_identifier(const struct config_certificate *certificate,
	const struct identifier *identifier)
{
	return identifier_is_in(certificate->identifiers,
		certificate->identifier_count, identifier);
}

static void check_own_names(const struct config_certificate *certificate,
	const struct settings *settings, struct mistakes *mistakes)
{
	for (size_t i = 0; i < certificate->challenge_for_count; i++) {
		const struct identifier *name =
			&certificate->challenges_for[i].identifier;
		struct setting_place at =
			setting_place(settings_find(settings, SECTION_CHALLENGE,
					      name->value, NULL),
				certificate->file);
		if (!has_identifier(certificate, name))
			mistakes_add(mistakes, at.file, at.line,
				"'[Challenge %s]' is for no name of 'Names='",
				name->value);
	}
}

/* A wildcard is validated over DNS only (BR 3.2.2.4), an IP address never
 * (RFC 8738 section 7). With Solver=none the CA knows. */
static bool can_validate(const struct config_challenge *challenge,
	const struct identifier *identifier)
{
	bool is_dns = challenge_type_is_dns(challenge->type);

	if (challenge->solver == SOLVER_NONE)
		return true;
	if (identifier->type == IDENTIFIER_IP)
		return !is_dns;
	return is_dns || !identifier_is_wildcard(identifier);
}

static void check_names(const struct config_certificate *certificate,
	const struct settings *settings, struct mistakes *mistakes)
{
	struct config_place_of_name at;

	for (size_t i = 0; i < certificate->identifier_count; i++) {
		const struct identifier *name = &certificate->identifiers[i];
		const struct config_challenge *challenge =
			config_challenge_for(certificate, name);
		if (can_validate(challenge, name) ||
			!config_name_place(certificate, settings, i, &at))
			continue;
		mistakes_add(mistakes, at.file, at.line,
			identifier_is_wildcard(name)
				? "'%s' needs 'Type=dns-01', not '%s'"
				: "'%s' needs 'Type=http-01' or "
				  "'tls-alpn-01', not '%s'",
			name->value, challenge_type_name(challenge->type));
	}
}

void config_check_challenges(const struct config_certificate *certificate,
	const struct settings *settings, struct mistakes *mistakes)
{
	check_names(certificate, settings, mistakes);
	check_own_names(certificate, settings, mistakes);
}
