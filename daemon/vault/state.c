/* SPDX-License-Identifier: MIT */
#include "state.h"

#include "clock.h"
#include "file.h"
#include "json.h"
#include "mem.h"
#include "text.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define FOLDER "state"
#define SUFFIX ".json"
#define SCHEMA 1
#define STATE_MAX 65536
#define PROBE_SIZE (256 * 1024)
#define PROBE ".probe.unfinished" /* removed by the next start, if need be */

static void file_of(char out[static NAME_MAX + 1], const char *name)
{
	snprintf(out, NAME_MAX + 1, "%s" SUFFIX, name);
}

static bool is_state(const json_t *state)
{
	return json_is_object(state) &&
		member_integer_or(state, "schema", 0) == SCHEMA;
}

/* Only names that acmed manages have a state. */
static bool is_managed(struct vault *vault, const char *name)
{
	char path[VAULT_PATH_MAX];

	if (configuration_has_file(&vault->configuration, name))
		return true;
	vault_path(path, FOLDER "/%s" SUFFIX, name);
	if (file_exists(vault->state, path))
		return true;
	vault_path(path, "archive/%s", name);
	return file_exists(vault->state, path);
}

static char *read_text(const json_t *request, struct error *err)
{
	const json_t *state = json_object_get(request, "state");
	cleanup(string) char *text = is_state(state) ? json_write(state) : NULL;

	if (!text) {
		fail(err, ERROR_REFUSED, "a state has \"schema\": %d", SCHEMA);
		return NULL;
	}
	if (strlen(text) > STATE_MAX) {
		fail(err, ERROR_REFUSED, "a state of %zu bytes is over %d",
			strlen(text), STATE_MAX);
		return NULL;
	}
	return take(text);
}

json_t *state_save(
	struct vault *vault, const json_t *request, struct error *err)
{
	const char *name = request_name(request, err);
	cleanup(string) char *text = name ? read_text(request, err) : NULL;
	char file[NAME_MAX + 1];

	if (!text)
		return NULL;
	if (!is_managed(vault, name)) {
		fail(err, ERROR_REFUSED, "no certificate '%s' is known", name);
		return NULL;
	}
	int cleanup_folder folder =
		folder_make(vault->state, FOLDER, 0700, err);
	file_of(file, name);
	if (folder < 0 ||
		!file_write(folder, file, text, strlen(text), 0600, err))
		return NULL;
	return json_object();
}

bool state_remove(struct vault *vault, const char *name, struct error *err)
{
	char file[NAME_MAX + 1];
	cleanup(string) char *damaged = text_format("%s.json.damaged", name);
	int cleanup_folder folder = folder_open(vault->state, FOLDER, err);

	file_of(file, name);
	return folder >= 0 && damaged && file_remove(folder, file, err) &&
		file_remove(folder, damaged, err);
}

/* A file that cannot be read just now is not damaged. */
static bool is_odd(int folder, const char *file)
{
	struct stat status;

	return fstatat(folder, file, &status, AT_SYMLINK_NOFOLLOW) == 0 &&
		(!S_ISREG(status.st_mode) || status.st_size > STATE_MAX);
}

static void put_aside(int folder, const char *file, struct error *err)
{
	cleanup(string) char *aside = text_format("%s.damaged", file);

	if (aside && renameat(folder, file, folder, aside) == 0)
		folder_sync(folder, NULL);
	fail_cause(err, ERROR_LOCAL, "L5",
		"'state/%s' was damaged and is now '%s.damaged'", file, file);
}

json_t *state_read(struct vault *vault, const char *name, struct error *err)
{
	int cleanup_folder folder = folder_open(vault->state, FOLDER, err);
	char file[NAME_MAX + 1];
	size_t length = 0;

	if (folder < 0) {
		if (err->number == ENOENT)
			err->kind = ERROR_NONE;
		return NULL;
	}
	fail(err, ERROR_NONE, "there is no state of '%s'", name);
	file_of(file, name);
	cleanup(string) char *text =
		file_read(folder, file, STATE_MAX, &length, err);
	if (!text) {
		if (err->kind != ERROR_NONE && is_odd(folder, file))
			put_aside(folder, file, err);
		return NULL;
	}
	cleanup(json) json_t *state = json_read(text, length, file, NULL);
	if (is_state(state))
		return take(state);
	put_aside(folder, file, err);
	return NULL;
}

struct strings state_names(struct vault *vault)
{
	int cleanup_folder folder = folder_open(vault->state, FOLDER, NULL);
	struct strings names;

	folder_stems(folder, SUFFIX, config_lineage_is_valid, &names, NULL);
	return names;
}

bool state_move(struct vault *vault, const char *from, const char *to)
{
	int cleanup_folder folder = folder_open(vault->state, FOLDER, NULL);
	char old[NAME_MAX + 1], new[NAME_MAX + 1];

	file_of(old, from);
	file_of(new, to);
	return folder >= 0 && file_move(folder, old, new);
}

/* As much as a renewal writes: is there room, and does the disk take it? And
 * a wrong clock is known before the CA hears of anything. */
json_t *state_probe(
	struct vault *vault, const json_t *request, struct error *err)
{
	int cleanup_folder folder =
		folder_make(vault->state, FOLDER, 0700, err);
	cleanup(memory) void *bytes = calloc(1, PROBE_SIZE);

	(void)request;
	if (folder < 0 || !bytes || !clock_check(vault, time(NULL), err))
		return NULL;
	bool is_written =
		file_write(folder, PROBE, bytes, PROBE_SIZE, 0600, err);
	unlinkat(folder, PROBE, 0);
	return is_written ? json_object() : NULL;
}
