/* SPDX-License-Identifier: MIT */
#include "challenge_record.h"

#include "base64url.h"
#include "crypto_error.h"
#include "json.h"
#include "mem.h"
#include "text.h"

#include <openssl/evp.h>

#define ISSUERS_MAX 10
#define ISSUERS "issuerDomainNames" /* since -02 */
#define OLD_ISSUERS "issuer-domain-names"
#define ACCOUNT "; accounturi="
#define WILDCARD "; policy=wildcard"

/* In the form that the CA has to send: lower case, A-labels, no dot at the
 * end, at most 253 bytes. */
static bool is_issuer(const char *name)
{
	struct identifier identifier;

	return name && identifier_parse(name, &identifier, NULL) &&
		identifier.type == IDENTIFIER_DNS &&
		!identifier_is_wildcard(&identifier) &&
		streq(identifier.value, name);
}

static bool has(const json_t *list, const char *name)
{
	size_t count = json_array_size(list);

	for (size_t i = 0; i < count; i++) {
		const char *each = json_string_value(json_array_get(list, i));
		if (each && streq(each, name))
			return true;
	}
	return false;
}

static bool is_subset(const json_t *part, const json_t *whole)
{
	size_t count = json_array_size(part);

	for (size_t i = 0; i < count; i++) {
		const char *each = json_string_value(json_array_get(part, i));
		if (!each || !has(whole, each))
			return false;
	}
	return true;
}

static bool check_issuers(const json_t *issuers, struct error *err)
{
	size_t count = json_array_size(issuers);

	if (count == 0 || count > ISSUERS_MAX)
		return fail(err, ERROR_TRANSIENT,
			"the CA named %zu issuers for dns-persist-01", count);
	for (size_t i = 0; i < count; i++) {
		const char *name =
			json_string_value(json_array_get(issuers, i));
		if (!is_issuer(name))
			return fail(err, ERROR_TRANSIENT,
				"the CA named an issuer that is none: '%.150s'",
				name ? name : "");
	}
	return true;
}

/* What the directory says has the last word (-02, section 3). */
static bool check_directory(const struct directory *directory,
	const json_t *issuers, struct error *err)
{
	if (directory->issuer_domain_names &&
		!is_subset(directory->issuer_domain_names, issuers))
		return fail(err, ERROR_TRANSIENT,
			"the challenge lacks an issuer of the directory");
	if (directory->issuer_domain_names && directory->caa_identities &&
		!is_subset(issuers, directory->caa_identities))
		return fail(err, ERROR_TRANSIENT,
			"the challenge names an issuer that the directory "
			"does not");
	return true;
}

/* One byte of length, and the name. */
static bool add_domain(struct text *input, const char *domain)
{
	size_t length = strlen(domain);
	unsigned char byte = (unsigned char)length;

	if (length == 0 || length > UINT8_MAX)
		return false;
	text_add_bytes(input, &byte, sizeof(byte));
	text_add(input, domain);
	return true;
}

char *challenge_persist_uri(const char *prefix, const char *domain,
	const char *thumbprint, const char *account, struct error *err)
{
	unsigned char digest[32];
	struct text input cleanup_text_value = {0};
	bool is_name = add_domain(&input, domain);

	text_add(&input, thumbprint);
	text_add(&input, account);
	if (!is_name || input.failed ||
		EVP_Digest(input.data, input.length, digest, NULL, EVP_sha256(),
			NULL) != 1) {
		fail_crypto(err, ERROR_LOCAL, "cannot hash an account");
		return NULL;
	}
	cleanup(string) char *hash = base64url_encode(digest, sizeof(digest));
	char *uri = hash ? text_format("%ssha-256/%s", prefix, hash) : NULL;
	if (!uri)
		fail_memory(err);
	return uri;
}

/* The account itself, as it was until -01, or the hash of it. */
static char *make_uri(
	const struct challenge_persist *persist, bool is_old, struct error *err)
{
	const char *prefix = persist->directory->account_hash_prefix;

	if (is_old && !prefix) {
		char *uri = strdup(persist->account);
		if (!uri)
			fail_memory(err);
		return uri;
	}
	if (prefix)
		return challenge_persist_uri(prefix,
			identifier_base(persist->identifier),
			persist->thumbprint, persist->account, err);
	fail(err, ERROR_TRANSIENT,
		"the directory of the CA has no 'accountHashPrefix'");
	return NULL;
}

static const char *policy_of(const struct identifier *identifier)
{
	return identifier_is_wildcard(identifier) ? WILDCARD : "";
}

/* A value holds what is visible, but for ';' (RFC 8659 section 4.2). */
static bool is_uri(const char *uri)
{
	return *uri && text_is_visible(uri) && !strchr(uri, ';');
}

static bool check_uri(const char *uri, struct error *err)
{
	return is_uri(uri) ||
		fail(err, ERROR_REFUSED,
			"'%.200s' cannot stand in a record of dns-persist-01",
			uri);
}

char *challenge_persist_record(const struct challenge_persist *persist,
	const json_t *object, struct error *err)
{
	const json_t *issuers = json_object_get(object, ISSUERS);
	bool is_old = !issuers;

	if (is_old)
		issuers = json_object_get(object, OLD_ISSUERS);
	if (!persist->account) {
		fail(err, ERROR_LOCAL, "the account has no URL yet");
		return NULL;
	}
	if (!check_issuers(issuers, err) ||
		!check_directory(persist->directory, issuers, err))
		return NULL;
	cleanup(string) char *uri = make_uri(persist, is_old, err);
	if (!uri || !check_uri(uri, err))
		return NULL;
	char *record = text_format("%s" ACCOUNT "%s%s",
		json_string_value(json_array_get(issuers, 0)), uri,
		policy_of(persist->identifier));
	if (!record)
		fail_memory(err);
	return record;
}

bool challenge_persist_is_record(
	const char *record, const struct identifier *identifier)
{
	const char *policy = policy_of(identifier);
	const char *uri = strstr(record, ACCOUNT);

	if (!uri || !text_ends_with(uri, policy))
		return false;
	cleanup(string) char *issuer = strndup(record, (size_t)(uri - record));
	uri += strlen(ACCOUNT);
	cleanup(string) char *account =
		strndup(uri, strlen(uri) - strlen(policy));
	return issuer && account && is_issuer(issuer) && is_uri(account);
}
