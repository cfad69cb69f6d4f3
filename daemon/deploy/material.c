/* SPDX-License-Identifier: MIT */
#include "material.h"

#include "csr_read.h"
#include "key.h"
#include "paths.h"
#include "text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define LINK_MAX_LENGTH 256
#define FOLDER (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
#define FILE_MAX_BYTES CHAIN_MAX_BYTES
#define REQUEST_FILE "csr.pem" /* in the place of a key that is elsewhere */

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

#define cleanup_fd __attribute__((__cleanup__(close_fd)))

static int open_folder(int at, const char *name, struct error *err)
{
	int folder = openat(at, name, FOLDER);

	if (folder < 0)
		fail_errno(err, errno, "cannot open the folder '%s'", name);
	return folder;
}

/* The link has to say exactly where the version is. */
static bool check_link(
	int live, const char *name, unsigned version, struct error *err)
{
	char target[LINK_MAX_LENGTH];
	char wanted[LINK_MAX_LENGTH];
	ssize_t length = readlinkat(live, name, target, sizeof(target) - 1);

	if (length < 0)
		return fail_errno(
			err, errno, "cannot read the link 'live/%s'", name);
	target[length] = '\0';
	snprintf(wanted, sizeof(wanted), "../archive/%s/%u", name, version);
	return streq(target, wanted) ||
		fail_cause(err, ERROR_LOCAL, "L7",
			"'live/%s' points to '%s', not to version %u", name,
			target, version);
}

static int open_state(struct error *err)
{
	int state = open(paths_state(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (state < 0)
		fail_errno(err, errno, "cannot open '%s'", paths_state());
	return state;
}

static bool check_live(
	int state, const char *name, unsigned version, struct error *err)
{
	cleanup_fd int live = open_folder(state, "live", err);

	return live >= 0 && check_link(live, name, version, err);
}

/* The folder of the version, or -1. */
static int open_version(const char *name, unsigned version, struct error *err)
{
	char number[16];
	cleanup_fd int state = open_state(err);

	if (state < 0 || !check_live(state, name, version, err))
		return -1;
	cleanup_fd int archive = open_folder(state, "archive", err);
	if (archive < 0)
		return -1;
	cleanup_fd int lineage = open_folder(archive, name, err);
	if (lineage < 0)
		return -1;
	snprintf(number, sizeof(number), "%u", version);
	return open_folder(lineage, number, err);
}

static char *read_bytes(
	int file, const char *name, size_t *length, struct error *err)
{
	char *bytes = mem_new(FILE_MAX_BYTES + 1);
	size_t used = 0;
	ssize_t got = 1;

	while (got > 0 && used < FILE_MAX_BYTES) {
		got = read(file, bytes + used, FILE_MAX_BYTES - used);
		if (got < 0 && errno == EINTR)
			got = 1;
		else if (got > 0)
			used += (size_t)got;
	}
	if (got == 0) {
		*length = used;
		return bytes;
	}
	key_pem_free(bytes);
	fail(err, ERROR_LOCAL, "'%s' cannot be read, or is too large", name);
	return NULL;
}

/* A regular file of the version. */
static char *read_source(
	int folder, const char *name, size_t *length, struct error *err)
{
	cleanup_fd int file = openat(
		folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	struct stat status;

	if (file < 0 || fstat(file, &status) < 0) {
		fail_errno(err, errno, "cannot open '%s'", name);
		return NULL;
	}
	if (!S_ISREG(status.st_mode)) {
		fail(err, ERROR_LOCAL, "'%s' is no regular file", name);
		return NULL;
	}
	return read_bytes(file, name, length, err);
}

static void note_sources(struct material *material, int folder)
{
	static const char *const NAMES[MATERIAL_SOURCES] = {"privkey.pem",
		"cert.pem", "chain.pem", "fullchain.pem", "combined.pem",
		REQUEST_FILE};
	struct stat status;

	for (size_t i = 0; i < MATERIAL_SOURCES; i++) {
		if (fstatat(folder, NAMES[i], &status, AT_SYMLINK_NOFOLLOW) < 0)
			continue;
		size_t next = material->source_count++;
		material->sources[next].device = status.st_dev;
		material->sources[next].inode = status.st_ino;
	}
}

static bool has_file(int folder, const char *name)
{
	return faccessat(folder, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

static bool read_request(
	struct material *material, int folder, struct error *err)
{
	size_t length = 0;
	struct csr csr;
	cleanup(string) char *pem =
		read_source(folder, REQUEST_FILE, &length, err);

	if (!pem || !csr_read(pem, length, &csr, err))
		return false;
	material->key = take(csr.key);
	csr_clear(&csr);
	return true;
}

static bool read_key(struct material *material, int folder, struct error *err)
{
	size_t length = 0;
	if (!has_file(folder, "privkey.pem") && has_file(folder, REQUEST_FILE))
		return read_request(material, folder, err);
	char *pem = read_source(folder, "privkey.pem", &length, err);

	if (!pem)
		return false;
	material->key = key_from_pem(pem, length, err);
	key_pem_free(pem);
	if (!material->key)
		return false;
	material->key_pem = key_to_pem(material->key, err);
	return material->key_pem != NULL;
}

static bool read_chain(struct material *material, int folder, struct error *err)
{
	size_t length = 0;
	cleanup(string) char *pem =
		read_source(folder, "fullchain.pem", &length, err);

	if (!pem)
		return false;
	material->chain = certificate_chain_parse(pem, length, err);
	if (!material->chain)
		return false;
	cleanup(chain) STACK_OF(X509) *leaf = sk_X509_new_null();
	if (!leaf ||
		!X509_add_cert(leaf, sk_X509_value(material->chain, 0),
			X509_ADD_FLAG_UP_REF))
		return fail_memory(err);
	material->cert_pem = certificate_chain_to_pem(leaf, 0, err);
	if (!material->cert_pem)
		return false;
	material->chain_pem = sk_X509_num(material->chain) > 1
		? certificate_chain_to_pem(material->chain, 1, err)
		: mem_string("");
	return material->chain_pem != NULL;
}

static bool check(struct material *material, struct error *err)
{
	const struct certificate_wish wish = {
		.key = material->key,
		.now = time(NULL),
	};

	if (!certificate_read_facts(
		    sk_X509_value(material->chain, 0), &material->facts, err))
		return false;
	if (certificate_is_placeholder(&material->facts))
		return fail(err, ERROR_LOCAL,
			"version %u is a placeholder, which is never exported",
			material->version);
	return certificate_check(material->chain, &wish, err);
}

bool material_read(struct material *material, const char *name,
	unsigned version, struct error *err)
{
	*material = (struct material){.name = name, .version = version};
	snprintf(material->live, sizeof(material->live), "%s/live/%s",
		paths_state(), name);
	cleanup_fd int folder = open_version(name, version, err);
	if (folder < 0)
		return false;
	note_sources(material, folder);
	return read_key(material, folder, err) &&
		read_chain(material, folder, err) && check(material, err);
}

bool material_is_installed(const struct material *material, struct error *err)
{
	cleanup_fd int state = open_state(err);

	return state >= 0 &&
		check_live(state, material->name, material->version, err);
}

void material_clear(struct material *material)
{
	EVP_PKEY_free(material->key);
	certificate_chain_free(material->chain);
	certificate_facts_clear(&material->facts);
	key_pem_free(material->key_pem);
	free(material->cert_pem);
	free(material->chain_pem);
	*material = (struct material){0};
}
