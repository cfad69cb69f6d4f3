/* SPDX-License-Identifier: MIT */
#include "roots.h"

#include "denied.h"
#include "mem.h"
#include "text.h"

#include <errno.h>
#include <openssl/err.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_MAX ((off_t)4 * 1024 * 1024)
#define SYSTEM "the system's bundle" /* in the place of a path */

struct known_roots {
	struct known_roots *next;
	char *file; /* owned; or SYSTEM */
	struct timespec changed;
	off_t size;
	ino_t inode;
	X509_STORE *store; /* owned */
};

static void free_known(struct known_roots *known)
{
	free(known->file);
	X509_STORE_free(known->store);
	free(known);
}

void roots_clear(struct vault *vault)
{
	while (vault->roots) {
		struct known_roots *known = vault->roots;
		vault->roots = known->next;
		free_known(known);
	}
}

static bool is_current(
	const struct known_roots *known, const struct stat *status)
{
	return known->inode == status->st_ino &&
		known->size == status->st_size &&
		known->changed.tv_sec == status->st_mtim.tv_sec &&
		known->changed.tv_nsec == status->st_mtim.tv_nsec;
}

static X509_STORE *load(const char *file, struct error *err)
{
	cleanup(x509_store) X509_STORE *store = X509_STORE_new();
	bool is_loaded = store &&
		(streq(file, SYSTEM) ? X509_STORE_set_default_paths(store)
				     : X509_STORE_load_file(store, file)) == 1;

	ERR_clear_error();
	if (is_loaded)
		return take(store);
	fail_cause(err, ERROR_LOCAL, "P12", "no roots can be read from '%s'",
		file);
	return NULL;
}

static struct known_roots *add(struct vault *vault, const char *file,
	const struct stat *status, struct error *err)
{
	struct known_roots *known = calloc(1, sizeof(*known));

	if (!known || !(known->file = strdup(file))) {
		free(known);
		fail_memory(err);
		return NULL;
	}
	known->changed = status->st_mtim;
	known->size = status->st_size;
	known->inode = status->st_ino;
	known->store = load(file, err);
	if (!known->store) {
		free_known(known);
		return NULL;
	}
	known->next = vault->roots;
	vault->roots = known;
	return known;
}

static void drop(struct vault *vault, const char *file)
{
	struct known_roots **link = &vault->roots;

	while (*link && !streq((*link)->file, file))
		link = &(*link)->next;
	struct known_roots *known = *link;
	if (!known)
		return;
	*link = known->next;
	free_known(known);
}

static X509_STORE *find(struct vault *vault, const char *file,
	const struct stat *status, struct error *err)
{
	for (struct known_roots *k = vault->roots; k; k = k->next)
		if (streq(k->file, file) && is_current(k, status))
			return k->store;
	drop(vault, file);
	struct known_roots *known = add(vault, file, status, err);
	return known ? known->store : NULL;
}

bool roots_of(struct vault *vault, const struct config_ca *ca, X509_STORE **out,
	struct error *err)
{
	struct stat status = {0};

	*out = NULL;
	if (!ca->root_file && !ca->is_known)
		return true;
	if (!ca->root_file) {
		stat(X509_get_default_cert_file(), &status);
		*out = find(vault, SYSTEM, &status, err);
		return *out != NULL;
	}
	if (stat(ca->root_file, &status) != 0 ||
		access(ca->root_file, R_OK) != 0) {
		int number = errno;
		fail_errno(err, number, "cannot read RootFile '%s'",
			ca->root_file);
		denied_explain(err, number, ca->root_file, R_OK);
		return false;
	}
	if (!S_ISREG(status.st_mode) || status.st_size > FILE_MAX)
		return fail(err, ERROR_LOCAL,
			"RootFile '%s' is no file of at most 4 MiB",
			ca->root_file);
	*out = find(vault, ca->root_file, &status, err);
	return *out != NULL;
}
