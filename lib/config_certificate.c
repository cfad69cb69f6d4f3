/* SPDX-License-Identifier: MIT */
#include "config_certificate.h"

#include "config_endpoint.h"
#include "config_value.h"
#include "mem.h"

#define DEFAULT_MODE 0600U

/* The end of each structure. */

static void clear_deploy(struct config_deploy *deploy)
{
	strings_clear(&deploy->reload);
	strings_clear(&deploy->restart);
	strings_clear(&deploy->reload_command);
	free(deploy->reload_pid_file);
	for (size_t i = 0; i < deploy->hook_count; i++)
		free(deploy->hooks[i].value);
	free(deploy->hooks);
	for (size_t i = 0; i < deploy->endpoint_count; i++)
		config_endpoint_clear(&deploy->endpoints[i]);
	free(deploy->endpoints);
}

static void clear_export(struct config_export *export)
{
	free(export->name);
	free(export->path);
	free(export->owner);
	free(export->group);
}

static void clear_exports(struct config_certificate *certificate)
{
	for (size_t i = 0; i < certificate->export_count; i++)
		clear_export(&certificate->exports[i]);
	free(take(certificate->exports));
	certificate->export_count = 0;
}

void config_certificate_free(struct config_certificate *certificate)
{
	if (!certificate)
		return;
	free(certificate->name);
	free(certificate->file);
	free(certificate->identifiers);
	strings_clear(&certificate->ca_names);
	free(certificate->others);
	free(certificate->csr_file);
	free(certificate->csr);
	free(certificate->profile);
	free(certificate->required_profile);
	free(certificate->preferred_chain);
	free(certificate->windows);
	config_challenge_clear(&certificate->challenge);
	for (size_t i = 0; i < certificate->challenge_for_count; i++)
		config_challenge_clear(
			&certificate->challenges_for[i].challenge);
	free(certificate->challenges_for);
	clear_deploy(&certificate->deploy);
	clear_exports(certificate);
	free(certificate);
}

static void apply_challenge_for(struct config_certificate *certificate,
	const struct settings *settings, const char *name,
	struct mistakes *mistakes)
{
	struct config_challenge_for own = {0};
	const struct setting *solver =
		settings_find(settings, SECTION_CHALLENGE, name, "Solver");
	struct mistakes known = {0};

	if (!identifier_parse(name, &own.identifier, NULL))
		return;
	settings_apply(settings, SECTION_CHALLENGE, "", &own.challenge, &known);
	config_challenge_note_places(&own.challenge, settings, "");
	mistakes_clear(&known);
	enum config_solver before = own.challenge.solver;
	if (solver && solver->count &&
		config_value_solver(
			solver->values[0].text, &own.challenge.solver, NULL) &&
		own.challenge.solver != before)
		config_challenge_forget(&own.challenge);
	settings_apply(
		settings, SECTION_CHALLENGE, name, &own.challenge, mistakes);
	config_challenge_note_places(&own.challenge, settings, name);
	certificate->challenges_for = mem_resize(certificate->challenges_for,
		certificate->challenge_for_count + 1, sizeof(own));
	certificate->challenges_for[certificate->challenge_for_count++] = own;
}

static void apply_export(struct config_certificate *certificate,
	const struct settings *settings, const char *name,
	struct mistakes *mistakes)
{
	struct config_export export = {
		.name = mem_string(name), .mode = DEFAULT_MODE};

	settings_apply(settings, SECTION_EXPORT, name, &export, mistakes);
	certificate->exports = mem_resize(certificate->exports,
		certificate->export_count + 1, sizeof(export));
	certificate->exports[certificate->export_count++] = export;
}

/* Two certificates cannot be exported to one place: that of the first key
 * is. */
struct config_certificate *config_certificate_second(
	const struct config_certificate *first, size_t index,
	const struct settings *settings)
{
	struct mistakes known = {0};
	const char *type = key_type_name(first->keys[index]);
	cleanup(string) char *name = mem_format("%s+%s", first->name, type);

	struct config_certificate *second =
		config_certificate_make(name, first->file, settings, &known);
	mistakes_clear(&known);
	second->key = first->keys[index];
	clear_exports(second);
	return second;
}

struct config_certificate *config_certificate_make(const char *name,
	const char *file, const struct settings *settings,
	struct mistakes *mistakes)
{
	struct config_certificate *certificate = mem_new(sizeof(*certificate));

	certificate->name = mem_string(name);
	certificate->file = mem_string(file);
	certificate->placeholder = true;
	settings_apply(
		settings, SECTION_CERTIFICATE, "", certificate, mistakes);
	if (certificate->key_count == 0)
		certificate->keys[certificate->key_count++] = KEY_ECDSA_P256;
	certificate->key = certificate->keys[0];
	settings_apply(settings, SECTION_CHALLENGE, "", &certificate->challenge,
		mistakes);
	config_challenge_note_places(&certificate->challenge, settings, "");
	settings_apply(
		settings, SECTION_DEPLOY, "", &certificate->deploy, mistakes);
	for (size_t i = 0; i < settings->count; i++) {
		const struct setting *at = &settings->list[i];
		if (at->key || !*at->argument)
			continue;
		if (at->section == SECTION_CHALLENGE)
			apply_challenge_for(
				certificate, settings, at->argument, mistakes);
		if (at->section == SECTION_EXPORT)
			apply_export(
				certificate, settings, at->argument, mistakes);
	}
	return certificate;
}
