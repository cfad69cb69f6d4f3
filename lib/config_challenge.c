/* SPDX-License-Identifier: MIT */
#include "config_certificate.h"

#include "mem.h"
#include "text.h"

/* Of any solver: its type and itself stay. */
void config_challenge_forget(struct config_challenge *challenge)
{
	const struct config_challenge kept = {
		.type = challenge->type, .solver = challenge->solver};

	config_challenge_clear(challenge);
	*challenge = kept;
}

void config_challenge_clear(struct config_challenge *challenge)
{
	free(challenge->webroot);
	strings_clear(&challenge->listen);
	free(challenge->server);
	free(challenge->zone);
	free(challenge->key_file);
	strings_clear(&challenge->command);
	free(challenge->provider);
	free(challenge->environment_file);
	free(challenge->key_file_at.file);
	free(challenge->command_at.file);
	free(challenge->environment_at.file);
	*challenge = (struct config_challenge){0};
}

static struct strings copy_strings(const struct strings *from)
{
	struct strings copy = {0};

	for (size_t i = 0; i < from->count; i++)
		strings_add(&copy, from->items[i]);
	return copy;
}

void config_challenge_copy(
	struct config_challenge *to, const struct config_challenge *from)
{
	*to = *from;
	to->webroot = mem_string(from->webroot);
	to->listen = copy_strings(&from->listen);
	to->server = mem_string(from->server);
	to->zone = mem_string(from->zone);
	to->key_file = mem_string(from->key_file);
	to->command = copy_strings(&from->command);
	to->provider = mem_string(from->provider);
	to->environment_file = mem_string(from->environment_file);
	to->key_file_at.file = mem_string(from->key_file_at.file);
	to->command_at.file = mem_string(from->command_at.file);
	to->environment_at.file = mem_string(from->environment_at.file);
}

static void note_place(const struct settings *settings, const char *name,
	const char *key, struct config_source *place)
{
	const struct setting *setting =
		settings_find(settings, SECTION_CHALLENGE, name, key);

	if (!setting || !setting->count)
		return;
	free(place->file);
	place->file = mem_string(setting->file);
	place->line = setting->values[0].line;
}

void config_challenge_note_places(struct config_challenge *challenge,
	const struct settings *settings, const char *name)
{
	note_place(settings, name, "KeyFile", &challenge->key_file_at);
	note_place(settings, name, "Command", &challenge->command_at);
	note_place(
		settings, name, "EnvironmentFile", &challenge->environment_at);
}

/* One way of proving a name. */

static bool is_same_way(
	const struct config_challenge *a, const struct config_challenge *b)
{
	return a->type == b->type && a->solver == b->solver &&
		text_same(a->webroot, b->webroot) &&
		strings_same(&a->listen, &b->listen) &&
		text_same(a->server, b->server) &&
		a->server_port == b->server_port &&
		text_same(a->zone, b->zone) &&
		text_same(a->key_file, b->key_file) &&
		strings_same(&a->command, &b->command) &&
		a->protocol == b->protocol &&
		text_same(a->provider, b->provider) &&
		text_same(a->environment_file, b->environment_file);
}

bool config_has_path(const struct config_certificate *certificate,
	const struct config_certificate *other,
	const struct identifier *identifier)
{
	return identifier_is_in(certificate->identifiers,
		       certificate->identifier_count, identifier) &&
		is_same_way(config_challenge_for(certificate, identifier),
			config_challenge_for(other, identifier));
}

/* Programs. */

const struct config_challenge *config_challenge_at(
	const struct config_certificate *certificate, size_t i)
{
	return i ? &certificate->challenges_for[i - 1].challenge
		 : &certificate->challenge;
}

static bool has_command(const struct config_certificate *certificate,
	const struct config_challenge *challenge)
{
	for (size_t i = 0; i <= certificate->challenge_for_count; i++) {
		const struct config_challenge *own =
			config_challenge_at(certificate, i);
		if (own->solver == SOLVER_EXEC &&
			strings_same(&own->command, &challenge->command))
			return true;
	}
	return false;
}

bool config_shares_command(const struct config_certificate *certificate,
	const struct config_certificate *other)
{
	for (size_t i = 0; i <= certificate->challenge_for_count; i++) {
		const struct config_challenge *challenge =
			config_challenge_at(certificate, i);
		if (challenge->solver == SOLVER_EXEC &&
			has_command(other, challenge))
			return true;
	}
	return false;
}

int64_t config_command_share(
	const struct config_certificate *certificate, int64_t most)
{
	int64_t share = 0;

	for (size_t i = 0; i <= certificate->challenge_for_count; i++) {
		const struct config_challenge *challenge =
			config_challenge_at(certificate, i);
		if (challenge->solver != SOLVER_EXEC)
			continue;
		if (share < 1)
			share = 1;
		if (share < most / 2)
			share = most / 2;
		if (share < challenge->concurrency)
			share = challenge->concurrency;
	}
	return share ? share : INT64_MAX;
}
