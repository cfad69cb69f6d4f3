/* SPDX-License-Identifier: MIT */
#include "hook_check.h"

#include "mem.h"
#include "program.h"
#include "secret.h"
#include "text.h"
#include "user_right.h"

#include <unistd.h>

#define HAND "acmed-hand"
#define INSTALLED "/etc/acmed/" /* where the installed daemon has its files */

struct check {
	struct mistakes *mistakes;
	struct strings seen; /* places; what stands in acmed.conf is for all */
	const struct passwd *hand; /* NULL: there is no such user, or no root */
};

static bool is_new(struct check *check, const struct config_source *place)
{
	cleanup(string) char *text =
		text_format("%s:%u", place->file, place->line);

	for (size_t i = 0; text && i < check->seen.count; i++)
		if (streq(check->seen.items[i], text))
			return false;
	strings_add(&check->seen, text ? text : "");
	return true;
}

/* The unit has ProtectHome=yes. */
static bool is_hidden(const struct config_source *place, const char *path)
{
	return text_starts_with(place->file, INSTALLED) &&
		(text_starts_with(path, "/home/") ||
			text_starts_with(path, "/root/") ||
			text_starts_with(path, "/run/user/"));
}

static void check_program(struct check *check,
	const struct config_source *place, const char *path)
{
	struct error err;

	if (!program_check(path, &err))
		mistakes_add(check->mistakes, place->file, place->line,
			"'Command=': %s", err.text);
	else if (!user_may(check->hand, path, R_OK | X_OK))
		mistakes_add(check->mistakes, place->file, place->line,
			"'Command=': " HAND " may not run '%s': run 'chmod "
			"a+rx %s'",
			path, path);
	else if (is_hidden(place, path))
		mistakes_add(check->mistakes, place->file, place->line,
			"'Command=': '%s' is hidden from " HAND
			" (ProtectHome=): move it to /usr/local/sbin",
			path);
}

/* Of certbot's both words are programs. */
static void check_command(
	struct check *check, const struct config_challenge *challenge)
{
	const struct strings *command = &challenge->command;
	size_t programs = challenge->protocol == PROTOCOL_CERTBOT ? 2 : 1;

	if (!is_new(check, &challenge->command_at))
		return;
	for (size_t i = 0; i < command->count && i < programs; i++)
		check_program(check, &challenge->command_at, command->items[i]);
}

static void check_secret(
	struct check *check, const struct config_challenge *challenge)
{
	const struct config_source *place = &challenge->environment_at;
	const char *file = challenge->environment_file;
	struct error err;

	if (!file || *file != '/' || geteuid() != 0 || !is_new(check, place))
		return;
	char *secret = secret_read(file, HAND, &err);
	if (!secret || !user_may_read(check->hand, file, &err))
		mistakes_add(check->mistakes, place->file, place->line,
			"'EnvironmentFile=': %s", err.text);
	secret_free(secret);
}

static void check_challenge(
	void *data, const struct config_challenge *challenge)
{
	struct check *check = data;

	if (challenge->solver != SOLVER_EXEC)
		return;
	check_command(check, challenge);
	check_secret(check, challenge);
}

void hook_check(const struct config *config, struct mistakes *mistakes)
{
	struct check check = {.mistakes = mistakes};

	if (geteuid() == 0)
		check.hand = getpwnam(HAND);
	config_each_challenge(config, check_challenge, &check);
	strings_clear(&check.seen);
}
