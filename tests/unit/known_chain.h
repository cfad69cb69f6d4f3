/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Certificates made to order, honest ones and others.
 */

#include "identifier.h"

#include <openssl/x509v3.h>
#include <stdbool.h>

/* 2026-11-21T02:30:00Z, within every certificate that does not say else. */
#define KNOWN_NOW 1795228200

struct known_wish {
	const char *subject;
	EVP_PKEY *key;
	X509 *issuer; /* NULL: itself */
	EVP_PKEY *issuer_key; /* NULL: its own */
	bool is_ca;
	const char *not_before; /* as in ASN.1; NULL: 2026-11-01 */
	const char *not_after; /* NULL: 2027-01-30 */
	const char *serial; /* hex; NULL: 00ab12 */
	GENERAL_NAMES *names; /* NULL: none */
	const char *usage; /* extended; NULL: none */
};

X509 *known_certificate(const struct known_wish *wish);

/* Root, intermediate and a leaf for www.example.net, *.a.example.net and
 * 192.0.2.7. */
struct known_chain {
	EVP_PKEY *root_key, *middle_key, *key;
	X509 *root, *middle, *leaf;
};

void known_chain_make(struct known_chain *chain);
void known_chain_clear(struct known_chain *chain);

/* A leaf that differs from that of the chain in what `wish` names. */
X509 *known_leaf(const struct known_chain *chain, struct known_wish wish);

/* Takes its authority key identifier away; its signature fits no more. */
void known_drop_authority_key(X509 *certificate);

/* The extension for DNS names and addresses, at most eight, NULL ends. */
GENERAL_NAMES *known_names(const char *first, ...);

/* PEM of the certificates, NULL ends; free it with free(). */
char *known_pem(X509 *first, ...);
