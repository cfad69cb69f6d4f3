/* SPDX-License-Identifier: MIT */
#include "config_files.h"

#include "csr_file.h"
#include "denied.h"
#include "mem.h"
#include "paths.h"
#include "text.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILES_MAX 100000
#define SUFFIX ".conf"

/* One file. */

static bool fail_file(struct config_file *file, const char *doing)
{
	int number = errno;

	fail_errno(&file->err, number, "cannot %s '%s'", doing, file->path);
	denied_explain(&file->err, number, file->path, R_OK);
	return false;
}

/* Waits for nobody: a pipe in the place of a file is opened and refused. */
bool config_file_read_from(struct config_file *file, int fd)
{
	struct stat status;

	if (fstat(fd, &status) != 0)
		return fail_file(file, "look at");
	if (!S_ISREG(status.st_mode))
		return fail(&file->err, ERROR_LOCAL, "'%s' is no regular file",
			file->path);
	if (status.st_size > CONFIG_FILE_MAX)
		return fail(&file->err, ERROR_LOCAL,
			"'%s' is larger than 1 MiB", file->path);
	size_t size = (size_t)status.st_size;
	cleanup(string) char *bytes = mem_new(size + 1);
	size_t done = 0;
	while (done < size) {
		ssize_t got = read(fd, bytes + done, size - done);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return fail_file(file, "read");
		if (got == 0)
			break;
		done += (size_t)got;
	}
	file->length = done;
	file->bytes = take(bytes);
	return true;
}

void config_file_read(struct config_file *file)
{
	if (file->err.kind != ERROR_NONE)
		return;
	int fd = open(file->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0) {
		fail_file(file, "open");
		return;
	}
	if (config_file_read_from(file, fd) && file->name)
		csr_file_attach(file);
	close(fd);
}

static void add_file(struct config_files *files, const char *path,
	const char *name, bool is_known_ca)
{
	files->files = mem_resize(
		files->files, files->count + 1, sizeof(*files->files));
	struct config_file *file = &files->files[files->count++];
	*file = (struct config_file){
		.path = mem_string(path),
		.name = mem_string(name),
		.is_known_ca = is_known_ca,
	};
}

/* Folders. */

static int is_configuration(const struct dirent *entry)
{
	return entry->d_name[0] != '.' &&
		text_ends_with(entry->d_name, SUFFIX) &&
		strlen(entry->d_name) > strlen(SUFFIX);
}

static int compare_entries(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

enum kind {
	KIND_KNOWN_CA,
	KIND_GLOBAL,
	KIND_CERTIFICATE,
};

static void add_entry(struct config_files *files, const char *folder,
	const char *entry, enum kind kind)
{
	char path[PATH_MAX];
	char name[NAME_MAX + 1];

	snprintf(path, sizeof(path), "%s/%s", folder, entry);
	snprintf(name, sizeof(name), "%.*s",
		(int)(strlen(entry) - strlen(SUFFIX)), entry);
	add_file(files, path, kind == KIND_CERTIFICATE ? name : NULL,
		kind == KIND_KNOWN_CA);
}

/* A folder that is not there is empty; one that cannot be read is a file
 * that cannot be read. */
static void add_folder(
	struct config_files *files, const char *folder, enum kind kind)
{
	struct dirent **entries = NULL;
	int count =
		scandir(folder, &entries, is_configuration, compare_entries);

	if (count < 0 && errno != ENOENT) {
		int number = errno;
		add_file(files, folder, NULL, kind == KIND_KNOWN_CA);
		fail_errno(&files->files[files->count - 1].err, number,
			"cannot list '%s'", folder);
		if (kind == KIND_CERTIFICATE)
			files->unlisted = files->count;
	}
	for (int i = 0; i < count; i++) {
		if (files->count < FILES_MAX)
			add_entry(files, folder, entries[i]->d_name, kind);
		free(entries[i]);
	}
	free(entries);
}

/* acmed.conf may be missing, a file that somebody named may not. */
static void add_main(
	struct config_files *files, const char *path, bool is_named)
{
	if (is_named || access(path, F_OK) == 0 || errno != ENOENT)
		add_file(files, path, NULL, false);
}

/* Adds them; the folder that they lie in, within `own`. */
static const char *add_global(
	struct config_files *files, const char *main_file, char *own)
{
	char path[PATH_MAX];

	if (main_file)
		snprintf(own, PATH_MAX, "%s", main_file);
	else
		snprintf(own, PATH_MAX, "%s/acmed.conf", paths_configuration());
	add_main(files, own, main_file != NULL);
	const char *folder = dirname(own);
	snprintf(path, sizeof(path), "%s/acmed.conf.d", folder);
	add_folder(files, path, KIND_GLOBAL);
	return folder;
}

void config_files_list_global(struct config_files *files, const char *main_file)
{
	char own[PATH_MAX];

	*files = (struct config_files){0};
	add_global(files, main_file, own);
}

void config_files_list(struct config_files *files, const char *main_file)
{
	char path[PATH_MAX];
	char own[PATH_MAX];

	*files = (struct config_files){0};
	snprintf(path, sizeof(path), "%s/ca", paths_data());
	add_folder(files, path, KIND_KNOWN_CA);
	const char *folder = add_global(files, main_file, own);
	snprintf(path, sizeof(path), "%s/certs.d", folder);
	add_folder(files, path, KIND_CERTIFICATE);
}

void config_files_add_unlisted(struct config_files *files, const char *name)
{
	const struct config_file *folder = &files->files[files->unlisted - 1];
	struct error err = folder->err;
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s" SUFFIX, folder->path, name);
	add_file(files, path, name, false);
	files->files[files->count - 1].err = err;
}

void config_files_read(struct config_files *files, const char *main_file)
{
	config_files_list(files, main_file);
	for (size_t i = 0; i < files->count; i++)
		config_file_read(&files->files[i]);
}

void config_files_clear(struct config_files *files)
{
	for (size_t i = 0; i < files->count; i++) {
		free(files->files[i].path);
		free(files->files[i].name);
		free(files->files[i].bytes);
	}
	free(files->files);
	*files = (struct config_files){0};
}

/* Parsing. */

static struct config_text text_of(const struct config_file *file)
{
	return (struct config_text){.file = file->path,
		.bytes = file->bytes ? file->bytes : "",
		.length = file->bytes ? file->length : 0};
}

/* Tells that a file could not be read; its path stands in front already. */
static bool was_read(const struct config_file *file, struct mistakes *mistakes)
{
	if (file->bytes)
		return true;
	mistakes_add(mistakes, file->path, 0, "%s", file->err.text);
	return false;
}

static struct config *parse_global(
	const struct config_files *files, struct mistakes *mistakes)
{
	cleanup(memory) void *memory =
		mem_new((files->count + 1) * sizeof(struct config_text));
	struct config_text *texts = memory;
	size_t before = mistakes->list.count;
	size_t count = 0;
	size_t known = 0;

	for (size_t i = 0; i < files->count; i++) {
		const struct config_file *file = &files->files[i];
		if (file->name || !was_read(file, mistakes))
			continue;
		known += file->is_known_ca;
		texts[count++] = text_of(file);
	}
	struct config *config = config_new(texts, count, known, mistakes);
	if (mistakes->list.count == before)
		return config;
	config_free(config);
	return NULL;
}

static struct config *parse(const struct config_files *files, const char *only,
	struct mistakes *mistakes)
{
	struct config *config = parse_global(files, mistakes);

	for (size_t i = 0; config && i < files->count; i++) {
		const struct config_file *file = &files->files[i];
		struct config_text text = text_of(file);
		if (!file->name || (only && !streq(file->name, only)))
			continue;
		if (was_read(file, mistakes))
			config_add_certificate(
				config, file->name, &text, mistakes);
	}
	if (config)
		config_check(config, mistakes);
	return config;
}

struct config *config_files_parse(
	const struct config_files *files, struct mistakes *mistakes)
{
	return parse(files, NULL, mistakes);
}

struct config *config_files_load(
	const char *main_file, const char *only, struct mistakes *mistakes)
{
	struct config_files files;
	char base[CONFIG_NAME_MAX + 1];

	if (only) {
		snprintf(base, sizeof(base), "%.*s",
			(int)config_base_length(only), only);
		only = base;
	}
	config_files_read(&files, main_file);
	struct config *config = parse(&files, only, mistakes);
	config_files_clear(&files);
	return config;
}
