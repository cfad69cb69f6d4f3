/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What a chain says: names, dates, issuer, serial, and whether it may be
 * used. The chain comes from a CA and is hostile until checked.
 */

#include "error.h"
#include "identifier.h"
#include "mem.h"

#include <openssl/x509.h>
#include <stdint.h>

#define CHAIN_MAX_CERTIFICATES 10
#define CHAIN_MAX_BYTES 65536
#define CERTIFICATE_NAME_SIZE 256

/* Facts about a leaf, as they are stored, shown and sent. */
struct certificate_facts {
	char serial[48]; /* lower-case hex of the DER content octets */
	char fingerprint[65]; /* SHA-256 over the DER, lower-case hex */
	char issuer[CERTIFICATE_NAME_SIZE]; /* RFC 2253 name, cleaned */
	/* Who issued the last one of the chain that it came with; "": nobody
	 * has looked. */
	char anchor[CERTIFICATE_NAME_SIZE];
	char ari_id[128]; /* RFC 9773 section 4.1, or "" */
	char key_type[16]; /* key_type_name(), or "" for another one */
	int64_t not_before;
	int64_t not_after;
	bool self_signed;
	struct identifier *identifiers; /* owned */
	size_t identifier_count;
};

void certificate_facts_clear(struct certificate_facts *facts);

/* Both directions of the form that travels between programs:
 * {"serial","fingerprint","issuer","anchor","ari_id","key","not_before",
 * "not_after","self_signed","identifiers":[{"type","value"}]}. Times are RFC 3339. */
json_t *certificate_facts_to_json(const struct certificate_facts *facts);
bool certificate_facts_from_json(
	const json_t *object, struct certificate_facts *out, struct error *err);

/* Reads the facts of a leaf. out is empty on failure. */
bool certificate_read_facts(
	X509 *leaf, struct certificate_facts *out, struct error *err);

/* The same, and the anchor, of a chain with its leaf first. */
bool certificate_read_chain(STACK_OF(X509) * chain,
	struct certificate_facts *out, struct error *err);

/* The name of the issuer as facts have it. */
bool certificate_read_issuer(const X509 *certificate,
	char out[CERTIFICATE_NAME_SIZE], struct error *err);

/* Is it its own issuer, by names and key identifiers? The signature is not
 * looked at. False with err when the names could not be compared; for want of
 * memory it is never a "no". */
bool certificate_issues_itself(
	X509 *certificate, bool *itself, struct error *err);

/* Does what a server shows, the leaf first, lead without a gap to a
 * certificate that `anchor` issued, to a self-signed one, or to one that a
 * root (NULL: there are none) has issued (P9)? Else `missing` is who issued
 * the last one. */
bool certificate_chain_ends(STACK_OF(X509) * shown, const char *anchor,
	X509_STORE *roots, char missing[CERTIFICATE_NAME_SIZE]);

/* Parses a downloaded PEM chain (RFC 8555 section 9.1): only CERTIFICATE
 * blocks, CRLF and blank lines tolerated, at most the caps above; any other
 * block and words between them refuse the whole. Leaf first. An owned stack, or NULL with err. */
STACK_OF(X509) *
	certificate_chain_parse(
		const char *pem, size_t length, struct error *err);
void certificate_chain_free(STACK_OF(X509) * chain);
DEFINE_CLEANUP(chain, STACK_OF(X509), certificate_chain_free)

/* PEM of the certificates from index `first` on, one after another; free it
 * with free(). */
char *certificate_chain_to_pem(
	STACK_OF(X509) * chain, int first, struct error *err);

/* What must hold before a chain is used. */
struct certificate_wish {
	EVP_PKEY *key; /* borrowed; NULL: not looked at */
	const struct identifier *identifiers; /* borrowed */
	size_t identifier_count;
	int64_t now;
	X509_STORE *roots; /* borrowed; NULL: any root will do */
};

/* The checks in order: the key fits, every identifier is covered, dates are
 * sane and the leaf lives (K6; our clock may be five minutes behind), each
 * certificate signs the one before it (P9), the chain ends at a root of the
 * wish (P12). */
bool certificate_check(STACK_OF(X509) * chain,
	const struct certificate_wish *wish, struct error *err);

/* A self-signed certificate of 30 days for a server to start with, issuer
 * "acmed placeholder". Owned by the caller. */
X509 *certificate_make_placeholder(EVP_PKEY *key,
	const struct identifier *identifiers, size_t count, int64_t now,
	struct error *err);
bool certificate_is_placeholder(const struct certificate_facts *facts);

/* Seconds of lifetime: not_after + 1 - not_before. */
int64_t certificate_lifetime(const struct certificate_facts *facts);

/* An ASN.1 time of either kind as UTC seconds. */
bool certificate_time(const ASN1_TIME *time, int64_t *out);
