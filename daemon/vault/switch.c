/* SPDX-License-Identifier: MIT */
#include "switch.h"

#include "archive.h"
#include "clock.h"
#include "file.h"
#include "json.h"
#include "live.h"
#include "mem.h"
#include "next.h"
#include "revoke.h"

#include <limits.h>
#include <time.h>

static json_t *install(struct vault *vault, const char *name,
	const struct version *version, struct error *err)
{
	return live_write(vault, name, version->number, err)
		? version_to_json(version)
		: NULL;
}

/* Neither expired nor revoked. */
static bool is_usable(
	struct vault *vault, const char *name, const struct version *version)
{
	return version->facts.not_after > time(NULL) &&
		!revoke_is_marked(vault, name, version->number);
}

/* What is damaged or has expired meanwhile will never do, and is asked for no
 * more; what could not be looked at may. */
static bool read_wanted(struct vault *vault, const char *name, unsigned number,
	struct version *out, struct error *err)
{
	if (!version_read(vault, name, number, out, err)) {
		if (!file_is_unseen(err))
			err->kind = ERROR_REFUSED;
		return false;
	}
	return is_usable(vault, name, out) ||
		fail(err, ERROR_REFUSED,
			"version %u of '%s' has expired, or is revoked", number,
			name);
}

json_t *switch_version(
	struct vault *vault, const json_t *request, struct error *err)
{
	const char *name = request_name(request, err);
	int64_t wanted = member_integer_or(request, "version", 0);
	struct version cleanup_version version = {0};
	struct error why = {0};

	if (!name)
		return NULL;
	unsigned installed = live_read(vault, name, &why);
	if (wanted < 1 || wanted > INT32_MAX || wanted < installed) {
		fail(err, ERROR_REFUSED,
			"version %lld of '%s' is none to switch to",
			(long long)wanted, name);
		return NULL;
	}
	if (!read_wanted(vault, name, (unsigned)wanted, &version, err))
		return NULL;
	clock_learn(vault, version.facts.not_before);
	json_t *reply = install(vault, name, &version, err);
	if (!reply)
		return NULL;
	/* What cannot be removed now is removed by the next load. */
	next_drop(vault, name, NULL);
	archive_prune(vault, name, installed);
	return reply;
}

/* rollback */

bool switch_read_usable(struct vault *vault, const char *name, unsigned number,
	struct version *out)
{
	if (!version_read(vault, name, number, out, NULL))
		return false;
	if (is_usable(vault, name, out))
		return true;
	version_clear(out);
	return false;
}

bool switch_find_usable(struct vault *vault, const char *name, unsigned limit,
	bool may_be_placeholder, struct version *out)
{
	struct numbers numbers = archive_numbers(vault, name);

	while (numbers.count--) {
		unsigned number = numbers.items[numbers.count];
		if (number >= limit ||
			!switch_read_usable(vault, name, number, out))
			continue;
		if (may_be_placeholder ||
			!certificate_is_placeholder(&out->facts))
			return true;
		version_clear(out);
	}
	return false;
}

json_t *switch_back(
	struct vault *vault, const json_t *request, struct error *err)
{
	const char *name = request_name(request, err);
	int64_t from = member_integer_or(request, "version", 0);
	struct version cleanup_version version = {0};

	if (!name)
		return NULL;
	if (from < 1 || from > INT32_MAX ||
		!switch_find_usable(
			vault, name, (unsigned)from, false, &version)) {
		fail(err, ERROR_REFUSED,
			"there is no older version of '%s' that is still valid "
			"and not revoked",
			name);
		return NULL;
	}
	return install(vault, name, &version, err);
}

/* placeholder */

static json_t *describe_installed(struct vault *vault, const char *name,
	unsigned number, struct error *err)
{
	struct version cleanup_version version = {0};

	if (!version_read(vault, name, number, &version, err))
		return NULL;
	return version_to_json(&version);
}

static STACK_OF(X509) *
	self_sign(EVP_PKEY *key, const struct config_certificate *certificate,
		struct error *err)
{
	cleanup(x509) X509 *leaf =
		certificate_make_placeholder(key, certificate->identifiers,
			certificate->identifier_count, time(NULL), err);
	cleanup(chain) STACK_OF(X509) *chain = sk_X509_new_null();

	if (!leaf)
		return NULL;
	if (!chain || sk_X509_push(chain, leaf) <= 0) {
		fail_memory(err);
		return NULL;
	}
	leaf = NULL;
	return take(chain);
}

static json_t *make_placeholder(struct vault *vault,
	const struct config_certificate *certificate, struct error *err)
{
	const char *name = certificate->name;
	cleanup(pkey) EVP_PKEY *key =
		vault_make_key(vault, certificate->key, err);
	cleanup(chain) STACK_OF(X509) *chain =
		key ? self_sign(key, certificate, err) : NULL;
	struct version_wish wish = {.key = key, .chain = chain};

	if (!chain)
		return NULL;
	wish.number = archive_next_number(vault, name, err);
	if (!wish.number || !version_write(vault, name, &wish, err) ||
		!live_write(vault, name, wish.number, err))
		return NULL;
	return describe_installed(vault, name, wish.number, err);
}

/* A link that was lost, or that could not be made the last time, gets what
 * there is. */
static json_t *place(struct vault *vault,
	const struct config_certificate *certificate, struct error *err)
{
	const char *name = certificate->name;
	struct version cleanup_version version = {0};

	return switch_find_usable(vault, name, UINT_MAX, true, &version)
		? install(vault, name, &version, err)
		: make_placeholder(vault, certificate, err);
}

json_t *switch_placeholder(
	struct vault *vault, const json_t *request, struct error *err)
{
	const char *name = request_name(request, err);
	const struct config_certificate *certificate =
		name ? vault_certificate(vault, name, err) : NULL;
	struct error why = {0};

	if (!certificate)
		return NULL;
	unsigned installed = live_read(vault, name, &why);
	if (!installed && why.kind != ERROR_NONE) {
		*err = why;
		return NULL;
	}
	if (!installed && !certificate->placeholder) {
		fail(err, ERROR_REFUSED, "'%s' has Placeholder=no", name);
		return NULL;
	}
	json_t *version = installed
		? describe_installed(vault, name, installed, err)
		: place(vault, certificate, err);
	return version ? json_pack("{s:o}", "installed", version) : NULL;
}
