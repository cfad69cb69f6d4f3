/* SPDX-License-Identifier: MIT */
#include "dns_journal.h"

#include "file.h"
#include "json.h"
#include "mem.h"
#include "text.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>

#define FOLDER "records"
#define SUFFIX ".json"
#define MOST 200 /* of one certificate: an order has 100 names */
#define MOST_LISTED 100
#define FILE_MAX 262144

static void file_of(char out[static NAME_MAX + 1], const char *name)
{
	snprintf(out, NAME_MAX + 1, "%s" SUFFIX, name);
}

/* A list that cannot be read is as good as none: all that is lost is a record
 * that means nothing to anybody. */
static json_t *read_list(int folder, const char *name)
{
	char file[NAME_MAX + 1];
	size_t length = 0;

	file_of(file, name);
	cleanup(string) char *text =
		file_read(folder, file, FILE_MAX, &length, NULL);
	cleanup(json) json_t *list =
		text ? json_read(text, length, file, NULL) : NULL;
	return json_is_array(list) ? take(list) : json_array();
}

static bool write_list(
	int folder, const char *name, const json_t *list, struct error *err)
{
	char file[NAME_MAX + 1];

	file_of(file, name);
	if (json_array_size(list) == 0)
		return file_remove(folder, file, err);
	cleanup(string) char *text = json_write(list);
	if (!text)
		return fail_memory(err);
	return file_write(folder, file, text, strlen(text), 0600, err);
}

static bool is_of(const json_t *each, const struct dns_update *update)
{
	return streq(member_string_or(each, "record", ""), update->name) &&
		streq(member_string_or(each, "value", ""), update->value);
}

static void forget(json_t *list, const struct dns_update *update)
{
	for (size_t i = json_array_size(list); i-- > 0;)
		if (is_of(json_array_get(list, i), update))
			json_array_remove(list, i);
}

bool dns_journal_add(struct vault *vault, const struct dns_journal_entry *entry,
	struct error *err)
{
	const struct dns_update *update = entry->update;
	int cleanup_folder folder =
		folder_make(vault->state, FOLDER, 0700, err);
	cleanup(json) json_t *list =
		folder < 0 ? NULL : read_list(folder, entry->name);

	if (!list)
		return false;
	forget(list, update);
	if (json_array_size(list) == MOST)
		json_array_remove(list, 0);
	json_array_append_new(list,
		json_pack("{s:s, s:s, s:i, s:s, s:s, s:s}", "identifier",
			entry->identifier, "server", entry->challenge->server,
			"port", (int)entry->challenge->server_port, "zone",
			update->zone, "record", update->name, "value",
			update->value));
	return write_list(folder, entry->name, list, err);
}

bool dns_journal_has(struct vault *vault, const struct dns_journal_entry *entry)
{
	int cleanup_folder folder = folder_open(vault->state, FOLDER, NULL);
	cleanup(json) json_t *list =
		folder < 0 ? NULL : read_list(folder, entry->name);

	for (size_t i = 0; i < json_array_size(list); i++)
		if (is_of(json_array_get(list, i), entry->update))
			return true;
	return false;
}

bool dns_journal_remove(struct vault *vault,
	const struct dns_journal_entry *entry, struct error *err)
{
	int cleanup_folder folder = folder_open(vault->state, FOLDER, NULL);

	if (folder < 0)
		return true;
	cleanup(json) json_t *list = read_list(folder, entry->name);
	size_t count = json_array_size(list);
	forget(list, entry->update);
	return json_array_size(list) == count ||
		write_list(folder, entry->name, list, err);
}

bool dns_journal_drop(struct vault *vault, const char *name, struct error *err)
{
	int cleanup_folder folder = folder_open(vault->state, FOLDER, NULL);
	char file[NAME_MAX + 1];

	file_of(file, name);
	return folder < 0 || file_remove(folder, file, err);
}

bool dns_journal_move(struct vault *vault, const char *from, const char *to)
{
	int cleanup_folder folder = folder_open(vault->state, FOLDER, NULL);
	char old[NAME_MAX + 1], new[NAME_MAX + 1];

	file_of(old, from);
	file_of(new, to);
	return folder < 0 ? errno == ENOENT : file_move(folder, old, new);
}

/* Can the record still be signed away? Else it waits for the settings. */
static bool is_signable(
	const struct vault *vault, const char *name, const json_t *each)
{
	const struct config_certificate *certificate =
		vault_certificate(vault, name, NULL);
	struct identifier identifier;

	return certificate &&
		identifier_parse(member_string_or(each, "identifier", ""),
			&identifier, NULL) &&
		config_challenge_for(certificate, &identifier)->solver ==
		SOLVER_RFC2136;
}

static void list_file(
	struct vault *vault, int folder, const char *name, json_t *out)
{
	cleanup(json) json_t *list = read_list(folder, name);
	size_t count = json_array_size(list);

	for (size_t i = 0; i < count && json_array_size(out) < MOST_LISTED;
		i++) {
		json_t *each = json_array_get(list, i);
		if (!is_signable(vault, name, each))
			continue;
		json_object_set_new(each, "name", json_string(name));
		json_array_append(out, each);
	}
}

json_t *dns_journal_list(
	struct vault *vault, const json_t *request, struct error *err)
{
	int cleanup_folder folder = folder_open(vault->state, FOLDER, NULL);
	json_t *out = json_array();
	struct strings names;

	(void)request;
	(void)err;
	folder_stems(folder, SUFFIX, config_name_is_valid, &names, NULL);
	for (size_t i = 0; i < names.count; i++)
		list_file(vault, folder, names.items[i], out);
	strings_clear(&names);
	return json_pack("{s:o}", "records", out);
}
