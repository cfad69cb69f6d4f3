/* SPDX-License-Identifier: MIT */
#include "subject.h"

#include "mem.h"

#include <stdio.h>

/* With its end, so that no two lists of strings are the same bytes. */
static void add(EVP_MD_CTX *hash, const char *text)
{
	EVP_DigestUpdate(hash, text ? text : "-", text ? strlen(text) + 1 : 1);
}

static void add_number(EVP_MD_CTX *hash, long number)
{
	char text[24];

	snprintf(text, sizeof(text), "%ld", number);
	add(hash, text);
}

static void add_strings(EVP_MD_CTX *hash, const struct strings *strings)
{
	add_number(hash, (long)strings->count);
	for (size_t i = 0; i < strings->count; i++)
		add(hash, strings->items[i]);
}

static void add_ca(EVP_MD_CTX *hash, const struct config_ca *ca)
{
	add(hash, ca->name);
	add(hash, ca->directory);
	add(hash, ca->trust_file);
	add(hash, ca->root_file);
	add(hash, ca->proxy);
	add_strings(hash, &ca->contacts);
	add_number(hash, ca->agree_to_terms);
	add(hash, ca->eab_key_id);
	add(hash, ca->eab_key_file);
	add_number(hash, ca->account_key);
	add(hash, ca->account_key_uri);
}

static void add_identifier(EVP_MD_CTX *hash,
	const struct config_certificate *certificate,
	const struct identifier *identifier)
{
	const struct config_challenge *challenge =
		config_challenge_for(certificate, identifier);

	add(hash, identifier->value);
	add_number(hash, challenge->type);
	add_number(hash, challenge->solver);
	add(hash, challenge->webroot);
	add_strings(hash, &challenge->listen);
	add(hash, challenge->server);
	add_number(hash, challenge->server_port);
	add(hash, challenge->zone);
	add(hash, challenge->key_file);
	add_number(hash, (long)challenge->ttl);
	add_strings(hash, &challenge->command);
	add_number(hash, challenge->protocol);
	add(hash, challenge->provider);
	add_number(hash, (long)challenge->timeout);
	add(hash, challenge->environment_file);
}

void subject_of(const struct config_certificate *certificate,
	char out[static SUBJECT_SIZE])
{
	EVP_MD_CTX *hash cleanup(md_ctx) = EVP_MD_CTX_new();
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned length = 0;

	if (!hash || !EVP_DigestInit_ex(hash, EVP_sha256(), NULL))
		abort();
	add_ca(hash, certificate->ca);
	for (size_t i = 0; i < certificate->other_count; i++)
		add_ca(hash, certificate->others[i]);
	add_number(hash, certificate->key);
	add(hash, certificate->csr);
	add(hash, certificate->profile);
	add(hash, certificate->required_profile);
	add(hash, certificate->preferred_chain);
	for (size_t i = 0; i < certificate->identifier_count; i++)
		add_identifier(hash, certificate, &certificate->identifiers[i]);
	if (!EVP_DigestFinal_ex(hash, digest, &length))
		abort();
	for (unsigned i = 0; i < length && 2 * i + 2 < SUBJECT_SIZE; i++)
		snprintf(out + 2 * i, 3, "%02x", digest[i]);
}
