/* SPDX-License-Identifier: MIT */
#include "tree.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define ENTRIES_MAX 1000

_Noreturn static void give_up(const char *what, const char *path)
{
	fprintf(stderr, "cannot %s '%s': %m\n", what, path);
	exit(2);
}

static bool is_entry(const struct dirent *entry)
{
	return !streq(entry->d_name, ".") && !streq(entry->d_name, "..");
}

static void join(char out[static PATH_MAX], const char *a, const char *b)
{
	if (snprintf(out, PATH_MAX, "%s/%s", a, b) >= PATH_MAX)
		give_up("name", b);
}

/* Copying and removing. */

static void copy_link(const char *from, const char *to)
{
	char target[PATH_MAX] = "";

	if (readlink(from, target, sizeof(target) - 1) < 0 ||
		symlink(target, to) != 0)
		give_up("copy", from);
}

static void copy_file(const char *from, const char *to, mode_t mode)
{
	static char bytes[1 << 16];
	int in = open(from, O_RDONLY | O_CLOEXEC);
	int out = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	ssize_t got;

	while ((got = read(in, bytes, sizeof(bytes))) > 0)
		if (write(out, bytes, (size_t)got) != got)
			give_up("write", to);
	if (got < 0 || fchmod(out, mode) != 0)
		give_up("copy", from);
	close(in);
	close(out);
}

void tree_copy(const char *from, const char *to)
{
	struct stat status;
	char inner[2][PATH_MAX];
	DIR *folder = opendir(from);

	if (!folder || fstat(dirfd(folder), &status) != 0 ||
		mkdir(to, status.st_mode & 07777) != 0)
		give_up("copy", from);
	for (struct dirent *entry; (entry = readdir(folder));) {
		join(inner[0], from, entry->d_name);
		join(inner[1], to, entry->d_name);
		if (!is_entry(entry) || lstat(inner[0], &status) != 0)
			continue;
		if (S_ISDIR(status.st_mode))
			tree_copy(inner[0], inner[1]);
		else if (S_ISLNK(status.st_mode))
			copy_link(inner[0], inner[1]);
		else
			copy_file(inner[0], inner[1], status.st_mode & 07777);
	}
	closedir(folder);
}

void tree_remove(const char *path)
{
	char inner[PATH_MAX];
	DIR *folder = NULL;

	if (unlink(path) == 0 || errno == ENOENT)
		return;
	folder = opendir(path);
	if (!folder)
		give_up("remove", path);
	for (struct dirent *entry; (entry = readdir(folder));) {
		join(inner, path, entry->d_name);
		if (is_entry(entry))
			tree_remove(inner);
	}
	closedir(folder);
	if (rmdir(path) != 0)
		give_up("remove", path);
}

/* Listing. */

static int by_number_or_name(const struct dirent **a, const struct dirent **b)
{
	long x = strtol((*a)->d_name, NULL, 10);
	long y = strtol((*b)->d_name, NULL, 10);

	return x != y ? (x > y) - (x < y) : strcmp((*a)->d_name, (*b)->d_name);
}

static void list(const char *path, const char *shown, struct text *out)
{
	struct dirent **entries = NULL;
	int count = scandir(path, &entries, NULL, by_number_or_name);
	int version = 0;

	for (int i = 0; i < count; i++) {
		const char *name = entries[i]->d_name;
		char inner[PATH_MAX], inner_shown[PATH_MAX], number[16];
		join(inner, path, name);
		if (name[strspn(name, "0123456789")] == '\0') {
			snprintf(number, sizeof(number), "%d", ++version);
			name = number;
		}
		join(inner_shown, shown, name);
		if (is_entry(entries[i])) {
			text_addf(out, "%s\n", inner_shown);
			if (entries[i]->d_type == DT_DIR)
				list(inner, inner_shown, out);
		}
		free(entries[i]);
	}
	free(entries);
}

void tree_list(const char *path, struct text *out)
{
	list(path, "", out);
}

static void add_missing(
	const char *lines, const char *others, char sign, struct text *out)
{
	char line[PATH_MAX];

	while (*lines) {
		size_t length = strcspn(lines, "\n") + 1;
		snprintf(line, sizeof(line), "\n%.*s", (int)length, lines);
		lines += length;
		if (!strstr(others, line) &&
			!text_starts_with(others, line + 1))
			text_addf(out, " %c%.*s", sign, (int)length - 1,
				line + 1);
	}
}

void tree_compare(const char *expected, const char *found, struct text *out)
{
	add_missing(expected, found, '-', out);
	add_missing(found, expected, '+', out);
}

bool tree_is_same(const char *a, const char *b)
{
	FILE *files[] = {fopen(a, "re"), fopen(b, "re")};
	bool is_same = files[0] && files[1];
	int byte = 0;

	while (is_same && byte != EOF) {
		byte = getc(files[0]);
		is_same = byte == getc(files[1]);
	}
	for (int i = 0; i < 2; i++)
		if (files[i])
			fclose(files[i]);
	return is_same;
}

/* What is live. */

static bool is_pair(const char *folder, const char *chain, const char *key)
{
	char path[2][PATH_MAX];
	SSL_CTX *context = SSL_CTX_new(TLS_server_method());

	join(path[0], folder, chain);
	join(path[1], folder, key);
	bool is_fine = context &&
		SSL_CTX_use_certificate_chain_file(context, path[0]) == 1 &&
		SSL_CTX_use_PrivateKey_file(
			context, path[1], SSL_FILETYPE_PEM) == 1 &&
		SSL_CTX_check_private_key(context) == 1;
	SSL_CTX_free(context);
	return is_fine;
}

bool tree_is_combined(const char *folder, const char *name)
{
	return is_pair(folder, name, name);
}

static bool has_all(const char *folder)
{
	static const char *const FILES[] = {"cert.pem", "chain.pem"};
	char path[PATH_MAX];
	struct stat status;

	for (size_t i = 0; i < sizeof(FILES) / sizeof(*FILES); i++) {
		join(path, folder, FILES[i]);
		if (stat(path, &status) != 0 || status.st_size == 0)
			return false;
	}
	return is_pair(folder, "fullchain.pem", "privkey.pem") &&
		tree_is_combined(folder, "combined.pem");
}

bool tree_is_served(const char *state, unsigned *count, struct text *why)
{
	char live[PATH_MAX], path[PATH_MAX];
	bool is_fine = true;

	*count = 0;
	join(live, state, "live");
	DIR *folder = opendir(live);
	if (!folder)
		return true;
	for (struct dirent *entry; (entry = readdir(folder));) {
		join(path, live, entry->d_name);
		if (entry->d_name[0] == '.')
			continue;
		++*count;
		if (has_all(path))
			continue;
		text_addf(why, "live/%s cannot be served; ", entry->d_name);
		is_fine = false;
	}
	closedir(folder);
	return is_fine;
}
