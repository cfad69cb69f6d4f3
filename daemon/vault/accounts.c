/* SPDX-License-Identifier: MIT */
#include "accounts.h"

#include "account_file.h"
#include "account_saved.h"
#include "file.h"
#include "json.h"
#include "mem.h"
#include "request.h"
#include "text.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

struct known_account {
	struct known_account *next;
	char *folder; /* owned: "accounts/CA" */
	EVP_PKEY *key; /* owned */
	EVP_PKEY *next_key; /* owned, or NULL */
	json_t *saved; /* owned: {"url","directory","former"}, or NULL */
};

static void free_known(struct known_account *known)
{
	free(known->folder);
	EVP_PKEY_free(known->key);
	EVP_PKEY_free(known->next_key);
	json_decref(known->saved);
	free(known);
}

void accounts_clear(struct vault *vault)
{
	while (vault->accounts) {
		struct known_account *known = vault->accounts;
		vault->accounts = known->next;
		free_known(known);
	}
}

bool account_wanted_read(const struct vault *vault, const json_t *request,
	struct account_wanted *out, struct error *err)
{
	const struct config *config = vault->configuration.config;
	const char *name = member_string(request, "ca", err);

	if (!name)
		return false;
	out->ca = config && config_name_is_valid(name)
		? config_find_ca(config, name)
		: NULL;
	out->is_staging = member_bool_or(request, "staging", false);
	if (out->ca)
		return true;
	fail(err, ERROR_REFUSED, "no CA '%s' is configured", name);
	return false;
}

void account_folder(
	char out[static VAULT_PATH_MAX], const struct account_wanted *wanted)
{
	vault_path(out, "accounts/%s%s", wanted->ca->name,
		wanted->is_staging ? "+staging" : "");
}

/* Reading. A folder that is not there leaves the kind at ERROR_NONE. */

/* One that is the key itself was settled before a crash; one that is damaged
 * is none. False when it cannot be seen: the CA may know it. */
static bool read_next_key(
	int folder, const EVP_PKEY *key, EVP_PKEY **out, struct error *err)
{
	struct error why = {0};
	EVP_PKEY *next = account_file_read(folder, ACCOUNT_NEXT_KEY, &why);

	*out = NULL;
	if (!next && file_is_unseen(&why)) {
		*err = why;
		return false;
	}
	if (EVP_PKEY_eq(next, key) != 1) {
		*out = next;
		return true;
	}
	EVP_PKEY_free(next);
	file_remove(folder, ACCOUNT_NEXT_KEY, NULL);
	return true;
}

static struct known_account *add_known(
	struct vault *vault, struct known_account *known)
{
	known->next = vault->accounts;
	vault->accounts = known;
	return known;
}

static struct known_account *find_known(
	const struct vault *vault, const char *path)
{
	for (struct known_account *k = vault->accounts; k; k = k->next)
		if (streq(k->folder, path))
			return k;
	return NULL;
}

/* All of it or nothing: without its URL it would be registered anew, without
 * the next key it would get another one. */
static struct known_account *read_known(
	int folder, const char *path, struct error *err)
{
	struct known_account *known = mem_new(sizeof(*known));

	known->folder = mem_string(path);
	known->key = account_file_read(folder, ACCOUNT_KEY, err);
	if (known->key && account_saved_read(folder, &known->saved, err) &&
		read_next_key(folder, known->key, &known->next_key, err))
		return known;
	free_known(known);
	return NULL;
}

static struct known_account *find(
	struct vault *vault, const char *path, struct error *err)
{
	struct known_account *known = find_known(vault, path);
	if (known)
		return known;
	int cleanup_folder folder = folder_open(vault->state, path, NULL);
	if (folder < 0) {
		/* What cannot be seen may be there: it gets no other key. */
		if (errno != ENOENT)
			fail_errno(err, errno, "cannot open '%s'", path);
		else
			fail(err, ERROR_NONE, "no account in '%s'", path);
		return NULL;
	}
	known = read_known(folder, path, err);
	return known ? add_known(vault, known) : NULL;
}

/* An account that was never opened is a mistake of the loop. */
EVP_PKEY *account_key(struct vault *vault, const struct account_wanted *wanted,
	struct error *err)
{
	char path[VAULT_PATH_MAX];

	account_folder(path, wanted);
	struct known_account *known = find(vault, path, err);
	if (!known && err->kind == ERROR_NONE)
		err->kind = ERROR_REFUSED;
	return known ? known->key : NULL;
}

/* That account_key() has found. */
static const struct known_account *known_of(
	const struct vault *vault, const struct account_wanted *wanted)
{
	char path[VAULT_PATH_MAX];

	account_folder(path, wanted);
	const struct known_account *known = find_known(vault, path);
	assert(known);
	return known;
}

EVP_PKEY *account_next_key(
	const struct vault *vault, const struct account_wanted *wanted)
{
	return known_of(vault, wanted)->next_key;
}

bool account_has_key(const struct vault *vault, const EVP_PKEY *key)
{
	for (const struct known_account *k = vault->accounts; k; k = k->next)
		if (EVP_PKEY_eq(k->key, key) == 1 ||
			EVP_PKEY_eq(k->next_key, key) == 1)
			return true;
	return false;
}

void account_forget(struct vault *vault, const struct account_wanted *wanted)
{
	struct known_account **link = &vault->accounts;
	char path[VAULT_PATH_MAX];

	account_folder(path, wanted);
	while (*link && !streq((*link)->folder, path))
		link = &(*link)->next;
	struct known_account *known = *link;
	if (!known)
		return;
	*link = known->next;
	free_known(known);
}

const char *account_saved_url(
	const struct vault *vault, const struct account_wanted *wanted)
{
	return member_string_or(known_of(vault, wanted)->saved, "url", NULL);
}

const json_t *account_former_urls(
	const struct vault *vault, const struct account_wanted *wanted)
{
	return json_object_get(known_of(vault, wanted)->saved, "former");
}

/* The verbs. */

static bool write_key(struct vault *vault, const char *path,
	const struct config_ca *ca, const EVP_PKEY *key, struct error *err)
{
	int cleanup_folder folder = folder_make(vault->state, path, 0700, err);

	/* The URL of a key that was lost is not this one's. */
	return folder >= 0 && file_remove(folder, ACCOUNT_SAVED, err) &&
		account_file_write(folder, ACCOUNT_KEY, ca, key, err);
}

/* A key is made only where there is no file: a damaged one is not replaced,
 * for it may be mended, and an account hangs on it. */
static struct known_account *make(struct vault *vault, const char *path,
	const struct config_ca *ca, struct error *err)
{
	EVP_PKEY *key = account_file_make_key(vault, ca, err);

	if (!key)
		return NULL;
	if (!write_key(vault, path, ca, key, err)) {
		EVP_PKEY_free(key);
		return NULL;
	}
	struct known_account *known = mem_new(sizeof(*known));
	known->folder = mem_string(path);
	known->key = key;
	return add_known(vault, known);
}

/* Than the CA was told. */
static bool has_other_contacts(
	const struct known_account *known, const struct config_ca *ca)
{
	cleanup(json) json_t *wanted = account_saved_contacts(ca);
	const json_t *told = json_object_get(known->saved, "contacts");

	if (!told)
		return known->saved && ca->contacts.count > 0;
	return !json_equal(told, wanted);
}

static char *find_token(struct vault *vault, const struct known_account *known)
{
	int cleanup_folder folder =
		folder_open(vault->state, known->folder, NULL);

	return folder < 0 ? NULL : account_file_token(folder, ACCOUNT_KEY);
}

static json_t *describe(struct vault *vault, const struct known_account *known,
	const struct config_ca *ca, struct error *err)
{
	cleanup(string) char *token = find_token(vault, known);
	char thumbprint[KEY_THUMBPRINT_SIZE];
	enum key_type type = KEY_ECDSA_P256;
	const json_t *saved = known->saved;

	if (!key_thumbprint(known->key, thumbprint, err))
		return NULL;
	key_type_of(known->key, &type);
	return json_pack(
		"{s:s?, s:s?, s:s, s:s, s:b, s:b, s:b, s:O?, s:s?, s:s?}",
		"url", member_string_or(saved, "url", NULL), "directory",
		member_string_or(saved, "directory", NULL), "thumbprint",
		thumbprint, "key", key_type_name(type), "updates_contacts",
		has_other_contacts(known, ca), "changing",
		known->next_key != NULL, "closed",
		member_bool_or(saved, "closed", false), "contacts",
		json_object_get(saved, "contacts"), "token", token, "terms",
		member_string_or(saved, "terms", NULL));
}

json_t *account_open(
	struct vault *vault, const json_t *request, struct error *err)
{
	struct account_wanted wanted;
	char path[VAULT_PATH_MAX];
	struct error missing = {0};

	if (!account_wanted_read(vault, request, &wanted, err))
		return NULL;
	account_folder(path, &wanted);
	struct known_account *known = find(vault, path, &missing);
	if (!known && missing.kind != ERROR_NONE) {
		*err = missing;
		error_prefix(err, "the key in '%s'", path);
		return NULL;
	}
	if (!known && member_bool_or(request, "look", false))
		return json_object();
	if (!known)
		known = make(vault, path, wanted.ca, err);
	return known ? describe(vault, known, wanted.ca, err) : NULL;
}

json_t *account_save(
	struct vault *vault, const json_t *request, struct error *err)
{
	struct account_wanted wanted;
	char path[VAULT_PATH_MAX];

	if (!account_wanted_read(vault, request, &wanted, err) ||
		!account_key(vault, &wanted, err))
		return NULL;
	account_folder(path, &wanted);
	struct known_account *known = find_known(vault, path);
	assert(known);
	cleanup(json) json_t *saved =
		account_saved_make(request, wanted.ca, known->saved, err);
	if (!saved || !account_saved_write(vault, path, saved, err))
		return NULL;
	json_decref(known->saved);
	known->saved = take(saved);
	return json_object();
}
