/* SPDX-License-Identifier: MIT */
#include "key_file.h"

#include "file.h"
#include "key.h"

#include <string.h>

EVP_PKEY *key_file_read(int folder, const char *name, struct error *err)
{
	size_t length = 0;
	char *pem = file_read(folder, name, KEY_FILE_MAX, &length, err);

	if (!pem)
		return NULL;
	EVP_PKEY *key = key_from_pem(pem, length, err);
	key_pem_free(pem);
	return key;
}

bool key_file_write(
	int folder, const char *name, const EVP_PKEY *key, struct error *err)
{
	char *pem = key_to_pem(key, err);

	if (!pem)
		return false;
	bool is_written = file_write(folder, name, pem, strlen(pem), 0600, err);
	key_pem_free(pem);
	return is_written;
}
