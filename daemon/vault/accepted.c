/* SPDX-License-Identifier: MIT */
#include "accepted.h"

#include "file.h"
#include "json.h"
#include "mem.h"
#include "text.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define FOLDER "state/config"
#define GLOBAL "global.json"
#define GLOBAL_MAX (64 * 1024 * 1024)
#define SUFFIX ".conf"

/* Reading. */

static bool read_file(struct configuration_file *file, const json_t *object)
{
	const char *path = member_string_or(object, "path", NULL);
	const json_t *text = json_object_get(object, "text");

	if (!path || !json_is_string(text))
		return false;
	file->path = strdup(path);
	file->text = strdup(json_string_value(text));
	file->length = json_string_length(text);
	file->is_known_ca = member_bool_or(object, "known", false);
	file->is_stale = true;
	return file->path && file->text;
}

static size_t read_files(const json_t *list, struct configuration_file **out)
{
	size_t count = json_array_size(list);

	*out = calloc(count + 1, sizeof(**out));
	for (size_t i = 0; *out && i < count; i++)
		if (!read_file(&(*out)[i], json_array_get(list, i)))
			return 0;
	return *out ? count : 0;
}

size_t accepted_global(int state, struct configuration_file **out)
{
	int cleanup_folder folder = folder_open(state, FOLDER, NULL);
	size_t length = 0;

	*out = NULL;
	if (folder < 0)
		return 0;
	cleanup(string) char *bytes =
		file_read(folder, GLOBAL, GLOBAL_MAX, &length, NULL);
	if (!bytes)
		return 0;
	cleanup(json) json_t *object =
		json_read(bytes, length, "the accepted configuration", NULL);
	return read_files(json_object_get(object, "files"), out);
}

bool accepted_names(int state, struct strings *out, struct error *err)
{
	int cleanup_folder folder = folder_open(state, FOLDER, NULL);

	*out = (struct strings){0};
	if (folder < 0)
		return errno == ENOENT ||
			fail_errno(err, errno, "cannot list '" FOLDER "'");
	return folder_stems(folder, SUFFIX, config_name_is_valid, out, err);
}

char *accepted_certificate(int state, const char *name, size_t *length)
{
	int cleanup_folder folder = folder_open(state, FOLDER, NULL);
	char file[NAME_MAX];

	if (folder < 0)
		return NULL;
	snprintf(file, sizeof(file), "%s" SUFFIX, name);
	return file_read(folder, file, CONFIG_FILE_MAX, length, NULL);
}

bool accepted_has(int state, const char *name, size_t length)
{
	char path[NAME_MAX + sizeof(FOLDER)];
	struct stat status;

	snprintf(path, sizeof(path), FOLDER "/%s" SUFFIX, name);
	return fstatat(state, path, &status, AT_SYMLINK_NOFOLLOW) == 0 &&
		(uintmax_t)status.st_size == length;
}

/* Keeping. */

struct accepted_keeping {
	int folder; /* -1: it cannot be made */
	struct configuration *configuration; /* borrowed */
	struct strings names; /* prepared */
	size_t looked; /* files */
	bool is_synced;
	size_t committed; /* names */
	struct error err;
};

static json_t *describe_global(const struct configuration *configuration)
{
	json_t *files = json_array();

	for (size_t i = 0; i < configuration->global_count; i++) {
		const struct configuration_file *file =
			&configuration->files[i];
		json_array_append_new(files,
			json_pack("{s:s, s:b, s:s#}", "path", file->path,
				"known", file->is_known_ca, "text", file->text,
				(int)file->length));
	}
	return json_pack("{s:i, s:o}", "schema", 1, "files", files);
}

static bool is_same(
	int folder, const char *name, const char *text, size_t length)
{
	size_t kept_length = 0;
	cleanup(string) char *kept =
		file_read(folder, name, length, &kept_length, NULL);

	return kept && kept_length == length && memcmp(kept, text, length) == 0;
}

static bool keep_global(int folder, const struct configuration *configuration,
	struct error *err)
{
	cleanup(json) json_t *object = describe_global(configuration);
	cleanup(string) char *text = json_write(object);

	if (!text)
		return fail_memory(err);
	size_t length = strlen(text);
	return is_same(folder, GLOBAL, text, length) ||
		file_write(folder, GLOBAL, text, length, 0600, err);
}

/* Is the text of this file accepted, and another one kept? */
static bool has_news(
	int folder, const struct configuration_file *file, char name[NAME_MAX])
{
	if (!file->name || !file->text || file->is_stale)
		return false;
	snprintf(name, NAME_MAX, "%s" SUFFIX, file->name);
	return !is_same(folder, name, file->text, file->length);
}

static bool is_wanted(
	const struct configuration *configuration, const char *name)
{
	char certificate[NAME_MAX];

	if (streq(name, GLOBAL))
		return true;
	if (!text_ends_with(name, SUFFIX))
		return false;
	snprintf(certificate, sizeof(certificate), "%.*s",
		(int)(strlen(name) - strlen(SUFFIX)), name);
	return configuration_has_file(configuration, certificate);
}

static void forget_rest(int folder, const struct configuration *configuration)
{
	struct strings names = folder_list(folder);

	for (size_t i = 0; i < names.count; i++)
		if (!is_wanted(configuration, names.items[i]))
			unlinkat(folder, names.items[i], 0);
	strings_clear(&names);
}

/* Thousands of files are synced at once: all are prepared, then all put in
 * their places. */

static bool prepare(struct accepted_keeping *keeping)
{
	const struct configuration_file *file =
		&keeping->configuration->files[keeping->looked++];
	char name[NAME_MAX];

	if (!has_news(keeping->folder, file, name))
		return true;
	strings_add(&keeping->names, name);
	return file_prepare(keeping->folder, name, file->text, file->length,
		0600, &keeping->err);
}

static bool sync_all(struct accepted_keeping *keeping)
{
	keeping->is_synced = true;
	if (keeping->names.count && syncfs(keeping->folder) != 0)
		return fail_errno(
			&keeping->err, errno, "cannot sync '" FOLDER "'");
	return true;
}

static void give_up(struct accepted_keeping *keeping)
{
	keeping->configuration->is_unfinished = true;
	mistakes_add(&keeping->configuration->problems, FOLDER, 0,
		"the accepted texts cannot be kept: %s", keeping->err.text);
}

static void finish(struct accepted_keeping *keeping)
{
	if (keeping->names.count &&
		!folder_sync(keeping->folder, &keeping->err))
		give_up(keeping);
	else
		forget_rest(keeping->folder, keeping->configuration);
}

struct accepted_keeping *accepted_keep(
	int state, struct configuration *configuration)
{
	struct accepted_keeping *keeping = mem_new(sizeof(*keeping));

	keeping->configuration = configuration;
	keeping->folder = folder_make(state, FOLDER, 0700, &keeping->err);
	if (keeping->folder >= 0 &&
		!keep_global(keeping->folder, configuration, &keeping->err)) {
		close(keeping->folder);
		keeping->folder = -1;
	}
	return keeping;
}

static bool has_ended(const struct accepted_keeping *keeping)
{
	return keeping->is_synced && keeping->committed == keeping->names.count;
}

static bool go_on(struct accepted_keeping *keeping)
{
	if (keeping->looked < keeping->configuration->count)
		return prepare(keeping);
	if (!keeping->is_synced)
		return sync_all(keeping);
	return file_commit(keeping->folder,
		keeping->names.items[keeping->committed++], &keeping->err);
}

bool accepted_keep_on(struct accepted_keeping *keeping)
{
	bool is_open = keeping->folder >= 0;

	if (is_open && has_ended(keeping)) {
		finish(keeping);
		return false;
	}
	if (is_open && go_on(keeping))
		return true;
	give_up(keeping);
	return false;
}

void accepted_keeping_free(struct accepted_keeping *keeping)
{
	if (!keeping)
		return;
	if (keeping->folder >= 0)
		close(keeping->folder);
	strings_clear(&keeping->names);
	free(keeping);
}
