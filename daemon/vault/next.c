/* SPDX-License-Identifier: MIT */
#include "next.h"

#include "archive.h"
#include "csr.h"
#include "file.h"
#include "json.h"
#include "key_file.h"
#include "live.h"
#include "mem.h"
#include "pending.h"
#include "request.h"
#include "revoke.h"
#include "text.h"

#include <stdlib.h>

#define KEY_FILE "privkey.pem"
#define ORDER_FILE "order.json"
#define STAGED_FILE "staged"
#define ORDER_MAX 16384

/* The folder. */

static int open_next(struct vault *vault, const char *name, struct error *err)
{
	char path[VAULT_PATH_MAX];

	vault_path(path, "archive/%s/next", name);
	return folder_open(vault->state, path, err);
}

static int make_next(struct vault *vault, const char *name, struct error *err)
{
	char path[VAULT_PATH_MAX];

	vault_path(path, "archive/%s", name);
	int cleanup_folder archive = folder_make(vault->state, path, 0755, err);
	if (archive < 0)
		return -1;
	return folder_make(archive, "next", 0700, err);
}

bool next_drop(struct vault *vault, const char *name, struct error *err)
{
	char path[VAULT_PATH_MAX];

	pending_drop(vault, name, false);
	vault_path(path, "archive/%s", name);
	int cleanup_folder archive = folder_open(vault->state, path, NULL);
	if (archive < 0 || !file_exists(archive, "next"))
		return true;
	return folder_remove(archive, "next", err);
}

/* One that is damaged counts as none: NULL with ERROR_NONE. */
static EVP_PKEY *read_key(int folder, struct error *err)
{
	size_t length = 0;
	char *pem = file_read(folder, KEY_FILE, KEY_FILE_MAX, &length, err);

	if (!pem)
		return NULL;
	EVP_PKEY *key = key_from_pem(pem, length, err);
	key_pem_free(pem);
	if (!key)
		err->kind = ERROR_NONE;
	return key;
}

EVP_PKEY *next_key(
	struct vault *vault, const char *name, bool is_dry, struct error *err)
{
	EVP_PKEY *dry = is_dry ? pending_key(vault, name) : NULL;

	if (dry)
		return dry;
	int cleanup_folder folder = is_dry ? -1 : open_next(vault, name, NULL);
	EVP_PKEY *key = folder < 0 ? NULL : read_key(folder, err);
	if (!key && (folder < 0 || err->kind == ERROR_NONE))
		fail_cause(err, ERROR_REFUSED, "L6",
			"there is no key that a certificate for '%s' could fit",
			name);
	return key;
}

/* The order. */

static json_t *read_order(int folder)
{
	size_t length = 0;
	cleanup(string) char *bytes =
		file_read(folder, ORDER_FILE, ORDER_MAX, &length, NULL);

	return bytes ? json_read(bytes, length, ORDER_FILE, NULL) : NULL;
}

static bool write_order(int folder, const json_t *order, struct error *err)
{
	cleanup(string) char *text = json_write(order);

	return text
		? file_write(folder, ORDER_FILE, text, strlen(text), 0600, err)
		: fail_memory(err);
}

/* An order that was given a key is dead without it. */
static bool has_its_key(int folder, const json_t *order)
{
	const char *expected = member_string_or(order, "key", NULL);
	char hash[KEY_HASH_SIZE];
	struct error err = {0};

	if (!expected)
		return true;
	cleanup(pkey) EVP_PKEY *key = read_key(folder, &err);
	return key && key_hash(key, hash, &err) && streq(hash, expected);
}

json_t *next_order(struct vault *vault, const char *name)
{
	int cleanup_folder folder = open_next(vault, name, NULL);
	cleanup(json) json_t *order = folder < 0 ? NULL : read_order(folder);

	if (!json_is_object(order) || !has_its_key(folder, order))
		return NULL;
	json_object_del(order, "key");
	json_object_del(order, "schema");
	return take(order);
}

static json_t *read_request_order(const json_t *request, struct error *err)
{
	const json_t *order = member_object(request, "order", err);
	const char *ca = order ? member_string(order, "ca", err) : NULL;
	const char *url = ca ? member_url(order, "url", err) : NULL;
	const char *account = url ? member_url(order, "account", err) : NULL;

	if (!account)
		return NULL;
	return json_pack("{s:i, s:s, s:s, s:s}", "schema", 1, "ca", ca, "url",
		url, "account", account);
}

/* Saved a second time, an order keeps its key; another one does not get it. */
static bool settle_key(int folder, json_t *order, struct error *err)
{
	cleanup(json) json_t *old = read_order(folder);
	const char *url = member_string_or(old, "url", "");

	if (streq(url, member_string_or(order, "url", ""))) {
		json_t *key = json_object_get(old, "key");
		return !key || json_object_set(order, "key", key) == 0 ||
			fail_memory(err);
	}
	return file_remove(folder, STAGED_FILE, err) &&
		(!old || file_remove(folder, KEY_FILE, err));
}

json_t *next_save_order(
	struct vault *vault, const json_t *request, struct error *err)
{
	const char *name = request_name(request, err);

	if (!name || !vault_certificate(vault, name, err))
		return NULL;
	cleanup(json) json_t *order = read_request_order(request, err);
	if (!order)
		return NULL;
	int cleanup_folder folder = make_next(vault, name, err);
	if (folder < 0 || !settle_key(folder, order, err) ||
		!write_order(folder, order, err))
		return NULL;
	return json_object();
}

json_t *next_drop_order(
	struct vault *vault, const json_t *request, struct error *err)
{
	const char *name = request_name(request, err);

	if (!name)
		return NULL;
	if (member_bool_or(request, "dry", false)) {
		pending_drop(vault, name, true);
		return json_object();
	}
	return next_drop(vault, name, err) ? json_object() : NULL;
}

/* The CSR. */

static bool is_of_type(const EVP_PKEY *key, enum key_type wanted)
{
	enum key_type type;

	return key_type_of(key, &type) && type == wanted;
}

/* The installed key, when ReuseKey=yes and it will do: owned, or NULL. */
static EVP_PKEY *reusable_key(
	struct vault *vault, const struct config_certificate *certificate)
{
	struct error err = {0};
	struct version cleanup_version version = {0};
	unsigned number = live_read(vault, certificate->name, &err);

	if (!certificate->reuse_key || !number ||
		revoke_has_lost_key(vault, certificate->name, number) ||
		!version_read(
			vault, certificate->name, number, &version, &err) ||
		certificate_is_placeholder(&version.facts) ||
		!is_of_type(version.key, certificate->key))
		return NULL;
	return take(version.key);
}

static EVP_PKEY *new_key(struct vault *vault,
	const struct config_certificate *certificate, struct error *err)
{
	EVP_PKEY *key = reusable_key(vault, certificate);

	return key ? key : vault_make_key(vault, certificate->key, err);
}

/* The order says which key it was given. */
static bool tell_order(
	int folder, json_t *order, EVP_PKEY *key, struct error *err)
{
	char hash[KEY_HASH_SIZE];

	if (!order)
		return true;
	if (!key_hash(key, hash, err))
		return false;
	if (streq(member_string_or(order, "key", ""), hash))
		return true;
	json_object_set_new(order, "key", json_string(hash));
	return write_order(folder, order, err);
}

static EVP_PKEY *durable_key(struct vault *vault,
	const struct config_certificate *certificate, struct error *err)
{
	struct error missing = {0};
	int cleanup_folder folder = make_next(vault, certificate->name, err);

	if (folder < 0)
		return NULL;
	cleanup(json) json_t *order = read_order(folder);
	cleanup(pkey) EVP_PKEY *key = read_key(folder, &missing);
	if (!key && missing.kind != ERROR_NONE) {
		*err = missing;
		return NULL;
	}
	if (!key || (!order && !is_of_type(key, certificate->key))) {
		EVP_PKEY_free(take(key));
		key = new_key(vault, certificate, err);
		if (!key || !key_file_write(folder, KEY_FILE, key, err))
			return NULL;
	}
	return tell_order(folder, order, key, err) ? take(key) : NULL;
}

json_t *next_csr(struct vault *vault, const json_t *request, struct error *err)
{
	const char *name = request_name(request, err);
	bool is_dry = member_bool_or(request, "dry", false);
	const struct config_certificate *certificate =
		name ? vault_certificate(vault, name, err) : NULL;

	if (!certificate)
		return NULL;
	cleanup(pkey) EVP_PKEY *key = is_dry
		? vault_make_key(vault, certificate->key, err)
		: durable_key(vault, certificate, err);
	if (!key)
		return NULL;
	cleanup(string) char *csr = csr_new(key, certificate->identifiers,
		certificate->identifier_count, err);
	if (!csr || !pending_add(vault, name, is_dry, csr, key, err))
		return NULL;
	return json_pack("{s:s}", "csr", csr);
}

/* What was staged. */

bool next_mark_staged(struct vault *vault, const char *name, unsigned number,
	struct error *err)
{
	int cleanup_folder folder = open_next(vault, name, err);
	cleanup(string) char *text = text_format("%u\n", number);

	if (folder < 0)
		return false;
	return text
		? file_write(folder, STAGED_FILE, text, strlen(text), 0600, err)
		: fail_memory(err);
}

unsigned next_staged(struct vault *vault, const char *name)
{
	int cleanup_folder folder = open_next(vault, name, NULL);
	size_t length = 0;
	cleanup(string) char *text = folder < 0
		? NULL
		: file_read(folder, STAGED_FILE, 16, &length, NULL);

	return text ? (unsigned)strtoul(text, NULL, 10) : 0;
}
