/* SPDX-License-Identifier: MIT */
#include "config_check.h"

#include "text.h"

#define TYPE(type) (1U << (type))
#define HTTP TYPE(CHALLENGE_HTTP_01)
#define ALPN TYPE(CHALLENGE_TLS_ALPN_01)
#define PERSIST TYPE(CHALLENGE_DNS_PERSIST_01)
#define DNS (TYPE(CHALLENGE_DNS_01) | TYPE(CHALLENGE_DNS_ACCOUNT_01) | PERSIST)

/* The solvers: what they can answer, and what they cannot do without. */
static const struct {
	const char *name;
	unsigned types;
	const char *needs[2];
} SOLVERS[] = {
	[SOLVER_WEBROOT] = {"webroot", HTTP, {0}},
	[SOLVER_STANDALONE] = {"standalone", HTTP | ALPN, {0}},
	[SOLVER_SOCKET] = {"socket", HTTP | ALPN, {0}},
	[SOLVER_NONE] = {"none", HTTP | ALPN | DNS, {0}},
	[SOLVER_RFC2136] = {"rfc2136", DNS, {"Server", "KeyFile"}},
	[SOLVER_EXEC] = {"exec", HTTP | ALPN | DNS, {"Command"}},
	[SOLVER_PERSIST] = {"persist", PERSIST, {0}},
};

#define BIT(solver) (1U << (solver))
#define RFC2136 BIT(SOLVER_RFC2136)
#define EXEC BIT(SOLVER_EXEC)

/* The keys: the solvers that they go with. */
static const struct {
	const char *key;
	unsigned solvers;
	const char *names;
} KEYS[] = {
	{"Webroot", BIT(SOLVER_WEBROOT), "'Solver=webroot'"},
	{"Listen", BIT(SOLVER_STANDALONE) | BIT(SOLVER_SOCKET),
		"'Solver=standalone' and 'Solver=socket'"},
	{"Server", RFC2136, "'Solver=rfc2136'"},
	{"Zone", RFC2136, "'Solver=rfc2136'"},
	{"KeyFile", RFC2136, "'Solver=rfc2136'"},
	{"TTL", RFC2136, "'Solver=rfc2136'"},
	{"Command", EXEC, "'Solver=exec'"},
	{"Protocol", EXEC, "'Solver=exec'"},
	{"Provider", EXEC, "'Solver=exec'"},
	{"Timeout", EXEC, "'Solver=exec'"},
	{"EnvironmentFile", EXEC, "'Solver=exec'"},
	{"Concurrency", EXEC, "'Solver=exec'"},
};

/* One [Challenge] or [Challenge NAME]. */
struct section {
	const struct config_challenge *challenge;
	const struct settings *settings;
	const char *argument;
	const char *file; /* for what stands nowhere */
	struct mistakes *mistakes;
};

static const struct setting *setting_of(
	const struct section *section, const char *key)
{
	return settings_find(
		section->settings, SECTION_CHALLENGE, section->argument, key);
}

/* At the line of the key; where it is missing, of the section; else at the
 * file. */
#define fault(section, key, ...) \
	do { \
		const struct setting *at_ = setting_of(section, key); \
		if (!at_) \
			at_ = setting_of(section, NULL); \
		mistakes_add((section)->mistakes, \
			at_ ? at_->file : (section)->file, \
			at_ ? at_->line : 0, __VA_ARGS__); \
	} while (false)

/* One that is given here goes with this solver only. */
static void check_keys(const struct section *section)
{
	unsigned solver = BIT(section->challenge->solver);

	for (size_t i = 0; i < sizeof(KEYS) / sizeof(*KEYS); i++) {
		const struct setting *setting =
			setting_of(section, KEYS[i].key);
		if (setting && setting->count && !(KEYS[i].solvers & solver))
			fault(section, KEYS[i].key, "'%s=' goes with %s only",
				KEYS[i].key, KEYS[i].names);
	}
}

static void check_type(const struct section *section)
{
	const struct config_challenge *challenge = section->challenge;

	if (SOLVERS[challenge->solver].types & TYPE(challenge->type))
		return;
	fault(section, setting_of(section, "Type") ? "Type" : "Solver",
		"'Solver=%s' cannot answer 'Type=%s'",
		SOLVERS[challenge->solver].name,
		challenge_type_name(challenge->type));
}

static bool has(const struct config_challenge *challenge, const char *key)
{
	if (streq(key, "Server"))
		return challenge->server;
	if (streq(key, "KeyFile"))
		return challenge->key_file;
	return challenge->command.count > 0;
}

static void check_needs(const struct section *section)
{
	const struct config_challenge *challenge = section->challenge;

	for (size_t i = 0; i < 2; i++) {
		const char *key = SOLVERS[challenge->solver].needs[i];
		if (key && !has(challenge, key))
			fault(section, "Solver", "'Solver=%s' needs '%s='",
				SOLVERS[challenge->solver].name, key);
	}
}

static void check_listen(const struct section *section)
{
	const struct strings *listen = &section->challenge->listen;

	for (size_t i = 0; i < listen->count; i++)
		if (section->challenge->solver == SOLVER_STANDALONE &&
			*listen->items[i] == '/')
			fault(section, "Listen",
				"'Listen=%s' goes with 'Solver=socket' only",
				listen->items[i]);
}

static void check_certbot(const struct section *section)
{
	const struct strings *command = &section->challenge->command;

	if (command->count > 2)
		fault(section, "Command",
			"'Protocol=certbot' takes 'Command=AUTH CLEANUP'");
	else if (command->count == 2 && command->items[1][0] != '/')
		fault(section, "Command",
			"'Command=': '%s' is no absolute path of a program",
			command->items[1]);
}

static void check_acme_sh(const struct section *section)
{
	const struct config_challenge *challenge = section->challenge;

	if (!challenge->provider)
		fault(section, "Protocol",
			"'Protocol=acme.sh' needs 'Provider=', such as "
			"'dns_cf'");
	if (!challenge_type_is_dns(challenge->type))
		fault(section, "Protocol",
			"'Protocol=acme.sh' cannot answer 'Type=%s': it writes "
			"records",
			challenge_type_name(challenge->type));
}

static void check_protocol(const struct section *section)
{
	const struct config_challenge *challenge = section->challenge;

	if (challenge->solver != SOLVER_EXEC)
		return;
	if (challenge->protocol == PROTOCOL_CERTBOT)
		check_certbot(section);
	if (challenge->protocol == PROTOCOL_ACME_SH)
		check_acme_sh(section);
	else if (challenge->provider)
		fault(section, "Provider",
			"'Provider=' goes with 'Protocol=acme.sh' only");
}

static void check_section(const struct section *section)
{
	check_keys(section);
	check_type(section);
	check_needs(section);
	check_listen(section);
	check_protocol(section);
}

void config_check_solvers(const struct config_certificate *certificate,
	const struct settings *settings, struct mistakes *mistakes)
{
	struct section section = {
		.challenge = &certificate->challenge,
		.settings = settings,
		.argument = "",
		.file = certificate->file,
		.mistakes = mistakes,
	};

	check_section(&section);
	for (size_t i = 0; i < certificate->challenge_for_count; i++) {
		const struct config_challenge_for *own =
			&certificate->challenges_for[i];
		section.challenge = &own->challenge;
		section.argument = own->identifier.value;
		check_section(&section);
	}
}

/* The names. */

static bool has_identifier(const struct config_certificate *certificate,
	const struct identifier *identifier)
{
	for (size_t i = 0; i < certificate->identifier_count; i++)
		if (identifier_equal(&certificate->identifiers[i], identifier))
			return true;
	return false;
}

static void check_own_names(
	const struct config_certificate *certificate, struct section section)
{
	for (size_t i = 0; i < certificate->challenge_for_count; i++) {
		section.argument =
			certificate->challenges_for[i].identifier.value;
		if (!has_identifier(certificate,
			    &certificate->challenges_for[i].identifier))
			fault(&section, NULL,
				"'[Challenge %s]' is for no name of 'Names='",
				section.argument);
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
	const struct setting *names =
		settings_find(settings, SECTION_CERTIFICATE, "", "Names");

	if (!names || names->count != certificate->identifier_count)
		return;
	for (size_t i = 0; i < names->count; i++) {
		const struct identifier *name = &certificate->identifiers[i];
		const struct config_challenge *challenge =
			config_challenge_for(certificate, name);
		if (can_validate(challenge, name))
			continue;
		mistakes_add(mistakes, names->file, names->values[i].line,
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
	const struct section section = {
		.settings = settings,
		.file = certificate->file,
		.mistakes = mistakes,
	};

	check_names(certificate, settings, mistakes);
	check_own_names(certificate, section);
}
