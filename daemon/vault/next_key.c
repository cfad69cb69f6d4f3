/* SPDX-License-Identifier: MIT */
#include "next_key.h"

#include "file.h"
#include "key_file.h"
#include "mem.h"
#include "pending.h"
#include "request_file.h"

/* The folder. */

int next_open(struct vault *vault, const char *name, struct error *err)
{
	char path[VAULT_PATH_MAX];

	vault_path(path, "archive/%s/next", name);
	return folder_open(vault->state, path, err);
}

int next_make(struct vault *vault, const char *name, struct error *err)
{
	char path[VAULT_PATH_MAX];

	vault_path(path, "archive/%s", name);
	int cleanup_folder archive = folder_make(vault->state, path, 0755, err);
	if (archive < 0)
		return -1;
	return folder_make(archive, "next", 0700, err);
}

/* One that is damaged counts as none: NULL with ERROR_NONE. */
EVP_PKEY *next_own_key(int folder, struct error *err)
{
	size_t length = 0;
	char *pem =
		file_read(folder, NEXT_KEY_FILE, KEY_FILE_MAX, &length, err);

	if (!pem)
		return NULL;
	EVP_PKEY *key = key_from_pem(pem, length, err);
	key_pem_free(pem);
	if (!key)
		err->kind = ERROR_NONE;
	return key;
}

/* Of the request of a user only what is public. */
EVP_PKEY *next_any_key(int folder, struct error *err)
{
	struct csr csr;

	if (!request_file_is_there(folder))
		return next_own_key(folder, err);
	if (!request_file_read(folder, &csr, err)) {
		err->kind = ERROR_NONE;
		return NULL;
	}
	EVP_PKEY *key = take(csr.key);
	csr_clear(&csr);
	return key;
}

char *next_request(struct vault *vault, const char *name)
{
	int cleanup_folder folder = next_open(vault, name, NULL);
	struct csr csr;

	if (folder < 0 || !request_file_is_there(folder) ||
		!request_file_read(folder, &csr, NULL))
		return NULL;
	char *encoded = take(csr.encoded);
	csr_clear(&csr);
	return encoded;
}

EVP_PKEY *next_key(
	struct vault *vault, const char *name, bool is_dry, struct error *err)
{
	EVP_PKEY *dry = is_dry ? pending_key(vault, name) : NULL;

	if (dry)
		return dry;
	int cleanup_folder folder = is_dry ? -1 : next_open(vault, name, NULL);
	EVP_PKEY *key = folder < 0 ? NULL : next_any_key(folder, err);
	if (!key && (folder < 0 || err->kind == ERROR_NONE))
		fail_cause(err, ERROR_REFUSED, "L6",
			"there is no key that a certificate for '%s' could fit",
			name);
	return key;
}
