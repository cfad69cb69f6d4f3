/* SPDX-License-Identifier: MIT */
#include "sign.h"

#include "accounts.h"
#include "base64url.h"
#include "binding.h"
#include "json.h"
#include "mem.h"
#include "payload.h"
#include "pending.h"
#include "permits.h"
#include "request.h"
#include "secret.h"
#include "text.h"

enum signer {
	BY_ACCOUNT, /* kid */
	BY_KEY, /* jwk: newAccount */
	BY_BOUND_KEY, /* the same, with an external account binding */
	BY_NEXT_KEY, /* kid, and the key that a change is to bring */
};

static bool read_signer(
	const json_t *request, enum signer *signer, struct error *err)
{
	static const char *const NAMES[] = {
		[BY_ACCOUNT] = "account",
		[BY_KEY] = "key",
		[BY_BOUND_KEY] = "bound-key",
		[BY_NEXT_KEY] = "next-key",
	};
	const char *by = member_string(request, "by", err);

	for (unsigned i = 0; by && i < sizeof(NAMES) / sizeof(*NAMES); i++) {
		if (!streq(by, NAMES[i]))
			continue;
		*signer = (enum signer)i;
		return true;
	}
	return by && fail(err, ERROR_REFUSED, "'%.100s' is no signer", by);
}

bool sign_read_header(
	const json_t *request, struct jws_header *header, struct error *err)
{
	header->url = member_url(request, "url", err);
	header->nonce =
		header->url ? member_string(request, "nonce", err) : NULL;
	if (!header->nonce)
		return false;
	return text_is_visible(header->nonce) ||
		fail(err, ERROR_REFUSED, "the nonce has odd characters");
}

static bool is_allowed(struct vault *vault, const struct account_wanted *wanted,
	const struct jws_header *header, const char *payload, struct error *err)
{
	struct payload_context context = {
		.config = vault->configuration.config,
		.ca = wanted->ca,
		.url = header->url,
		.account = account_saved_url(vault, wanted),
		.former = account_former_urls(vault, wanted),
		.is_by_key = !header->kid,
		.may_close = permit_account(
			vault, PERMIT_CLOSE, wanted->ca->name, NULL),
		.is_own_csr = pending_is_own,
		.data = vault,
	};

	return payload_is_allowed(&context, payload, err);
}

/* The payload with the binding of this very key to the account that a human
 * has at the CA (RFC 8555 section 7.3.4). */
static char *bind(const struct config_ca *ca, const EVP_PKEY *key,
	const char *url, const char *payload, struct error *err)
{
	struct binding binding = {.kid = ca->eab_key_id, .url = url};
	cleanup(json) json_t *object =
		json_read(payload, strlen(payload), "the payload", err);
	cleanup(json) json_t *jwk = object ? key_to_jwk(key, err) : NULL;
	char *secret =
		jwk ? secret_read(ca->eab_key_file, "acmed-vault", err) : NULL;

	if (!secret)
		return NULL;
	unsigned char *bytes =
		base64_secret_decode(secret, &binding.key_length);
	secret_free(secret);
	if (!bytes) {
		fail_cause(err, ERROR_REFUSED, "A4", "'%s' holds no base64",
			ca->eab_key_file);
		return NULL;
	}
	binding.key = bytes;
	json_t *value = binding_sign(&binding, jwk, err);
	base64_secret_free(bytes, binding.key_length);
	if (!value)
		return NULL;
	json_object_set_new(object, "externalAccountBinding", value);
	return json_write(object);
}

static EVP_PKEY *find_key(struct vault *vault,
	const struct account_wanted *wanted, enum signer signer,
	struct error *err)
{
	EVP_PKEY *key = account_key(vault, wanted, err);

	if (!key || signer != BY_NEXT_KEY)
		return key;
	key = account_next_key(vault, wanted);
	if (!key)
		fail(err, ERROR_REFUSED,
			"the account at '%s' is to get no other key",
			wanted->ca->name);
	return key;
}

/* The next key only looks whether it is known. */
static bool check(struct vault *vault, const struct account_wanted *wanted,
	enum signer signer, const struct jws_header *header,
	const char *payload, struct error *err)
{
	if (signer == BY_NEXT_KEY && *payload)
		return fail(err, ERROR_REFUSED,
			"the next key signs nothing but POST-as-GET");
	if (signer == BY_BOUND_KEY && !wanted->ca->eab_key_file)
		return fail_cause(err, ERROR_REFUSED, "A4",
			"'[CA %s]' has no 'EABKeyFile='", wanted->ca->name);
	if (!header->kid && signer != BY_KEY && signer != BY_BOUND_KEY)
		return fail(err, ERROR_REFUSED,
			"the account at '%s' has no URL yet", wanted->ca->name);
	return is_allowed(vault, wanted, header, payload, err);
}

json_t *sign_request(
	struct vault *vault, const json_t *request, struct error *err)
{
	struct account_wanted wanted;
	struct jws_header header = {0};
	enum signer signer = BY_ACCOUNT;
	const char *payload = member_string(request, "payload", err);

	if (!payload || !account_wanted_read(vault, request, &wanted, err) ||
		!read_signer(request, &signer, err) ||
		!sign_read_header(request, &header, err))
		return NULL;
	EVP_PKEY *key = find_key(vault, &wanted, signer, err);
	if (key && (signer == BY_ACCOUNT || signer == BY_NEXT_KEY))
		header.kid = account_saved_url(vault, &wanted);
	if (!key || !check(vault, &wanted, signer, &header, payload, err))
		return NULL;
	cleanup(string) char *bound = signer == BY_BOUND_KEY
		? bind(wanted.ca, key, header.url, payload, err)
		: strdup(payload);
	cleanup(string) char *jws =
		bound ? jws_sign(key, &header, bound, err) : NULL;
	return jws ? json_pack("{s:s}", "jws", jws) : NULL;
}
