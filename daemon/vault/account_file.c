/* SPDX-License-Identifier: MIT */
#include "account_file.h"

#include "file.h"
#include "key_file.h"
#include "mem.h"
#include "text.h"
#include "token_key.h"

#include <string.h>

static char *read_text(
	int folder, const char *name, size_t *length, struct error *err)
{
	return file_read(folder, name, KEY_FILE_MAX, length, err);
}

EVP_PKEY *account_file_read(int folder, const char *name, struct error *err)
{
	size_t length = 0;
	char *text = read_text(folder, name, &length, err);

	if (!text)
		return NULL;
	EVP_PKEY *key = NULL;
	if (token_key_is_uri(text)) {
		text[strcspn(text, "\n")] = '\0';
		key = token_key_open(text, err);
	} else {
		key = key_from_pem(text, length, err);
	}
	key_pem_free(text);
	return key;
}

char *account_file_token(int folder, const char *name)
{
	size_t length = 0;
	char *text = read_text(folder, name, &length, NULL);
	char *uri =
		text && token_key_is_uri(text) ? token_key_shown(text) : NULL;

	key_pem_free(text);
	return uri;
}

EVP_PKEY *account_file_make_key(
	struct vault *vault, const struct config_ca *ca, struct error *err)
{
	return ca->account_key_uri
		? token_key_open(ca->account_key_uri, err)
		: vault_make_key(vault, ca->account_key, err);
}

bool account_file_write(int folder, const char *name,
	const struct config_ca *ca, const EVP_PKEY *key, struct error *err)
{
	if (!ca->account_key_uri)
		return key_file_write(folder, name, key, err);
	cleanup(string) char *text = text_format("%s\n", ca->account_key_uri);
	return text ? file_write(folder, name, text, strlen(text), 0600, err)
		    : fail_memory(err);
}

bool account_file_copy(
	int folder, const char *from, const char *to, struct error *err)
{
	size_t length = 0;
	char *text = read_text(folder, from, &length, err);

	if (!text)
		return false;
	bool is_written = file_write(folder, to, text, length, 0600, err);
	key_pem_free(text);
	return is_written;
}
