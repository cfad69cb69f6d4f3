/* SPDX-License-Identifier: MIT */
#include "budget_keys.h"

#include "mem.h"
#include "registered_domain.h"
#include "text.h"

#include <stdio.h>

#define KEY_BYTES 16 /* of the hash of a set */

static int compare(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* A hash of the names in their order. */
static void set_key(const struct config_certificate *certificate,
	char out[static LIMIT_KEY_MAX])
{
	size_t count = certificate->identifier_count;
	cleanup(memory) void *memory = mem_new((count + 1) * sizeof(char *));
	const char **names = memory;
	unsigned char digest[EVP_MAX_MD_SIZE];
	EVP_MD_CTX *hash cleanup(md_ctx) = EVP_MD_CTX_new();

	for (size_t i = 0; i < count; i++)
		names[i] = certificate->identifiers[i].value;
	qsort(names, count, sizeof(*names), compare);
	if (!hash || !EVP_DigestInit_ex(hash, EVP_sha256(), NULL))
		abort();
	for (size_t i = 0; i < count; i++)
		EVP_DigestUpdate(hash, names[i], strlen(names[i]) + 1);
	if (!EVP_DigestFinal_ex(hash, digest, NULL))
		abort();
	for (int i = 0; i < KEY_BYTES; i++)
		snprintf(out + 2 * i, 3, "%02x", digest[i]);
}

static void key_of(enum limit_kind kind,
	const struct config_certificate *certificate, size_t index,
	char out[static LIMIT_KEY_MAX])
{
	const struct identifier *identifier = &certificate->identifiers[index];

	out[0] = '\0';
	switch (kind) {
	case LIMIT_ORDERS:
		return;
	case LIMIT_DOMAIN:
		registered_domain(identifier, out);
		return;
	case LIMIT_SET:
		set_key(certificate, out);
		return;
	case LIMIT_FAILURES:
		snprintf(out, LIMIT_KEY_MAX, "%s", identifier_base(identifier));
		return;
	}
}

struct strings budget_keys(
	enum limit_kind kind, const struct config_certificate *certificate)
{
	bool is_one = kind == LIMIT_ORDERS || kind == LIMIT_SET;
	size_t count = is_one ? 1 : certificate->identifier_count;
	struct strings keys = {0};
	char key[LIMIT_KEY_MAX];

	for (size_t i = 0; i < count; i++) {
		bool is_known = false;
		key_of(kind, certificate, i, key);
		for (size_t j = 0; j < keys.count && !is_known; j++)
			is_known = streq(keys.items[j], key);
		if (!is_known)
			strings_add(&keys, key);
	}
	return keys;
}
