/* SPDX-License-Identifier: MIT */
#include "load.h"

#include "archive.h"
#include "file.h"
#include "json.h"
#include "live.h"
#include "mem.h"
#include "next.h"
#include "revoke.h"
#include "slice.h"
#include "state.h"
#include "switch.h"
#include "text.h"

#include <limits.h>
#include <stdlib.h>
#include <time.h>

#define PAGE_MAX (120 * 1024)

/* The names: configured, archived, linked or with a state. */

static int compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void add_folder(
	struct vault *vault, const char *path, struct strings *names)
{
	int cleanup_folder folder = folder_open(vault->state, path, NULL);
	struct strings list = folder_list(folder);
	char target[VAULT_PATH_MAX];

	for (size_t i = 0; i < list.count; i++) {
		const char *name = list.items[i];
		bool is_renamed =
			link_read(folder, name, target, sizeof(target)) &&
			config_lineage_is_valid(target);
		if (config_lineage_is_valid(name) && !is_renamed)
			strings_add(names, name);
	}
	strings_clear(&list);
}

static void add_all(struct strings *names, const struct strings *more)
{
	for (size_t i = 0; i < more->count; i++)
		strings_add(names, more->items[i]);
}

static struct strings unique(struct strings *sorted)
{
	struct strings names = {0};

	for (size_t i = 0; i < sorted->count; i++)
		if (i == 0 || !streq(sorted->items[i], sorted->items[i - 1]))
			strings_add(&names, sorted->items[i]);
	strings_clear(sorted);
	return names;
}

static void add_configured(const struct config *config, struct strings *names)
{
	for (size_t i = 0; config && i < config->certificate_count; i++)
		strings_add(names, config->certificates[i]->name);
}

static void collect_names(struct vault *vault)
{
	const struct configuration *configuration = &vault->configuration;
	struct strings names = state_names(vault);

	for (size_t i = 0; i < configuration->count; i++)
		if (configuration->files[i].name)
			strings_add(&names, configuration->files[i].name);
	add_configured(configuration->config, &names);
	add_folder(vault, "archive", &names);
	struct strings linked = {0};
	add_folder(vault, "live", &linked);
	add_all(&names, &linked);
	strings_clear(&linked);
	if (names.count)
		qsort(names.items, names.count, sizeof(*names.items), compare);
	strings_clear(&vault->names);
	vault->names = unique(&names);
}

/* One of them. */

static void add_problem(struct text *problems, const struct error *err)
{
	if (err->kind == ERROR_NONE)
		return;
	text_addf(problems, "%s%s%s%s", problems->length ? "; " : "", err->code,
		*err->code ? ": " : "", err->text);
}

static json_t *read_version(struct vault *vault, const char *name,
	unsigned number, struct error *err)
{
	struct version cleanup_version version = {0};

	if (!version_read(vault, name, number, &version, err))
		return NULL;
	json_t *object = version_to_json(&version);
	if (revoke_is_marked(vault, name, number))
		json_object_set_new(object, "revoked", json_true());
	return object;
}

/* Or NULL with err, of kind ERROR_NONE when there is none. */
static json_t *describe_installed(struct vault *vault, const char *name,
	unsigned *number, struct error *err)
{
	*number = live_read(vault, name, err);
	return *number ? read_version(vault, name, *number, err) : NULL;
}

static json_t *describe_error(const struct error *err)
{
	return json_pack("{s:s, s:s}", "code", err->code, "text", err->text);
}

static json_t *describe_damage(unsigned number, const struct error *err)
{
	json_t *damage = describe_error(err);

	json_object_set_new(damage, "version", json_integer(number));
	return damage;
}

/* One to switch to: neither expired nor revoked; or NULL. */
static json_t *read_usable(
	struct vault *vault, const char *name, unsigned number)
{
	struct version cleanup_version version = {0};

	return switch_read_usable(vault, name, number, &version)
		? version_to_json(&version)
		: NULL;
}

/* The newest version that is whole, for a link that was lost. */
static json_t *newest_whole(struct vault *vault, const char *name)
{
	struct version cleanup_version version = {0};

	return switch_find_usable(vault, name, UINT_MAX, true, &version)
		? version_to_json(&version)
		: json_null();
}

/* A version that was staged from the key in next/ and not switched in. */
static json_t *describe_staged(
	struct vault *vault, const char *name, unsigned installed)
{
	unsigned staged = next_staged(vault, name);

	if (staged && staged <= installed)
		next_drop(vault, name, NULL);
	if (staged > installed) {
		json_t *version = read_usable(vault, name, staged);
		if (version)
			return version;
	}
	return installed ? json_null() : newest_whole(vault, name);
}

/* A crash may have come before the last prune. */
static struct numbers keep_numbers(struct vault *vault, const char *name)
{
	struct numbers numbers = archive_numbers(vault, name);

	if (numbers.count <= ARCHIVE_KEEP)
		return numbers;
	archive_prune(vault, name, numbers.items[numbers.count - 1]);
	return archive_numbers(vault, name);
}

static json_t *list_versions(struct vault *vault, const char *name)
{
	struct numbers numbers = keep_numbers(vault, name);
	json_t *list = json_array();

	for (size_t i = 0; i < numbers.count; i++)
		json_array_append_new(list, json_integer(numbers.items[i]));
	return list;
}

static json_t *or_null(json_t *value)
{
	return value ? value : json_null();
}

static json_t *describe(struct vault *vault, const char *name)
{
	cleanup_text_value struct text problems = {.limit = 2048};
	struct error err = {0}, state_err = {0};
	unsigned number = 0;

	archive_clean(vault, name);
	json_t *state = state_read(vault, name, &state_err);
	json_t *installed = describe_installed(vault, name, &number, &err);
	bool is_unseen = !installed && file_is_unseen(&err);
	bool is_damaged = !installed && number && !is_unseen;
	if (!installed)
		add_problem(&problems, &err);
	add_problem(&problems, &state_err);
	json_t *staged = describe_staged(vault, name, number);
	json_t *lineage = json_pack("{s:s, s:o, s:o, s:b, s:o, s:o, s:o}",
		"name", name, "state", or_null(state), "installed",
		or_null(installed), "unseen", is_unseen, "versions",
		list_versions(vault, name), "order",
		or_null(next_order(vault, name)), "staged", staged);
	if (!state && file_is_unseen(&state_err))
		json_object_set_new(
			lineage, "unread", describe_error(&state_err));
	if (is_damaged)
		json_object_set_new(
			lineage, "damaged", describe_damage(number, &err));
	if (problems.data)
		json_object_set_new(
			lineage, "problem", json_string(problems.data));
	return lineage;
}

/* The page. */

static json_t *too_large(const char *name)
{
	return json_pack("{s:s, s:n, s:n, s:[], s:n, s:n, s:s}", "name", name,
		"state", "installed", "versions", "order", "staged", "problem",
		"what is stored of it is too large to be read");
}

static size_t first_after(const struct strings *names, const char *after)
{
	size_t i = 0;

	while (i < names->count && strcmp(names->items[i], after) <= 0)
		i++;
	return i;
}

/* At least one a page, then as many as fit and are read quickly. */
static size_t fill(struct vault *vault, size_t i, json_t *list)
{
	double end = slice_begin();
	size_t room = PAGE_MAX;

	for (; i < vault->names.count; i++) {
		if (json_array_size(list) && slice_is_over(end))
			break;
		const char *name = vault->names.items[i];
		json_t *lineage = describe(vault, name);
		size_t size = json_dumpb(lineage, NULL, 0, JSON_COMPACT) + 1;
		if (size > room && json_array_size(list)) {
			json_decref(lineage);
			break;
		}
		if (size > room) {
			json_decref(lineage);
			lineage = too_large(name);
			size = room;
		}
		json_array_append_new(list, lineage);
		room -= size;
	}
	return i;
}

json_t *load_page(struct vault *vault, const json_t *request, struct error *err)
{
	const char *after = member_string_or(request, "after", "");
	json_t *list = json_array();

	(void)err;
	if (!*after)
		collect_names(vault);
	size_t i = fill(vault, first_after(&vault->names, after), list);
	json_t *next = i < vault->names.count
		? json_string(vault->names.items[i - 1])
		: json_null();
	if (json_is_null(next))
		strings_clear(&vault->names);
	return json_pack("{s:o, s:o}", "certificates", list, "next", next);
}
