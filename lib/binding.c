/* SPDX-License-Identifier: MIT */
#include "binding.h"

#include "base64url.h"
#include "crypto_error.h"
#include "json.h"
#include "mem.h"
#include "text.h"

#include <openssl/hmac.h>

/* A JSON value in base64url; NULL without memory. */
static char *encode(const json_t *value)
{
	cleanup(string) char *text = value ? json_write(value) : NULL;

	return text ? base64url_encode(text, strlen(text)) : NULL;
}

/* No nonce (RFC 8555 section 7.3.4). */
static char *protect(const struct binding *binding)
{
	cleanup(json) json_t *header = json_pack("{s:s, s:s, s:s}", "alg",
		"HS256", "kid", binding->kid, "url", binding->url);

	return encode(header);
}

static char *mac(
	const struct binding *binding, const char *input, struct error *err)
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned length = 0;

	if (!HMAC(EVP_sha256(), binding->key, (int)binding->key_length,
		    (const unsigned char *)input, strlen(input), digest,
		    &length)) {
		fail_crypto(err, ERROR_LOCAL, "cannot bind an account");
		return NULL;
	}
	char *text = base64url_encode(digest, length);
	if (!text)
		fail_memory(err);
	return text;
}

json_t *binding_sign(
	const struct binding *binding, const json_t *jwk, struct error *err)
{
	cleanup(string) char *head = protect(binding);
	cleanup(string) char *body = encode(jwk);
	cleanup(string) char *input =
		head && body ? text_format("%s.%s", head, body) : NULL;

	if (!input) {
		fail_memory(err);
		return NULL;
	}
	cleanup(string) char *mark = mac(binding, input, err);
	if (!mark)
		return NULL;
	return json_pack("{s:s, s:s, s:s}", "protected", head, "payload", body,
		"signature", mark);
}
