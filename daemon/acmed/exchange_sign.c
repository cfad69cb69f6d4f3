/* SPDX-License-Identifier: MIT */
#include "exchange_sign.h"

#include <stdlib.h>

static const struct {
	const char *verb;
	const char *by;
} SIGNERS[] = {
	[REQUEST_BY_ACCOUNT] = {"sign", "account"},
	[REQUEST_BY_KEY] = {"sign", "key"},
	[REQUEST_BY_BOUND_KEY] = {"sign", "bound-key"},
	[REQUEST_BY_NEXT_KEY] = {"sign", "next-key"},
	[REQUEST_KEY_CHANGE] = {"key-change", "account"},
	[REQUEST_REVOCATION] = {"revoke", "account"},
	[REQUEST_REVOCATION_BY_CERTIFICATE] = {"revoke", "certificate"},
};

json_t *exchange_sign_request(const struct exchange_setup *setup,
	const struct request *request, const char *nonce)
{
	json_t *asked = json_pack("{s:s,s:s,s:b,s:s,s:s,s:s,s:s}", "verb",
		SIGNERS[request->signer].verb, "ca", setup->ca, "staging",
		setup->staging, "by", SIGNERS[request->signer].by, "url",
		request->url, "nonce", nonce, "payload", request->payload);

	if (!asked)
		abort();
	if (request->subject)
		json_object_update(asked, request->subject);
	return asked;
}

bool exchange_sign_read(
	const json_t *answer, const char **jws, struct error *err)
{
	*jws = json_string_value(json_object_get(answer, "jws"));
	return *jws ||
		fail_cause(err, ERROR_LOCAL, "M9",
			"helper 'vault' answers nonsense: no jws");
}
