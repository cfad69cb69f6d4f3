/* SPDX-License-Identifier: MIT */
#include "key.h"

#include "base64url.h"
#include "json.h"
#include "known_key.h"
#include "mem.h"
#include "suite.h"
#include "text.h"

#include <check.h>
#undef fail
#include <openssl/pem.h>

#define COUNT(array) ((int)(sizeof(array) / sizeof(*(array))))

static void has_thumbprint(const EVP_PKEY *key, const char *expected)
{
	char found[KEY_THUMBPRINT_SIZE];
	struct error err = {0};

	ck_assert_msg(key_thumbprint(key, found, &err), "%s", err.text);
	ck_assert_str_eq(found, expected);
}

START_TEST(types_have_names)
{
	for (int i = 0; i < KEY_TYPES; i++) {
		enum key_type type;
		ck_assert(
			key_type_parse(key_type_name((enum key_type)i), &type));
		ck_assert_int_eq((int)type, i);
	}
	enum key_type type;
	ck_assert(!key_type_parse("ecdsa-p521", &type));
	ck_assert(!key_type_parse("", &type));
}
END_TEST

static EVP_PKEY *from_pem(const char *pem)
{
	struct error err = {0};
	EVP_PKEY *key = key_from_pem(pem, strlen(pem), &err);

	ck_assert_msg(key != NULL, "%s", err.text);
	return key;
}

START_TEST(a_new_key_survives_pem)
{
	enum key_type wanted = (enum key_type)_i;
	enum key_type type;
	struct error err = {0};
	cleanup(pkey) EVP_PKEY *key = key_generate(wanted, &err);
	char *pem = key_to_pem(key, &err);
	cleanup(pkey) EVP_PKEY *back = from_pem(pem);

	ck_assert(text_starts_with(pem, "-----BEGIN PRIVATE KEY-----\n"));
	ck_assert_int_eq(EVP_PKEY_eq(key, back), 1);
	ck_assert(key_type_of(back, &type));
	ck_assert_int_eq(type, wanted);
	key_pem_free(pem);
}
END_TEST

START_TEST(freeing_no_pem_is_fine)
{
	key_pem_free(NULL);
}
END_TEST

static const char EC_PARAMETERS_AND_KEY[] =
	"-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n"
	"-----END EC PARAMETERS-----\n";

START_TEST(an_older_form_of_pem_is_read)
{
	cleanup(pkey) EVP_PKEY *key = key_generate(KEY_ECDSA_P256, NULL);
	cleanup(bio) BIO *bio = BIO_new(BIO_s_mem());
	char *data;

	BIO_puts(bio, EC_PARAMETERS_AND_KEY);
	PEM_write_bio_PrivateKey_traditional(
		bio, key, NULL, NULL, 0, NULL, NULL);
	long length = BIO_get_mem_data(bio, &data);
	cleanup(pkey) EVP_PKEY *back = key_from_pem(data, (size_t)length, NULL);
	ck_assert_int_eq(EVP_PKEY_eq(key, back), 1);
}
END_TEST

/* Fails by its deadline if it asks on the terminal. */
START_TEST(a_passphrase_is_never_asked_for)
{
	char passphrase[] = "secret";
	struct error err = {0};
	cleanup(pkey) EVP_PKEY *key = key_generate(KEY_ECDSA_P256, NULL);
	cleanup(bio) BIO *bio = BIO_new(BIO_s_mem());
	char *data;

	if (_i)
		PEM_write_bio_PKCS8PrivateKey(
			bio, key, EVP_aes_256_cbc(), passphrase, 6, NULL, NULL);
	else
		PEM_write_bio_PrivateKey_traditional(bio, key,
			EVP_aes_256_cbc(), (unsigned char *)passphrase, 6, NULL,
			NULL);
	long length = BIO_get_mem_data(bio, &data);
	ck_assert_ptr_null(key_from_pem(data, (size_t)length, &err));
	ck_assert_int_eq(err.kind, ERROR_REFUSED);
	ck_assert_str_eq(err.text, "private key has a passphrase");
}
END_TEST

START_TEST(what_is_no_key_is_refused)
{
	static const char *const texts[] = {"", "nonsense",
		"-----BEGIN PRIVATE KEY-----\n",
		"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE "
		"KEY-----\n",
		EC_PARAMETERS_AND_KEY};

	for (int i = 0; i < COUNT(texts); i++) {
		struct error err = {0};
		ck_assert_ptr_null(
			key_from_pem(texts[i], strlen(texts[i]), &err));
		ck_assert_int_eq(err.kind, ERROR_LOCAL);
	}
}
END_TEST

START_TEST(an_endless_key_is_refused)
{
	struct error err = {0};
	cleanup(string) char *much = mem_new(70000);

	ck_assert_ptr_null(key_from_pem(much, 70000, &err));
	ck_assert_int_eq(err.kind, ERROR_LOCAL);
}
END_TEST

START_TEST(other_keys_are_not_ours)
{
	enum key_type type;
	struct error err = {0};
	EVP_PKEY *others[] = {
		EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-521"),
		EVP_PKEY_Q_keygen(NULL, NULL, "EC", "secp256k1"),
		EVP_PKEY_Q_keygen(NULL, NULL, "EC", "brainpoolP256r1"),
		EVP_PKEY_Q_keygen(NULL, NULL, "ED448"),
		EVP_PKEY_Q_keygen(NULL, NULL, "X25519"),
		EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)1024),
	};

	for (int i = 0; i < COUNT(others); i++) {
		ck_assert(!key_type_of(others[i], &type));
		ck_assert_ptr_null(key_to_jwk(others[i], &err));
		ck_assert_int_eq(err.kind, ERROR_REFUSED);
		EVP_PKEY_free(others[i]);
	}
}
END_TEST

START_TEST(an_rsa_key_has_the_thumbprint_of_rfc_7638)
{
	cleanup(pkey) EVP_PKEY *key = known_rsa_key(RFC7638_N, "AQAB", NULL);

	has_thumbprint(key, "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
}
END_TEST

/* RFC 8037 appendix A.3. */
START_TEST(an_ed25519_key_has_the_thumbprint_of_rfc_8037)
{
	size_t size = 0;
	cleanup(bytes) unsigned char *bytes = base64url_decode(
		"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo", &size);
	cleanup(pkey) EVP_PKEY *key = EVP_PKEY_new_raw_public_key(
		EVP_PKEY_ED25519, NULL, bytes, size);

	has_thumbprint(key, "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
}
END_TEST

START_TEST(an_ec_key_has_the_thumbprint_of_rfc_7515)
{
	cleanup(pkey) EVP_PKEY *key =
		known_ec_key("P-256", RFC7515_X, RFC7515_Y);

	has_thumbprint(key, "oKIywvGUpTVTyxMQ3bwIIeQUudfr_CkLMjCE19ECD-U");
}
END_TEST

/* Tokens and values of TXT records for the key of RFC 7638. */
static const struct {
	const char *token;
	const char *value;
} AUTHORIZATIONS[] = {
	{"evaGxfADs6pSRb2LAv9IZf17Dt3juxGJ-PCt92wr-oA",
		"ZTRx1Ckl1-tM05o5zaizTTA0yUy5AGereMgSNWC6Ll8"},
	{"DGyRejmCefe7v4NfDGDKfA",
		"Bs72Q7B-BSSQo4oDjA2qBR07GB6sc3hiG9zqaqvHx7U"},
	{"LoqXcYV8q5ONbJQxbmR7SCTNo3tiAXDfowyjxAjEuX0",
		"_cC5rvB9vM8qzT3MTBcTeVpQwtbNypBXyQnE4fhM9QQ"},
};

START_TEST(key_authorizations_have_known_digests)
{
	unsigned char digest[32];
	char thumbprint[KEY_THUMBPRINT_SIZE];
	cleanup(pkey) EVP_PKEY *key = known_rsa_key(RFC7638_N, "AQAB", NULL);

	ck_assert(key_thumbprint(key, thumbprint, NULL));
	cleanup(string) char *text =
		text_format("%s.%s", AUTHORIZATIONS[_i].token, thumbprint);
	EVP_Digest(text, strlen(text), digest, NULL, EVP_sha256(), NULL);
	cleanup(string) char *value = base64url_encode(digest, sizeof(digest));
	ck_assert_str_eq(value, AUTHORIZATIONS[_i].value);
}
END_TEST

/* Multiples of the base point whose x or y begins with a zero byte; without
 * it they would be shorter (RFC 7518 section 6.2.1.2). */
static const struct {
	const char *curve;
	const char *x;
	const char *y;
} LEADING_ZEROS[] = {
	{"P-256", "mGriUG8f8QTQQjCGHY9LSY9LxMbQCbMPdUTcEpuC0o0",
		"ADzMwKZGDgrjKKTZfTx7YdhvxiicGJ8lJREMRBuwfpc"},
	{"P-256", "AFVDiUrz0A7X10Cr29dclrBod7eH219w7qeLkKjXwAo",
		"u0yFo9jqKe-q-iRAaRLdhNWxTcMr9lbvbGvVil2UP5I"},
	{"P-384",
		"0DqnSPX0jrPgxUtoPyXS4tfX4yASgqlbV6Wf-4-Uz0xDsRB8qUS5IRw1ERLe"
		"Fu0Y",
		"AAoIxgLcXgAx2tCIwZMF9rJSorw_JF96W4C0hMe5n2mBwyN0xxSnaDJV9TMf"
		"ZrsG"},
	{"P-384",
		"AE0QSybuVnH3LBDJhoQdPmXSheJRYWG3uqNBsSYxueMrbw1YlthDHFHV2To3"
		"y8kO",
		"8RoeP4t7kFOO5CzADuk0puLuJVQWB9j7ZceosR4viGhTiG7vOGXskzIAufJV"
		"mfKf"},
};

START_TEST(coordinates_keep_their_leading_zeros)
{
	cleanup(pkey) EVP_PKEY *key = known_ec_key(LEADING_ZEROS[_i].curve,
		LEADING_ZEROS[_i].x, LEADING_ZEROS[_i].y);
	cleanup(json) json_t *jwk = key_to_jwk(key, NULL);
	cleanup(string) char *text = json_write(jwk);
	cleanup(string) char *expected = text_format(
		"{\"crv\":\"%s\",\"kty\":\"EC\",\"x\":\"%s\",\"y\":\"%s\"}",
		LEADING_ZEROS[_i].curve, LEADING_ZEROS[_i].x,
		LEADING_ZEROS[_i].y);

	ck_assert_str_eq(text, expected);
}
END_TEST

START_TEST(an_rsa_jwk_has_three_members_in_order)
{
	cleanup(pkey) EVP_PKEY *key = known_rsa_key(RFC7638_N, "AQAB", NULL);
	cleanup(json) json_t *jwk = key_to_jwk(key, NULL);
	cleanup(string) char *text = json_write(jwk);

	ck_assert_str_eq(text,
		"{\"e\":\"AQAB\",\"kty\":\"RSA\",\"n\":\"" RFC7638_N "\"}");
}
END_TEST

START_TEST(a_hash_is_of_the_public_half)
{
	char private_hash[KEY_HASH_SIZE];
	char public_hash[KEY_HASH_SIZE];
	cleanup(pkey) EVP_PKEY *key = key_generate(KEY_ECDSA_P256, NULL);
	cleanup(bio) BIO *bio = BIO_new(BIO_s_mem());

	PEM_write_bio_PUBKEY(bio, key);
	cleanup(pkey) EVP_PKEY *public =
		PEM_read_bio_PUBKEY(bio, NULL, NULL, NULL);
	ck_assert(key_hash(key, private_hash, NULL));
	ck_assert(key_hash(public, public_hash, NULL));
	ck_assert_str_eq(private_hash, public_hash);
	ck_assert_uint_eq(strspn(public_hash, "0123456789abcdef"), 64);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("key");
	TCase *tests = tcase_create("key");

	tcase_add_test(tests, types_have_names);
	tcase_add_loop_test(
		tests, a_new_key_survives_pem, KEY_ECDSA_P256, KEY_RSA_3072);
	tcase_add_test(tests, an_ed25519_key_has_the_thumbprint_of_rfc_8037);
	tcase_add_loop_test(
		tests, a_new_key_survives_pem, KEY_ED25519, KEY_ED25519 + 1);
	tcase_add_test(tests, freeing_no_pem_is_fine);
	tcase_add_test(tests, an_older_form_of_pem_is_read);
	tcase_add_loop_test(tests, a_passphrase_is_never_asked_for, 0, 2);
	tcase_add_test(tests, what_is_no_key_is_refused);
	tcase_add_test(tests, an_endless_key_is_refused);
	tcase_add_test(tests, other_keys_are_not_ours);
	tcase_add_test(tests, an_rsa_key_has_the_thumbprint_of_rfc_7638);
	tcase_add_test(tests, an_ec_key_has_the_thumbprint_of_rfc_7515);
	tcase_add_loop_test(tests, key_authorizations_have_known_digests, 0,
		COUNT(AUTHORIZATIONS));
	tcase_add_loop_test(tests, coordinates_keep_their_leading_zeros, 0,
		COUNT(LEADING_ZEROS));
	tcase_add_test(tests, an_rsa_jwk_has_three_members_in_order);
	tcase_add_test(tests, a_hash_is_of_the_public_half);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
