/* SPDX-License-Identifier: MIT */
#include "tsig_check.h"

#include "mem.h"
#include "secret.h"
#include "text.h"
#include "tsig.h"
#include "user_right.h"

#include <unistd.h>

#define VAULT "acmed-vault"

struct check {
	struct mistakes *mistakes;
	struct strings seen; /* files */
	const struct passwd *vault; /* NULL: there is no such user */
};

static bool is_new(struct check *check, const char *file)
{
	for (size_t i = 0; i < check->seen.count; i++)
		if (streq(check->seen.items[i], file))
			return false;
	strings_add(&check->seen, file);
	return true;
}

/* Whether it is there at all is for machine_check. */
static bool check_key(
	const struct check *check, const char *file, struct error *err)
{
	struct tsig_key key = {0};
	char *secret = secret_read(file, VAULT, NULL);

	if (!secret)
		return true;
	bool is_key = tsig_key_parse(secret, &key, err);
	tsig_key_clear(&key);
	secret_free(secret);
	if (!is_key)
		error_prefix(err, "'%.200s'", file);
	return is_key && user_may_read(check->vault, file, err);
}

static void check_challenge(
	void *data, const struct config_challenge *challenge)
{
	struct check *check = data;
	const struct config_source *place = &challenge->key_file_at;
	const char *file = challenge->key_file;
	struct error err;

	if (challenge->solver != SOLVER_RFC2136 || !file || *file != '/' ||
		!place->file || !is_new(check, file))
		return;
	if (!check_key(check, file, &err))
		mistakes_add(check->mistakes, place->file, place->line,
			"'KeyFile=': %s", err.text);
}

void tsig_check(const struct config *config, struct mistakes *mistakes)
{
	struct check check = {.mistakes = mistakes, .vault = getpwnam(VAULT)};

	if (geteuid() != 0)
		return;
	config_each_challenge(config, check_challenge, &check);
	strings_clear(&check.seen);
}
