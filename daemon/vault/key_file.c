/* SPDX-License-Identifier: MIT */
#include "key_file.h"

#include "file.h"
#include "key.h"

#include <string.h>

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
