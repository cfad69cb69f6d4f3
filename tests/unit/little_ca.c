/* SPDX-License-Identifier: MIT */
#include "vault_run.h"

#include "base64url.h"
#include "mem.h"

#include <check.h>
#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <string.h>

static void add_extension(
	X509 *certificate, X509 *issuer, int nid, const char *value)
{
	X509V3_CTX context;

	X509V3_set_ctx(&context, issuer, certificate, NULL, NULL, 0);
	X509_EXTENSION *extension =
		X509V3_EXT_conf_nid(NULL, &context, nid, value);
	ck_assert_ptr_nonnull(extension);
	X509_add_ext(certificate, extension, -1);
	X509_EXTENSION_free(extension);
}

static void set_name(X509_NAME *name, const char *text)
{
	X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
		(const unsigned char *)text, -1, -1, 0);
}

static X509 *new_certificate(EVP_PKEY *key, const char *name, int days)
{
	static long serial = 1000;
	X509 *certificate = X509_new();

	X509_set_version(certificate, X509_VERSION_3);
	ASN1_INTEGER_set(X509_get_serialNumber(certificate), ++serial);
	X509_gmtime_adj(X509_getm_notBefore(certificate),
		days < 0 ? -86400L * 100 : -3600);
	X509_gmtime_adj(X509_getm_notAfter(certificate), 86400L * days);
	set_name(X509_get_subject_name(certificate), name);
	X509_set_pubkey(certificate, key);
	return certificate;
}

static X509 *new_authority(
	EVP_PKEY *key, const char *name, X509 *issuer, EVP_PKEY *issuer_key)
{
	X509 *certificate = new_certificate(key, name, 1000);
	X509 *by = issuer ? issuer : certificate;

	X509_set_issuer_name(certificate, X509_get_subject_name(by));
	add_extension(
		certificate, by, NID_basic_constraints, "critical,CA:TRUE");
	add_extension(
		certificate, by, NID_key_usage, "critical,keyCertSign,cRLSign");
	add_extension(certificate, by, NID_subject_key_identifier, "hash");
	ck_assert_int_gt(X509_sign(certificate, issuer_key, EVP_sha256()), 0);
	return certificate;
}

void little_ca_open(struct little_ca *ca)
{
	*ca = (struct little_ca){.days = 90};
	ca->root_key = EVP_EC_gen("P-256");
	ca->key = EVP_EC_gen("P-256");
	ca->root =
		new_authority(ca->root_key, "little root", NULL, ca->root_key);
	ca->intermediate = new_authority(
		ca->key, "little intermediate", ca->root, ca->root_key);
}

void little_ca_close(struct little_ca *ca)
{
	EVP_PKEY_free(ca->root_key);
	EVP_PKEY_free(ca->key);
	X509_free(ca->root);
	X509_free(ca->intermediate);
}

static char *to_pem(X509 *first, X509 *second)
{
	cleanup(bio) BIO *bio = BIO_new(BIO_s_mem());
	char *bytes = NULL;

	PEM_write_bio_X509(bio, first);
	if (second)
		PEM_write_bio_X509(bio, second);
	long length = BIO_get_mem_data(bio, &bytes);
	return strndup(bytes, (size_t)length);
}

static char *finish(struct little_ca *ca, X509 *leaf)
{
	if (ca->age)
		X509_gmtime_adj(X509_getm_notBefore(leaf), -86400L * ca->age);
	if (ca->seconds)
		X509_gmtime_adj(X509_getm_notAfter(leaf), ca->seconds);
	X509_set_issuer_name(leaf, X509_get_subject_name(ca->intermediate));
	add_extension(leaf, ca->intermediate, NID_authority_key_identifier,
		"keyid:always");
	add_extension(leaf, ca->intermediate, NID_ext_key_usage, "serverAuth");
	ck_assert_int_gt(X509_sign(leaf, ca->key, EVP_sha256()), 0);
	char *pem = ca->is_reversed ? to_pem(ca->intermediate, leaf)
				    : to_pem(leaf, ca->intermediate);
	X509_free(leaf);
	return pem;
}

char *little_ca_sign(struct little_ca *ca, const char *csr)
{
	size_t length = 0;
	cleanup(bytes) unsigned char *der = base64url_decode(csr, &length);
	const unsigned char *p = der;
	cleanup(x509_req) X509_REQ *request =
		d2i_X509_REQ(NULL, &p, (long)length);

	ck_assert_ptr_nonnull(request);
	X509 *leaf = new_certificate(
		X509_REQ_get0_pubkey(request), "leaf", ca->days);
	STACK_OF(X509_EXTENSION) *extensions = X509_REQ_get_extensions(request);
	for (int i = 0; i < sk_X509_EXTENSION_num(extensions); i++)
		X509_add_ext(leaf, sk_X509_EXTENSION_value(extensions, i), -1);
	sk_X509_EXTENSION_pop_free(extensions, X509_EXTENSION_free);
	return finish(ca, leaf);
}

char *little_ca_sign_other(struct little_ca *ca, const char *name)
{
	cleanup(pkey) EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *leaf = new_certificate(key, "leaf", ca->days);
	char names[256];

	snprintf(names, sizeof(names), "DNS:%s,DNS:www.%s", name, name);
	add_extension(leaf, leaf, NID_subject_alt_name, names);
	return finish(ca, leaf);
}

char *little_ca_root(struct little_ca *ca)
{
	return to_pem(ca->root, NULL);
}
