/* SPDX-License-Identifier: MIT */
#include "archive.h"

#include "file.h"
#include "live.h"
#include "mem.h"
#include "request_file.h"
#include "text.h"
#include "version_files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define UNFINISHED ".unfinished"
#define NUMBER_DIGITS 9

/* Versions. */

void version_clear(struct version *version)
{
	EVP_PKEY_free(version->key);
	certificate_chain_free(version->chain);
	certificate_facts_clear(&version->facts);
	*version = (struct version){0};
}

json_t *version_to_json(const struct version *version)
{
	json_t *object =
		json_pack("{s:i, s:o}", "version", (int)version->number,
			"facts", certificate_facts_to_json(&version->facts));

	if (*version->request)
		json_object_set_new(
			object, "request", json_string(version->request));
	return object;
}

static bool check_key(
	const X509 *leaf, EVP_PKEY *key, const char *file, struct error *err)
{
	return EVP_PKEY_eq(X509_get0_pubkey(leaf), key) == 1 ||
		fail_cause(err, ERROR_LOCAL, "L6",
			"%s is not the key of cert.pem", file);
}

static bool read_request(
	int folder, const X509 *leaf, struct version *out, struct error *err)
{
	struct csr csr;

	if (!request_file_read(folder, &csr, err))
		return false;
	csr_hash(csr.encoded, out->request);
	bool fits = check_key(leaf, csr.key, "that of " REQUEST_FILE, err);
	csr_clear(&csr);
	return fits;
}

static bool read_key(const char *pem, const X509 *leaf, struct version *out,
	struct error *err)
{
	out->key = key_from_pem(pem, strlen(pem), err);
	return out->key && check_key(leaf, out->key, "privkey.pem", err);
}

static bool read_parts(int folder, struct version *out, struct error *err)
{
	struct version_files cleanup_version_files files;

	if (!version_files_read(folder, &files, err))
		return false;
	out->chain =
		certificate_chain_parse(files.full, strlen(files.full), err);
	if (!out->chain)
		return false;
	X509 *leaf = sk_X509_value(out->chain, 0);
	bool has_key = files.key ? read_key(files.key, leaf, out, err)
				 : read_request(folder, leaf, out, err);
	return has_key && version_files_agree(&files, err) &&
		certificate_read_chain(out->chain, &out->facts, err);
}

bool version_read(struct vault *vault, const char *name, unsigned number,
	struct version *out, struct error *err)
{
	char path[VAULT_PATH_MAX];
	struct error why = {0};

	*out = (struct version){.number = number};
	vault_path(path, "archive/%s/%u", name, number);
	int cleanup_folder folder = folder_open(vault->state, path, err);
	if (folder < 0)
		return false;
	if (read_parts(folder, out, &why))
		return true;
	version_clear(out);
	error_prefix(&why, "'%s'", path);
	why.kind = ERROR_LOCAL;
	if (err)
		*err = why;
	return false;
}

/* Writing: the files into a folder of another name, then one rename. */

static bool write_file(int folder, const char *name, const char *text,
	mode_t mode, struct error *err)
{
	return text ? file_create(folder, name, text, strlen(text), mode, err)
		    : fail_memory(err);
}

static bool write_keys(int folder, const struct version_wish *wish,
	const char *full, struct error *err)
{
	if (wish->request)
		return request_file_write(folder, wish->request, err);
	char *pem = key_to_pem(wish->key, err);
	char *combined = pem ? key_pem_join(pem, full) : NULL;
	bool is_written = pem &&
		write_file(folder, "privkey.pem", pem, 0600, err) &&
		write_file(folder, "combined.pem", combined, 0600, err);

	key_pem_free(combined);
	key_pem_free(pem);
	return is_written;
}

/* What goes into chain.pem. A server that is given an empty one does not
 * start: a certificate that signs itself is its own chain. */
static char *issuers_of(
	STACK_OF(X509) * chain, const char *full, struct error *err)
{
	if (sk_X509_num(chain) > 1)
		return certificate_chain_to_pem(chain, 1, err);
	bool is_whole;
	if (!certificate_issues_itself(sk_X509_value(chain, 0), &is_whole, err))
		return NULL;
	return mem_string(is_whole ? full : "");
}

static bool write_chain(
	int folder, STACK_OF(X509) * chain, const char *full, struct error *err)
{
	cleanup(string) char *issuers = issuers_of(chain, full, err);
	STACK_OF(X509) *only = sk_X509_new_null();
	bool is_pushed =
		only && sk_X509_push(only, sk_X509_value(chain, 0)) > 0;
	cleanup(string) char *cert =
		is_pushed ? certificate_chain_to_pem(only, 0, err) : NULL;

	sk_X509_free(only);
	return issuers && write_file(folder, "cert.pem", cert, 0644, err) &&
		write_file(folder, "chain.pem", issuers, 0644, err) &&
		write_file(folder, "fullchain.pem", full, 0644, err);
}

static bool write_parts(
	int folder, const struct version_wish *wish, struct error *err)
{
	cleanup(string) char *full =
		certificate_chain_to_pem(wish->chain, 0, err);

	return full && write_keys(folder, wish, full, err) &&
		write_chain(folder, wish->chain, full, err) &&
		folder_sync(folder, err);
}

static bool write_unfinished(
	int archive, const struct version_wish *wish, struct error *err)
{
	if (!folder_remove(archive, UNFINISHED, err))
		return false;
	int cleanup_folder folder = folder_make(archive, UNFINISHED, 0755, err);
	return folder >= 0 && write_parts(folder, wish, err);
}

bool version_write(struct vault *vault, const char *name,
	const struct version_wish *wish, struct error *err)
{
	char path[VAULT_PATH_MAX], number[16];

	vault_path(path, "archive/%s", name);
	int cleanup_folder archive = folder_make(vault->state, path, 0755, err);
	if (archive < 0)
		return false;
	if (!write_unfinished(archive, wish, err)) {
		folder_remove(archive, UNFINISHED, NULL);
		return false;
	}
	snprintf(number, sizeof(number), "%u", wish->number);
	if (renameat(archive, UNFINISHED, archive, number) != 0)
		return fail_errno(err, errno, "cannot put '%s/%s' in its place",
			path, number);
	return folder_sync(archive, err);
}

/* Numbers. */

unsigned archive_parse_number(const char *text)
{
	size_t length = strlen(text);

	if (length == 0 || length > NUMBER_DIGITS || text[0] == '0' ||
		strspn(text, "0123456789") != length)
		return 0;
	return (unsigned)strtoul(text, NULL, 10);
}

/* Keeps them sorted; the lowest falls out when there is no room. */
static void insert(struct numbers *numbers, unsigned number)
{
	size_t i = 0;

	if (numbers->count == ARCHIVE_NUMBERS) {
		if (number < numbers->items[0])
			return;
		memmove(numbers->items, numbers->items + 1,
			--numbers->count * sizeof(*numbers->items));
	}
	while (i < numbers->count && numbers->items[i] < number)
		i++;
	memmove(numbers->items + i + 1, numbers->items + i,
		(numbers->count++ - i) * sizeof(*numbers->items));
	numbers->items[i] = number;
}

/* No folder has no numbers. */
static bool read_numbers(struct vault *vault, const char *name,
	struct numbers *numbers, struct error *err)
{
	char path[VAULT_PATH_MAX];
	struct strings names;

	*numbers = (struct numbers){0};
	vault_path(path, "archive/%s", name);
	int cleanup_folder folder = folder_open(vault->state, path, NULL);
	if (folder < 0)
		return errno == ENOENT ||
			fail_errno(err, errno, "cannot list '%s'", path);
	if (!folder_names(folder, &names, err))
		return false;
	for (size_t i = 0; i < names.count; i++) {
		unsigned number = archive_parse_number(names.items[i]);
		if (number)
			insert(numbers, number);
	}
	strings_clear(&names);
	return true;
}

struct numbers archive_numbers(struct vault *vault, const char *name)
{
	struct numbers numbers;

	read_numbers(vault, name, &numbers, NULL);
	return numbers;
}

unsigned archive_next_number(
	struct vault *vault, const char *name, struct error *err)
{
	struct numbers numbers;

	if (!read_numbers(vault, name, &numbers, err))
		return 0;
	return numbers.count ? numbers.items[numbers.count - 1] + 1 : 1;
}

/* Tidying up. */

int archive_open(struct vault *vault, const char *name)
{
	char path[VAULT_PATH_MAX];

	vault_path(path, "archive/%s", name);
	return folder_open(vault->state, path, NULL);
}

void archive_clean(struct vault *vault, const char *name)
{
	int cleanup_folder folder = archive_open(vault, name);

	if (folder < 0)
		return;
	folder_clean(folder);
	unlinkat(folder, "next", AT_REMOVEDIR); /* while it is empty */
}

/* Half a version must not look like a whole one. */
static void remove_version(int archive, unsigned number)
{
	char name[16];

	snprintf(name, sizeof(name), "%u", number);
	if (renameat(archive, name, archive, UNFINISHED) == 0)
		folder_remove(archive, UNFINISHED, NULL);
}

void archive_prune(struct vault *vault, const char *name, unsigned also)
{
	struct error err = {0};
	unsigned installed = live_read(vault, name, &err);
	struct numbers numbers = archive_numbers(vault, name);
	size_t surplus =
		numbers.count > ARCHIVE_KEEP ? numbers.count - ARCHIVE_KEEP : 0;

	if (!surplus || !installed)
		return;
	int cleanup_folder folder = archive_open(vault, name);
	if (folder < 0)
		return;
	for (size_t i = 0; i < numbers.count && surplus; i++) {
		unsigned number = numbers.items[i];
		if (number == installed || number == also)
			continue;
		remove_version(folder, number);
		surplus--;
	}
}

void archive_make_room(struct vault *vault, const char *name)
{
	struct error err = {0};
	unsigned installed = live_read(vault, name, &err);
	struct numbers numbers = archive_numbers(vault, name);

	if (!installed && err.kind != ERROR_NONE)
		return;
	int cleanup_folder folder = archive_open(vault, name);
	if (folder < 0)
		return;
	for (size_t i = 0; i + ARCHIVE_KEEP <= numbers.count; i++)
		if (numbers.items[i] > installed)
			remove_version(folder, numbers.items[i]);
}
