/* SPDX-License-Identifier: MIT */
#include "folder.h"

#include "text.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define FOLDER_FLAGS (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
#define DEPTH_MAX 4

void close_folder(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

bool folder_sync(int folder, struct error *err)
{
	if (fsync(folder) != 0)
		return fail_errno(err, errno, "cannot sync a folder");
	return true;
}

static bool make_one(int at, const char *name, mode_t mode, struct error *err)
{
	if (mkdirat(at, name, mode) != 0) {
		if (errno == EEXIST)
			return true;
		return fail_errno(err, errno, "cannot make folder '%s'", name);
	}
	int cleanup_folder fd = openat(at, name, FOLDER_FLAGS);
	if (fd < 0 || fchmod(fd, mode) != 0)
		return fail_errno(err, errno, "cannot make folder '%s'", name);
	return folder_sync(at, err);
}

/* One component after the other, so that O_NOFOLLOW holds for each. */
static int walk(int at, const char *whole, mode_t mode, struct error *err)
{
	const char *path = whole;
	int folder = fcntl(at, F_DUPFD_CLOEXEC, 3);
	char name[NAME_MAX + 1];

	while (folder >= 0 && *path) {
		size_t length = strcspn(path, "/");
		snprintf(name, sizeof(name), "%.*s", (int)length, path);
		path += length + (path[length] == '/');
		int cleanup_folder parent = folder;
		if (mode && !make_one(parent, name, mode, err))
			return -1;
		folder = openat(parent, name, FOLDER_FLAGS);
	}
	if (folder < 0)
		fail_errno(err, errno, "cannot open folder '%s'", whole);
	return folder;
}

int folder_open(int at, const char *path, struct error *err)
{
	return walk(at, path, 0, err);
}

int folder_make(int at, const char *path, mode_t mode, struct error *err)
{
	return walk(at, path, mode, err);
}

static int compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool read_names(DIR *dir, struct strings *names)
{
	struct dirent *entry;

	for (errno = 0; (entry = readdir(dir)); errno = 0)
		if (!streq(entry->d_name, ".") && !streq(entry->d_name, ".."))
			strings_add(names, entry->d_name);
	return errno == 0;
}

bool folder_names(int folder, struct strings *names, struct error *err)
{
	int fd = openat(folder, ".", FOLDER_FLAGS);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);

	*names = (struct strings){0};
	if (!dir || !read_names(dir, names)) {
		fail_errno(err, errno, "cannot list a folder");
		strings_clear(names);
		if (dir)
			closedir(dir);
		else
			close_folder(&fd);
		return false;
	}
	closedir(dir);
	if (names->count)
		qsort(names->items, names->count, sizeof(*names->items),
			compare);
	return true;
}

struct strings folder_list(int folder)
{
	struct strings names;

	folder_names(folder, &names, NULL);
	return names;
}

bool folder_stems(int folder, const char *suffix,
	bool (*is_valid)(const char *name), struct strings *stems,
	struct error *err)
{
	struct strings names;
	char stem[NAME_MAX + 1];

	*stems = (struct strings){0};
	if (!folder_names(folder, &names, err))
		return false;
	for (size_t i = 0; i < names.count; i++) {
		const char *name = names.items[i];
		if (!text_ends_with(name, suffix))
			continue;
		snprintf(stem, sizeof(stem), "%.*s",
			(int)(strlen(name) - strlen(suffix)), name);
		if (is_valid(stem))
			strings_add(stems, stem);
	}
	strings_clear(&names);
	return true;
}

static bool remove_tree(int at, const char *name, int depth, struct error *err);

static bool empty(int at, const char *name, int depth, struct error *err)
{
	int cleanup_folder folder = folder_open(at, name, err);
	struct strings names;

	if (folder < 0 || !folder_names(folder, &names, err))
		return false;
	bool is_empty = true;
	for (size_t i = 0; i < names.count && is_empty; i++)
		is_empty = remove_tree(folder, names.items[i], depth + 1, err);
	strings_clear(&names);
	return is_empty;
}

static bool remove_tree(int at, const char *name, int depth, struct error *err)
{
	if (unlinkat(at, name, 0) == 0 || errno == ENOENT)
		return true;
	if (errno != EISDIR || depth > DEPTH_MAX)
		return fail_errno(err, errno, "cannot remove '%s'", name);
	if (!empty(at, name, depth, err))
		return false;
	if (unlinkat(at, name, AT_REMOVEDIR) != 0)
		return fail_errno(err, errno, "cannot remove '%s'", name);
	return true;
}

bool folder_remove(int at, const char *name, struct error *err)
{
	return remove_tree(at, name, 0, err) && folder_sync(at, err);
}

/* Only names of ours: a human may keep something beside. */
static bool is_unfinished(const char *name)
{
	return name[0] == '.' &&
		(text_ends_with(name, ".new") ||
			text_ends_with(name, ".unfinished") ||
			text_ends_with(name, ".gone"));
}

void folder_clean(int folder)
{
	struct strings names = folder_list(folder);

	for (size_t i = 0; i < names.count; i++)
		if (is_unfinished(names.items[i]))
			folder_remove(folder, names.items[i], NULL);
	strings_clear(&names);
}
