/* SPDX-License-Identifier: MIT */
#include "sign.h"

#include "accounts.h"
#include "json.h"
#include "jws.h"
#include "mem.h"
#include "payload.h"
#include "pending.h"
#include "request.h"
#include "text.h"

/* "account" is signed with the account's URL, "key" with the key itself. */
static bool read_signer(
	const json_t *request, bool *is_by_key, struct error *err)
{
	const char *by = member_string(request, "by", err);

	if (!by)
		return false;
	*is_by_key = streq(by, "key");
	if (*is_by_key || streq(by, "account"))
		return true;
	return fail(err, ERROR_REFUSED, "'%s' is no signer", by);
}

static bool read_header(
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
		.is_by_key = !header->kid,
		.is_own_csr = pending_is_own,
		.data = vault,
	};

	return payload_is_allowed(&context, payload, err);
}

json_t *sign_request(
	struct vault *vault, const json_t *request, struct error *err)
{
	struct account_wanted wanted;
	struct jws_header header = {0};
	bool is_by_key = false;
	const char *payload = member_string(request, "payload", err);

	if (!payload || !account_wanted_read(vault, request, &wanted, err) ||
		!read_signer(request, &is_by_key, err) ||
		!read_header(request, &header, err))
		return NULL;
	EVP_PKEY *key = account_key(vault, &wanted, err);
	if (!key)
		return NULL;
	if (!is_by_key)
		header.kid = account_saved_url(vault, &wanted);
	if (!is_by_key && !header.kid) {
		fail(err, ERROR_REFUSED, "the account at '%s' has no URL yet",
			wanted.ca->name);
		return NULL;
	}
	if (!is_allowed(vault, &wanted, &header, payload, err))
		return NULL;
	cleanup(string) char *jws = jws_sign(key, &header, payload, err);
	return jws ? json_pack("{s:s}", "jws", jws) : NULL;
}
