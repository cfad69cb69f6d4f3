/* SPDX-License-Identifier: MIT */
#include "live.h"

#include "archive.h"
#include "file.h"
#include "text.h"

#include <errno.h>

static unsigned parse_target(const char *target, const char *name)
{
	char expected[VAULT_PATH_MAX];

	vault_path(expected, "../archive/%s/", name);
	if (!text_starts_with(target, expected))
		return 0;
	return archive_parse_number(target + strlen(expected));
}

static unsigned damaged(const char *name, const char *how, struct error *err)
{
	fail_cause(err, ERROR_LOCAL, "L7",
		"'live/%s' is no link that acmed made (%s); move it away", name,
		how);
	return 0;
}

/* What cannot be seen just now may be there. */
static unsigned missing(const char *name, struct error *err)
{
	int number = errno;

	if (number == ENOENT)
		fail(err, ERROR_NONE, "there is no 'live/%s'", name);
	else
		fail_errno(err, number, "cannot read 'live/%s'", name);
	return 0;
}

unsigned live_read(struct vault *vault, const char *name, struct error *err)
{
	char target[VAULT_PATH_MAX], path[VAULT_PATH_MAX];
	int cleanup_folder live = folder_open(vault->state, "live", NULL);

	if (live < 0)
		return missing(name, err);
	if (link_is_blocked(live, name))
		return damaged(name, "a file or folder", err);
	if (!link_read(live, name, target, sizeof(target)))
		return missing(name, err);
	fail(err, ERROR_NONE, "'live/%s' is another one's now", name);
	if (config_lineage_is_valid(target))
		return 0; /* renamed */
	unsigned number = parse_target(target, name);
	if (!number)
		return damaged(name, target, err);
	vault_path(path, "archive/%s/%u", name, number);
	if (file_exists(vault->state, path) || errno != ENOENT)
		return number;
	fail_cause(err, ERROR_LOCAL, "L7",
		"'live/%s' points to version %u, which is gone", name, number);
	return 0;
}

bool live_write(struct vault *vault, const char *name, unsigned number,
	struct error *err)
{
	char target[VAULT_PATH_MAX];
	int cleanup_folder live = folder_make(vault->state, "live", 0755, err);

	if (live < 0)
		return false;
	if (link_is_blocked(live, name)) {
		damaged(name, "a file or folder", err);
		return false;
	}
	vault_path(target, "../archive/%s/%u", name, number);
	return link_write(live, name, target, err);
}
