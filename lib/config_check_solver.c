/* SPDX-License-Identifier: MIT */
#include "config_check.h"

#include "text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

static const struct config_solver_facts *facts_of(const struct section *section)
{
	return config_solver_facts(section->challenge->solver);
}

static bool is_of_solver(
	const struct section *section, const struct setting *setting)
{
	return setting->section == SECTION_CHALLENGE &&
		streq(setting->argument, section->argument) && setting->key &&
		setting->key->is_of_solver && setting->count;
}

/* At the line of the key; where it is missing, of the section; else at the
 * file. */
static struct setting_place place_of(
	const struct section *section, const char *key)
{
	const struct setting *setting = setting_of(section, key);

	return setting_place(
		setting ? setting : setting_of(section, NULL), section->file);
}

#define fault(section, key, ...) \
	do { \
		struct setting_place at_ = place_of(section, key); \
		mistakes_add( \
			(section)->mistakes, at_.file, at_.line, __VA_ARGS__); \
	} while (false)

/* "'Solver=standalone' and 'Solver=socket'". */
static void name_solvers(const char *key, char *out, size_t size)
{
	size_t length = 0;

	*out = '\0';
	for (int i = 0; i < SOLVERS_COUNT; i++) {
		const struct config_solver_facts *facts =
			config_solver_facts((enum config_solver)i);
		if (length < size && config_solver_has_key(facts->keys, key))
			length += (size_t)snprintf(out + length, size - length,
				"%s'Solver=%s'", length ? " and " : "",
				facts->name);
	}
}

/* One that is given here goes with this solver only. */
static void check_keys(const struct section *section)
{
	const char *keys = facts_of(section)->keys;

	for (size_t i = 0; i < section->settings->count; i++) {
		const struct setting *setting = &section->settings->list[i];
		char names[128];
		if (!is_of_solver(section, setting) ||
			config_solver_has_key(keys, setting->key->name))
			continue;
		name_solvers(setting->key->name, names, sizeof(names));
		mistakes_add(section->mistakes, setting->file, setting->line,
			"'%s=' goes with %s only", setting->key->name, names);
	}
}

static void check_type(const struct section *section)
{
	const struct config_challenge *challenge = section->challenge;

	if (facts_of(section)->types & 1U << challenge->type)
		return;
	fault(section, setting_of(section, "Type") ? "Type" : "Solver",
		"'Solver=%s' cannot answer 'Type=%s'", facts_of(section)->name,
		challenge_type_name(challenge->type));
}

static void check_needs(const struct section *section)
{
	const struct config_challenge *challenge = section->challenge;
	const struct {
		const char *key;
		bool is_given;
	} keys[] = {
		{"Server", challenge->server},
		{"KeyFile", challenge->key_file},
		{"Command", challenge->command.count > 0},
	};

	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++)
		if (!keys[i].is_given &&
			config_solver_has_key(
				facts_of(section)->needs, keys[i].key))
			fault(section, "Solver", "'Solver=%s' needs '%s='",
				facts_of(section)->name, keys[i].key);
}

/* The CA comes to port 80 or 443, as the type says (RFC 8555 section 8.3,
 * RFC 8737 section 3); behind a web server it has them. */
static void check_port(const struct section *section, const char *listen)
{
	const char *colon = strrchr(listen, ':');
	unsigned long port = strtoul(colon ? colon + 1 : listen, NULL, 10);
	bool is_alpn = section->challenge->type == CHALLENGE_TLS_ALPN_01;

	if (port != 80 && port != 443)
		return;
	if (section->challenge->solver == SOLVER_SOCKET && !colon)
		fault(section, "Listen",
			"'Listen=%s' takes the port of the web server: "
			"'Solver=standalone' does that",
			listen);
	else if (is_alpn != (port == 443))
		fault(section, "Listen",
			"'Listen=%s' cannot answer 'Type=%s': the CA comes to "
			"port %d",
			listen, challenge_type_name(section->challenge->type),
			is_alpn ? 443 : 80);
}

static void check_listen(const struct section *section)
{
	const struct strings *listen = &section->challenge->listen;

	if (!config_solver_has_key(facts_of(section)->keys, "Listen"))
		return;
	for (size_t i = 0; i < listen->count; i++)
		if (*listen->items[i] != '/')
			check_port(section, listen->items[i]);
		else if (section->challenge->solver == SOLVER_STANDALONE)
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
