/* SPDX-License-Identifier: MIT */
#include "revoke.h"

#include "accounts.h"
#include "archive.h"
#include "file.h"
#include "json.h"
#include "jws.h"
#include "live.h"
#include "mem.h"
#include "permits.h"
#include "revocation.h"
#include "sign.h"
#include "switch.h"
#include "text.h"

#define MARK "revoked.json"
#define MARK_MAX 1024

/* Of what is live, or came later, and may be served (ReuseKey=). */
static bool has_key_in_service(
	struct vault *vault, const char *name, const struct version *version)
{
	struct numbers numbers = archive_numbers(vault, name);
	struct error err = {0};
	unsigned live = live_read(vault, name, &err);

	for (size_t i = 0; i < numbers.count; i++) {
		unsigned number = numbers.items[i];
		struct version cleanup_version other = {0};
		if (number != version->number &&
			(number == live || number > version->number) &&
			switch_read_usable(vault, name, number, &other) &&
			EVP_PKEY_eq(other.key, version->key) == 1)
			return true;
	}
	return false;
}

/* Whatever the reason, a CA may take the key that signs this for one that is
 * no secret any more, and revoke all that have it. */
static EVP_PKEY *own_key(struct vault *vault, const json_t *request,
	const struct version *version, struct error *err)
{
	const char *name = member_string_or(request, "name", "");
	bool is_compromised = member_integer_or(request, "reason", 0) ==
		REVOCATION_KEY_COMPROMISE;

	if (!version->key) {
		fail(err, ERROR_REFUSED,
			"the key of the certificate is not on this machine "
			"(CSR=): only the account that ordered it can have it "
			"revoked from here");
		return NULL;
	}
	if (is_compromised || !has_key_in_service(vault, name, version))
		return version->key;
	fail(err, ERROR_REFUSED,
		"another certificate in service has the same key "
		"(ReuseKey=yes), and a CA that is shown it may revoke both: "
		"only the account that ordered it can have it revoked, unless "
		"the reason is '%s'",
		revocation_reason_name(REVOCATION_KEY_COMPROMISE));
	return NULL;
}

/* The key and, for an account, the kid. Borrowed; NULL with err. */
static EVP_PKEY *find_key(struct vault *vault, const json_t *request,
	const struct version *version, struct jws_header *header,
	struct error *err)
{
	struct account_wanted wanted;

	if (streq(member_string_or(request, "by", ""), "certificate"))
		return own_key(vault, request, version, err);
	if (!account_wanted_read(vault, request, &wanted, err))
		return NULL;
	EVP_PKEY *key = account_key(vault, &wanted, err);
	header->kid = key ? account_saved_url(vault, &wanted) : NULL;
	if (!key || header->kid)
		return key;
	fail(err, ERROR_REFUSED, "the account at '%s' has no URL yet",
		wanted.ca->name);
	return NULL;
}

static bool read_reason(const json_t *request, enum revocation_reason *reason,
	struct error *err)
{
	int64_t number = member_integer_or(request, "reason", 0);

	*reason = (enum revocation_reason)number;
	return revocation_reason_is_known(number) ||
		fail(err, ERROR_REFUSED, "%lld is no reason of a subscriber",
			(long long)number);
}

json_t *revoke_sign(
	struct vault *vault, const json_t *request, struct error *err)
{
	const char *name = request_name(request, err);
	unsigned number = (unsigned)member_integer_or(request, "version", 0);
	struct version cleanup_version version = {0};
	struct jws_header header = {0};
	enum revocation_reason reason = REVOCATION_UNSPECIFIED;

	if (!name || !read_reason(request, &reason, err) ||
		!permit_revoke(vault, name, number, reason, err) ||
		!sign_read_header(request, &header, err) ||
		!version_read(vault, name, number, &version, err))
		return NULL;
	EVP_PKEY *key = find_key(vault, request, &version, &header, err);
	cleanup(string) char *payload = key
		? revocation_payload(
			  sk_X509_value(version.chain, 0), reason, err)
		: NULL;
	cleanup(string) char *jws =
		payload ? jws_sign(key, &header, payload, err) : NULL;
	return jws ? json_pack("{s:s}", "jws", jws) : NULL;
}

/* The mark lies in the version's own folder, and goes with it. */

static int open_version(struct vault *vault, const char *name, unsigned number,
	struct error *err)
{
	char path[VAULT_PATH_MAX];

	vault_path(path, "archive/%s/%u", name, number);
	return folder_open(vault->state, path, err);
}

static bool write_mark(
	int folder, enum revocation_reason reason, struct error *err)
{
	cleanup(string) char *text =
		text_format("{\"schema\":1,\"reason\":%d}\n", (int)reason);

	return text ? file_write(folder, MARK, text, strlen(text), 0644, err)
		    : fail_memory(err);
}

json_t *revoke_mark(
	struct vault *vault, const json_t *request, struct error *err)
{
	const char *name = request_name(request, err);
	unsigned number = (unsigned)member_integer_or(request, "version", 0);
	enum revocation_reason reason = REVOCATION_UNSPECIFIED;

	if (!name || !read_reason(request, &reason, err) ||
		!permit_revoke(vault, name, number, reason, err))
		return NULL;
	int cleanup_folder folder = open_version(vault, name, number, err);
	if (folder < 0 || !write_mark(folder, reason, err))
		return NULL;
	return json_object();
}

bool revoke_is_marked(struct vault *vault, const char *name, unsigned number)
{
	int cleanup_folder folder = open_version(vault, name, number, NULL);

	return folder >= 0 && file_exists(folder, MARK);
}

bool revoke_has_lost_key(struct vault *vault, const char *name, unsigned number)
{
	int cleanup_folder folder = open_version(vault, name, number, NULL);
	size_t length = 0;
	cleanup(string) char *text = folder < 0
		? NULL
		: file_read(folder, MARK, MARK_MAX, &length, NULL);
	cleanup(json) json_t *mark =
		text ? json_read(text, length, MARK, NULL) : NULL;

	return permit_revoke(
		       vault, name, number, REVOCATION_KEY_COMPROMISE, NULL) ||
		member_integer_or(mark, "reason", 0) ==
		REVOCATION_KEY_COMPROMISE;
}
