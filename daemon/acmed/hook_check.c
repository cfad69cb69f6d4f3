/* SPDX-License-Identifier: MIT */
#include "hook_check.h"

#include "mem.h"
#include "program.h"
#include "secret.h"
#include "text.h"

#include <pwd.h>
#include <sys/stat.h>
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

static bool hand_may(const struct check *check, const char *path, mode_t wanted)
{
	struct stat status;

	if (!check->hand || stat(path, &status) < 0)
		return true;
	mode_t mode = status.st_mode;
	if (status.st_uid == check->hand->pw_uid)
		mode >>= 6;
	else if (status.st_gid == check->hand->pw_gid)
		mode >>= 3;
	return (mode & wanted) == wanted;
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
	else if (!hand_may(check, path, S_IROTH | S_IXOTH))
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
	if (!secret)
		mistakes_add(check->mistakes, place->file, place->line,
			"'EnvironmentFile=': %s", err.text);
	else if (!hand_may(check, file, S_IROTH))
		mistakes_add(check->mistakes, place->file, place->line,
			"'EnvironmentFile=': " HAND " cannot read '%s': run "
			"'chgrp " HAND " %s' and 'chmod 0640 %s'",
			file, file, file);
	secret_free(secret);
}

static void check_challenge(
	struct check *check, const struct config_challenge *challenge)
{
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
	for (size_t i = 0; i < config->certificate_count; i++) {
		const struct config_certificate *one = config->certificates[i];
		check_challenge(&check, &one->challenge);
		for (size_t j = 0; j < one->challenge_for_count; j++)
			check_challenge(
				&check, &one->challenges_for[j].challenge);
	}
	strings_clear(&check.seen);
}
