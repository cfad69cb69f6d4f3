/* SPDX-License-Identifier: MIT */
#include "next.h"

#include "archive.h"
#include "csr.h"
#include "file.h"
#include "json.h"
#include "kept_names.h"
#include "key_file.h"
#include "live.h"
#include "mem.h"
#include "next_key.h"
#include "pending.h"
#include "request.h"
#include "request_file.h"
#include "revoke.h"
#include "text.h"

#include <stdlib.h>

#define ORDER_FILE "order.json"
#define STAGED_FILE "staged"
#define ORDER_MAX 16384

bool next_drop(struct vault *vault, const char *name, struct error *err)
{
	int cleanup_folder archive = archive_open(vault, name);

	pending_drop(vault, name, false);
	if (archive < 0 || !file_exists(archive, "next"))
		return true;
	return folder_remove(archive, "next", err);
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
	cleanup(pkey) EVP_PKEY *key = next_any_key(folder, &err);
	return key && key_hash(key, hash, &err) && streq(hash, expected);
}

json_t *next_order(struct vault *vault, const char *name)
{
	int cleanup_folder folder = next_open(vault, name, NULL);
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
		(!old ||
			(file_remove(folder, NEXT_KEY_FILE, err) &&
				file_remove(folder, REQUEST_FILE, err)));
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
	int cleanup_folder folder = next_make(vault, name, err);
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
		certificate_is_placeholder(&version.facts) || !version.key ||
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
	int cleanup_folder folder = next_make(vault, certificate->name, err);

	if (folder < 0)
		return NULL;
	cleanup(json) json_t *order = read_order(folder);
	cleanup(pkey) EVP_PKEY *key = next_own_key(folder, &missing);
	if (!key && missing.kind != ERROR_NONE) {
		*err = missing;
		return NULL;
	}
	if (!key || (!order && !is_of_type(key, certificate->key))) {
		EVP_PKEY_free(take(key));
		key = new_key(vault, certificate, err);
		if (!key || !key_file_write(folder, NEXT_KEY_FILE, key, err) ||
			!file_remove(folder, REQUEST_FILE, err))
			return NULL;
	}
	return tell_order(folder, order, key, err) ? take(key) : NULL;
}

/* That of a user is for a key that is not here. */
static bool keep_request(struct vault *vault,
	const struct config_certificate *certificate, EVP_PKEY *key,
	struct error *err)
{
	int cleanup_folder folder = next_make(vault, certificate->name, err);

	if (folder < 0)
		return false;
	cleanup(json) json_t *order = read_order(folder);
	return request_file_write(folder, certificate->csr, err) &&
		file_remove(folder, NEXT_KEY_FILE, err) &&
		tell_order(folder, order, key, err);
}

static char *give_request(struct vault *vault,
	const struct config_certificate *certificate, bool is_dry,
	EVP_PKEY **key, struct error *err)
{
	struct csr csr;

	if (!csr_decode(certificate->csr, &csr, err))
		return NULL;
	*key = take(csr.key);
	char *encoded = take(csr.encoded);
	csr_clear(&csr);
	if (is_dry || keep_request(vault, certificate, *key, err))
		return encoded;
	free(encoded);
	return NULL;
}

static char *make_request(struct vault *vault,
	const struct config_certificate *certificate, const json_t *request,
	EVP_PKEY **key, struct error *err)
{
	struct kept_names cleanup_kept_names kept = {0};

	if (!kept_names_read(certificate, request, &kept, err))
		return NULL;
	*key = member_bool_or(request, "dry", false)
		? vault_make_key(vault, certificate->key, err)
		: durable_key(vault, certificate, err);
	return *key ? csr_new(*key, kept.list, kept.count, err) : NULL;
}

json_t *next_csr(struct vault *vault, const json_t *request, struct error *err)
{
	const char *name = request_name(request, err);
	bool is_dry = member_bool_or(request, "dry", false);
	const struct config_certificate *certificate =
		name ? vault_certificate(vault, name, err) : NULL;
	cleanup(pkey) EVP_PKEY *key = NULL;

	if (!certificate)
		return NULL;
	cleanup(string) char *csr = certificate->csr
		? give_request(vault, certificate, is_dry, &key, err)
		: make_request(vault, certificate, request, &key, err);
	if (!csr || !pending_add(vault, name, is_dry, csr, key, err))
		return NULL;
	return json_pack("{s:s}", "csr", csr);
}

/* What was staged. */

bool next_mark_staged(struct vault *vault, const char *name, unsigned number,
	struct error *err)
{
	int cleanup_folder folder = next_open(vault, name, err);
	cleanup(string) char *text = text_format("%u\n", number);

	if (folder < 0)
		return false;
	return text
		? file_write(folder, STAGED_FILE, text, strlen(text), 0600, err)
		: fail_memory(err);
}

unsigned next_staged(struct vault *vault, const char *name)
{
	int cleanup_folder folder = next_open(vault, name, NULL);
	size_t length = 0;
	cleanup(string) char *text = folder < 0
		? NULL
		: file_read(folder, STAGED_FILE, 16, &length, NULL);

	return text ? (unsigned)strtoul(text, NULL, 10) : 0;
}
