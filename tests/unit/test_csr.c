/* SPDX-License-Identifier: MIT */
#include "csr.h"

#include "base64url.h"
#include "key.h"
#include "known_key.h"
#include "mem.h"
#include "suite.h"

#include <check.h>
#undef fail
#include <openssl/x509v3.h>

static struct identifier identifiers[3];

static void parse_identifiers(void)
{
	ck_assert(identifier_parse("example.com", &identifiers[0], NULL));
	ck_assert(identifier_parse("*.example.com", &identifiers[1], NULL));
	ck_assert(identifier_parse("2001:db8::1", &identifiers[2], NULL));
}

static X509_REQ *request_of(EVP_PKEY *key, size_t count)
{
	struct error err = {0};
	size_t length;
	cleanup(string) char *text = csr_new(key, identifiers, count, &err);

	ck_assert_msg(text != NULL, "%s", err.text);
	cleanup(bytes) unsigned char *der = base64url_decode(text, &length);
	const unsigned char *at = der;
	X509_REQ *request = d2i_X509_REQ(NULL, &at, (long)length);
	ck_assert_ptr_nonnull(request);
	ck_assert_ptr_eq(at, der + length);
	return request;
}

static EVP_PKEY *key_of(int i)
{
	static const enum key_type types[] = {
		KEY_ECDSA_P256, KEY_ECDSA_P384, 0, KEY_ED25519};

	return i == 2 ? known_rsa_pair() : key_generate(types[i], NULL);
}

START_TEST(a_request_is_signed_by_its_key)
{
	static const int signatures[] = {NID_ecdsa_with_SHA256,
		NID_ecdsa_with_SHA384, NID_sha256WithRSAEncryption,
		NID_ED25519};
	cleanup(pkey) EVP_PKEY *key = key_of(_i);
	cleanup(x509_req) X509_REQ *request = request_of(key, 3);

	ck_assert_int_eq(X509_REQ_verify(request, key), 1);
	ck_assert_int_eq(EVP_PKEY_eq(X509_REQ_get0_pubkey(request), key), 1);
	ck_assert_int_eq(X509_REQ_get_signature_nid(request), signatures[_i]);
}
END_TEST

START_TEST(a_request_is_version_1_and_has_no_subject)
{
	cleanup(pkey) EVP_PKEY *key = key_generate(KEY_ECDSA_P256, NULL);
	cleanup(x509_req) X509_REQ *request = request_of(key, 3);

	ck_assert_int_eq(X509_REQ_get_version(request), 0);
	ck_assert_int_eq(
		X509_NAME_entry_count(X509_REQ_get_subject_name(request)), 0);
}
END_TEST

START_TEST(names_are_the_only_extension)
{
	cleanup(pkey) EVP_PKEY *key = key_generate(KEY_ECDSA_P256, NULL);
	cleanup(x509_req) X509_REQ *request = request_of(key, 3);
	X509_EXTENSIONS *extensions = X509_REQ_get_extensions(request);
	cleanup(general_names) GENERAL_NAMES *names =
		X509V3_get_d2i(extensions, NID_subject_alt_name, NULL, NULL);

	ck_assert_int_eq(sk_X509_EXTENSION_num(extensions), 1);
	ck_assert_int_eq(sk_GENERAL_NAME_num(names), 3);
	for (int i = 0; i < 3; i++) {
		int type;
		ASN1_STRING *value = GENERAL_NAME_get0_value(
			sk_GENERAL_NAME_value(names, i), &type);
		const char *bytes = (const char *)ASN1_STRING_get0_data(value);
		ck_assert_int_eq(type, i == 2 ? GEN_IPADD : GEN_DNS);
		if (i < 2)
			ck_assert_str_eq(bytes, identifiers[i].value);
		else
			ck_assert_mem_eq(bytes, identifiers[i].address, 16);
	}
	sk_X509_EXTENSION_pop_free(extensions, X509_EXTENSION_free);
}
END_TEST

START_TEST(a_request_without_names_is_refused)
{
	struct error err = {0};
	cleanup(pkey) EVP_PKEY *key = key_generate(KEY_ECDSA_P256, NULL);

	ck_assert_ptr_null(csr_new(key, identifiers, 0, &err));
	ck_assert_int_eq(err.kind, ERROR_REFUSED);
}
END_TEST

START_TEST(a_key_that_no_ca_signs_is_refused)
{
	struct error err = {0};
	cleanup(pkey) EVP_PKEY *key =
		EVP_PKEY_Q_keygen(NULL, NULL, "EC", "secp256k1");

	ck_assert_ptr_null(csr_new(key, identifiers, 1, &err));
	ck_assert_int_eq(err.kind, ERROR_REFUSED);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("csr");
	TCase *tests = tcase_create("csr");

	tcase_add_checked_fixture(tests, parse_identifiers, NULL);
	tcase_add_loop_test(tests, a_request_is_signed_by_its_key, 0, 4);
	tcase_add_test(tests, a_request_is_version_1_and_has_no_subject);
	tcase_add_test(tests, names_are_the_only_extension);
	tcase_add_test(tests, a_request_without_names_is_refused);
	tcase_add_test(tests, a_key_that_no_ca_signs_is_refused);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
