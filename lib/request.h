/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * One ACME request as the protocol wants it, and what came of it. The owner
 * of a step machine signs, sends and hands the result back; the nonce, the
 * signature and badNonce are not the protocol's business.
 */

#include "error.h"

#include <jansson.h>
#include <stdint.h>

enum request_signer {
	REQUEST_BY_ACCOUNT, /* kid: everything but newAccount */
	REQUEST_BY_KEY, /* jwk: newAccount (RFC 8555 section 6.2) */
	REQUEST_BY_BOUND_KEY, /* the same; the vault adds the external account
				 binding (section 7.3.4) */
	REQUEST_BY_NEXT_KEY, /* kid, by the key that a rollover brings */
	REQUEST_KEY_CHANGE, /* the vault makes both JWS (section 7.3.5) */
	REQUEST_REVOCATION, /* the vault makes the payload (section 7.6) */
	REQUEST_REVOCATION_BY_CERTIFICATE, /* by the certificate's own key */
};

struct request {
	char *url; /* owned */
	char *payload; /* owned; "" is a POST-as-GET, or the vault makes it */
	enum request_signer signer;
	json_t *subject; /* owned members that the vault needs, or NULL */
};

/* Replaces what the request held. False without memory. */
bool request_set(struct request *request, enum request_signer signer,
	const char *url, const char *payload);
/* The same with a JSON value as payload, whose reference it takes. */
bool request_set_json(struct request *request, enum request_signer signer,
	const char *url, json_t *payload);
void request_clear(struct request *request);

#define REPLY_ALTERNATES 8

/* A reply of the CA, 2xx or not. Strings are borrowed by the reader for the
 * time of the call. */
struct reply {
	long status;
	const char *content_type; /* or "" */
	const char *location; /* or NULL; checked to be https */
	double retry_after; /* seconds, clamped to 1 s .. 7 d; 0: none;
			     * of the header, or of a limit's words */
	const char *terms; /* Link rel="terms-of-service", or NULL */
	const char *help; /* Link rel="help", or NULL */
	const char *alternates[REPLY_ALTERNATES]; /* Link rel="alternate" */
	size_t alternate_count;
	const char *body; /* NUL-terminated */
	size_t length;
};

static inline bool reply_is_ok(const struct reply *reply)
{
	return reply->status >= 200 && reply->status <= 299;
}

/* Did something else than an ACME server speak (N2)? */
bool reply_is_html(const struct reply *reply);

/* The JSON object of a 2xx reply: a new reference, or NULL with err. Not 2xx:
 * the error that the problem document means. HTML is named as such (N2). */
json_t *reply_object(
	const struct reply *reply, const char *what, struct error *err);

/* An https URL of sane length and alphabet (T01), from an object. */
const char *member_url(
	const json_t *object, const char *name, struct error *err);
bool url_is_https(const char *url);
