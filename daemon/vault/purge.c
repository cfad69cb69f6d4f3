/* SPDX-License-Identifier: MIT */
#include "purge.h"

#include "archive.h"
#include "config_files.h"
#include "dns_journal.h"
#include "file.h"
#include "state.h"
#include "text.h"

#include <errno.h>
#include <stdio.h>

/* The file may have come back since the configuration was taken in. */
static bool has_file_now(const struct vault *vault, const char *name)
{
	struct config_files files = {0};

	config_files_read(&files, vault->main_file);
	bool has_file = files.unlisted; /* who knows */
	for (size_t i = 0; i < files.count && !has_file; i++)
		has_file =
			files.files[i].name && streq(files.files[i].name, name);
	config_files_clear(&files);
	return has_file;
}

/* Old names of a certificate point to it and go with it. */
static bool remove_links(
	struct vault *vault, const char *name, struct error *err)
{
	int cleanup_folder live = folder_open(vault->state, "live", err);
	struct strings names = folder_list(live);
	char target[VAULT_PATH_MAX];
	bool is_removed = live >= 0;

	for (size_t i = 0; i < names.count && is_removed; i++)
		if (link_read(live, names.items[i], target, sizeof(target)) &&
			streq(target, name))
			is_removed = file_remove(live, names.items[i], err);
	strings_clear(&names);
	if (is_removed && !link_is_blocked(live, name))
		is_removed = file_remove(live, name, err);
	return is_removed;
}

/* The folder leaves its place first: half of it must not look whole. */
static bool remove_archive(
	struct vault *vault, const char *name, struct error *err)
{
	char gone[VAULT_PATH_MAX];
	int cleanup_folder archive = folder_open(vault->state, "archive", err);

	if (archive < 0)
		return false;
	vault_path(gone, ".%s.gone", name);
	if (!folder_remove(archive, gone, err))
		return false;
	if (renameat(archive, name, archive, gone) != 0 && errno != ENOENT)
		return fail_errno(
			err, errno, "cannot remove 'archive/%s'", name);
	return folder_remove(archive, gone, err);
}

json_t *purge_name(
	struct vault *vault, const json_t *request, struct error *err)
{
	const char *name = request_name(request, err);

	if (!name)
		return NULL;
	if (configuration_has_file(&vault->configuration, name) ||
		has_file_now(vault, name)) {
		fail(err, ERROR_REFUSED,
			"'%s' is still configured: remove its file first",
			name);
		return NULL;
	}
	if (!remove_links(vault, name, err) ||
		!remove_archive(vault, name, err) ||
		!dns_journal_drop(vault, name, err) ||
		!state_remove(vault, name, err))
		return NULL;
	return json_object();
}
