/* SPDX-License-Identifier: MIT */
#include "move.h"

#include "archive.h"
#include "dns_journal.h"
#include "file.h"
#include "live.h"
#include "state.h"
#include "text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/*
 * The servers read through live/OLD -> ../archive/OLD/7 all the while. So
 * archive/NEW is made first as a link to itself, and then takes the place of
 * the folder in one step: archive/NEW is the folder, archive/OLD a link to
 * it. After that the links in live/ are put right, and the link goes.
 */

/* False: they still go by the old name. */
static bool point_links(struct vault *vault, const char *from, const char *to)
{
	char target[VAULT_PATH_MAX], expected[VAULT_PATH_MAX];
	int cleanup_folder live = folder_open(vault->state, "live", NULL);

	vault_path(expected, "../archive/%s/", from);
	if (live < 0)
		return errno == ENOENT;
	if (!link_read(live, from, target, sizeof(target)))
		return errno == ENOENT || errno == EINVAL;
	if (!text_starts_with(target, expected))
		return true;
	unsigned long number = strtoul(target + strlen(expected), NULL, 10);
	return live_write(vault, to, (unsigned)number, NULL) &&
		link_write(live, from, to, NULL);
}

static void finish(
	struct vault *vault, int archive, const char *from, const char *to)
{
	/* Without the link nobody would know that there is more to do. */
	if (point_links(vault, from, to) && state_move(vault, from, to) &&
		dns_journal_move(vault, from, to))
		file_remove(archive, from, NULL);
}

static bool exchange(int archive, const char *from, const char *to)
{
	if (symlinkat(to, archive, to) != 0)
		return false;
	if (renameat2(archive, from, archive, to, RENAME_EXCHANGE) != 0) {
		/* A file system that cannot: the old link dangles. */
		unlinkat(archive, to, 0);
		if (renameat(archive, from, archive, to) != 0)
			return false;
	}
	return folder_sync(archive, NULL);
}

static void finish_all(struct vault *vault, int archive)
{
	struct strings names = folder_list(archive);
	char target[VAULT_PATH_MAX];

	for (size_t i = 0; i < names.count; i++) {
		const char *name = names.items[i];
		if (!link_read(archive, name, target, sizeof(target)))
			continue;
		if (config_lineage_is_valid(target) && !streq(target, name) &&
			file_exists(archive, target))
			finish(vault, archive, name, target);
		else
			unlinkat(archive, name, 0);
	}
	strings_clear(&names);
}

/* Both of a first key, or of the same second one. */
static bool is_of_same_key(const char *one, const char *other)
{
	return streq(one + config_base_length(one),
		other + config_base_length(other));
}

/* Is the installed certificate of that lineage one for these names? */
static bool is_for(struct vault *vault, const char *name,
	const struct config_certificate *certificate)
{
	struct version cleanup_version version = {0};
	struct error err = {0};
	unsigned number = is_of_same_key(name, certificate->name)
		? live_read(vault, name, &err)
		: 0;

	return number && version_read(vault, name, number, &version, &err) &&
		identifier_same_set(version.facts.identifiers,
			version.facts.identifier_count,
			certificate->identifiers,
			certificate->identifier_count);
}

static void adopt(struct vault *vault, int archive,
	const struct config_certificate *certificate, struct strings *orphans)
{
	for (size_t i = 0; i < orphans->count; i++) {
		const char *name = orphans->items[i];
		if (!*name || !is_for(vault, name, certificate))
			continue;
		if (exchange(archive, name, certificate->name))
			finish(vault, archive, name, certificate->name);
		orphans->items[i][0] = '\0'; /* taken */
		return;
	}
}

static struct strings list_orphans(struct vault *vault, int archive)
{
	struct strings names = folder_list(archive), orphans = {0};

	for (size_t i = 0; i < names.count; i++)
		if (config_lineage_is_valid(names.items[i]) &&
			!configuration_has_file(
				&vault->configuration, names.items[i]))
			strings_add(&orphans, names.items[i]);
	strings_clear(&names);
	return orphans;
}

void move_renamed(struct vault *vault)
{
	const struct config *config = vault->configuration.config;
	int cleanup_folder archive = folder_open(vault->state, "archive", NULL);

	if (archive < 0)
		return;
	finish_all(vault, archive);
	struct strings orphans = list_orphans(vault, archive);
	for (size_t i = 0; orphans.count && i < config->certificate_count; i++)
		if (!file_exists(archive, config->certificates[i]->name))
			adopt(vault, archive, config->certificates[i],
				&orphans);
	strings_clear(&orphans);
}
