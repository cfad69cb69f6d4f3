/* SPDX-License-Identifier: MIT */
#include "known_chain.h"

#include "alternative_names.h"
#include "key.h"
#include "mem.h"

#include <openssl/pem.h>
#include <stdarg.h>
#include <stdlib.h>

#define NAMES_MAX 8

static const char *or_else(const char *value, const char *otherwise)
{
	return value ? value : otherwise;
}

static void set_serial(X509 *certificate, const char *hex)
{
	cleanup(bignum) BIGNUM *number = NULL;

	BN_hex2bn(&number, hex);
	BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate));
}

static void set_names(X509 *certificate, const struct known_wish *wish)
{
	X509_NAME *name = X509_get_subject_name(certificate);

	X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8,
		(const unsigned char *)wish->subject, -1, -1, 0);
	X509_set_issuer_name(certificate,
		wish->issuer ? X509_get_subject_name(wish->issuer) : name);
}

static void add(X509 *certificate, X509 *issuer, int nid, const char *value)
{
	X509V3_CTX context;

	X509V3_set_ctx(&context, issuer, certificate, NULL, NULL, 0);
	X509_EXTENSION *extension =
		X509V3_EXT_conf_nid(NULL, &context, nid, value);
	X509_add_ext(certificate, extension, -1);
	X509_EXTENSION_free(extension);
}

static void add_extensions(X509 *certificate, const struct known_wish *wish)
{
	X509 *issuer = wish->issuer ? wish->issuer : certificate;

	add(certificate, issuer, NID_basic_constraints,
		wish->is_ca ? "critical,CA:TRUE" : "critical,CA:FALSE");
	add(certificate, issuer, NID_subject_key_identifier, "hash");
	add(certificate, issuer, NID_authority_key_identifier, "keyid");
	if (wish->usage)
		add(certificate, issuer, NID_ext_key_usage, wish->usage);
	if (wish->names)
		X509_add1_ext_i2d(certificate, NID_subject_alt_name,
			wish->names, 0, X509V3_ADD_DEFAULT);
}

void known_drop_authority_key(X509 *certificate)
{
	int place = X509_get_ext_by_NID(
		certificate, NID_authority_key_identifier, -1);

	X509_EXTENSION_free(X509_delete_ext(certificate, place));
}

X509 *known_certificate(const struct known_wish *wish)
{
	X509 *certificate = X509_new();

	X509_set_version(certificate, 2);
	set_serial(certificate, or_else(wish->serial, "00ab12"));
	set_names(certificate, wish);
	ASN1_TIME_set_string(X509_getm_notBefore(certificate),
		or_else(wish->not_before, "261101000000Z"));
	ASN1_TIME_set_string(X509_getm_notAfter(certificate),
		or_else(wish->not_after, "270130000000Z"));
	X509_set_pubkey(certificate, wish->key);
	add_extensions(certificate, wish);
	X509_sign(certificate, wish->issuer_key ? wish->issuer_key : wish->key,
		EVP_sha256());
	return certificate;
}

void known_chain_make(struct known_chain *chain)
{
	chain->root_key = key_generate(KEY_ECDSA_P256, NULL);
	chain->middle_key = key_generate(KEY_ECDSA_P256, NULL);
	chain->key = key_generate(KEY_ECDSA_P256, NULL);
	chain->root = known_certificate(&(struct known_wish){
		.subject = "Root", .key = chain->root_key, .is_ca = true});
	chain->middle = known_certificate(&(struct known_wish){
		.subject = "Middle",
		.key = chain->middle_key,
		.issuer = chain->root,
		.issuer_key = chain->root_key,
		.is_ca = true,
	});
	chain->leaf = known_leaf(chain, (struct known_wish){0});
}

void known_chain_clear(struct known_chain *chain)
{
	EVP_PKEY_free(chain->root_key);
	EVP_PKEY_free(chain->middle_key);
	EVP_PKEY_free(chain->key);
	X509_free(chain->root);
	X509_free(chain->middle);
	X509_free(chain->leaf);
}

X509 *known_leaf(const struct known_chain *chain, struct known_wish wish)
{
	cleanup(general_names) GENERAL_NAMES *names = known_names(
		"www.example.net", "*.a.example.net", "192.0.2.7", NULL);

	wish.subject = or_else(wish.subject, "www.example.net");
	wish.key = wish.key ? wish.key : chain->key;
	wish.issuer = wish.issuer ? wish.issuer : chain->middle;
	wish.issuer_key = wish.issuer_key ? wish.issuer_key : chain->middle_key;
	wish.names = wish.names ? wish.names : names;
	return known_certificate(&wish);
}

GENERAL_NAMES *known_names(const char *first, ...)
{
	struct identifier identifiers[NAMES_MAX];
	size_t count = 0;
	va_list arguments;

	va_start(arguments, first);
	for (const char *name = first; name && count < NAMES_MAX;
		name = va_arg(arguments, const char *))
		if (identifier_parse(name, &identifiers[count], NULL))
			count++;
	va_end(arguments);
	return alternative_names_new(identifiers, count);
}

char *known_pem(X509 *first, ...)
{
	cleanup(bio) BIO *bio = BIO_new(BIO_s_mem());
	char *data;
	va_list arguments;

	va_start(arguments, first);
	for (X509 *certificate = first; certificate;
		certificate = va_arg(arguments, X509 *))
		PEM_write_bio_X509(bio, certificate);
	va_end(arguments);
	long length = BIO_get_mem_data(bio, &data);
	return strndup(data, (size_t)length);
}
