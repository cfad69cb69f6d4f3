/* SPDX-License-Identifier: MIT */
#include "jws.h"

#include "base64url.h"
#include "json.h"
#include "key.h"
#include "known_key.h"
#include "mem.h"
#include "suite.h"
#include "text.h"

#include <check.h>
#undef fail

#define URL "https://ca.example/acme/new-order"
#define KID "https://ca.example/acct/1"

static const struct jws_header HEADER = {
	.url = URL, .nonce = "bm9uY2U", .kid = KID};

static json_t *sign(
	EVP_PKEY *key, const struct jws_header *header, const char *payload)
{
	struct error err = {0};
	cleanup(string) char *text = jws_sign(key, header, payload, &err);

	ck_assert_msg(text != NULL, "%s", err.text);
	json_t *jws = json_read(text, strlen(text), "jws", NULL);
	ck_assert_ptr_nonnull(jws);
	return jws;
}

/* The JSON of the protected header. */
static char *header_of(const json_t *jws)
{
	size_t length;
	cleanup(bytes) unsigned char *bytes = base64url_decode(
		member_string_or(jws, "protected", ""), &length);

	ck_assert_ptr_nonnull(bytes);
	char *text = strndup((char *)bytes, length);
	ck_assert_ptr_nonnull(text);
	return text;
}

static bool fits(EVP_PKEY *key, const json_t *jws, const char *digest)
{
	cleanup(string) char *input =
		text_format("%s.%s", member_string_or(jws, "protected", ""),
			member_string_or(jws, "payload", ""));

	return known_signature_fits(
		key, digest, input, member_string_or(jws, "signature", ""));
}

static size_t signature_length(const json_t *jws)
{
	return strlen(member_string_or(jws, "signature", ""));
}

START_TEST(the_signature_of_rfc_7515_verifies)
{
	static const char input[] =
		"eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkz"
		"ODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
	static const char signature[] =
		"DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISl"
		"SApmWQxfKTUJqPP3-Kg6NU1Q";
	cleanup(pkey) EVP_PKEY *key =
		known_ec_key("P-256", RFC7515_X, RFC7515_Y);

	ck_assert(known_signature_fits(key, "SHA256", input, signature));
	ck_assert(!known_signature_fits(key, "SHA256", input + 1, signature));
}
END_TEST

/* RFC 8037 appendix A.4. */
START_TEST(the_signature_of_rfc_8037_verifies)
{
	static const char input[] =
		"eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc";
	static const char signature[] =
		"hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg"
		"5BhVsPt9g7sVvpAr_MuM0KAg";
	size_t size = 0;
	cleanup(bytes) unsigned char *bytes = base64url_decode(
		"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo", &size);
	cleanup(pkey) EVP_PKEY *key = EVP_PKEY_new_raw_public_key(
		EVP_PKEY_ED25519, NULL, bytes, size);

	ck_assert(known_signature_fits(key, NULL, input, signature));
	ck_assert(!known_signature_fits(key, NULL, input + 1, signature));
}
END_TEST

START_TEST(a_body_has_three_members)
{
	cleanup(pkey) EVP_PKEY *key = key_generate(KEY_ECDSA_P256, NULL);
	cleanup(json) json_t *jws = sign(key, &HEADER, "{}");

	ck_assert_uint_eq(json_object_size(jws), 3);
	ck_assert_str_eq(member_string_or(jws, "payload", ""), "e30");
	ck_assert(fits(key, jws, "SHA256"));
}
END_TEST

START_TEST(a_post_as_get_has_an_empty_payload)
{
	cleanup(pkey) EVP_PKEY *key = key_generate(KEY_ECDSA_P256, NULL);
	cleanup(json) json_t *jws = sign(key, &HEADER, "");

	ck_assert_str_eq(member_string_or(jws, "payload", "none"), "");
	ck_assert(fits(key, jws, "SHA256"));
}
END_TEST

START_TEST(an_account_is_named_by_its_url)
{
	cleanup(pkey) EVP_PKEY *key = key_generate(KEY_ECDSA_P256, NULL);
	cleanup(json) json_t *jws = sign(key, &HEADER, "{}");
	cleanup(string) char *header = header_of(jws);

	ck_assert_str_eq(header,
		"{\"alg\":\"ES256\",\"kid\":\"" KID
		"\",\"nonce\":\"bm9uY2U\",\"url\":\"" URL "\"}");
}
END_TEST

START_TEST(without_an_account_the_key_itself_goes_along)
{
	struct jws_header header = {.url = URL, .nonce = "bm9uY2U"};
	cleanup(pkey) EVP_PKEY *key = key_generate(KEY_ECDSA_P256, NULL);
	cleanup(json) json_t *jws = sign(key, &header, "{}");
	cleanup(string) char *text = header_of(jws);
	cleanup(json) json_t *members =
		json_read(text, strlen(text), "header", NULL);
	cleanup(json) json_t *jwk = key_to_jwk(key, NULL);

	ck_assert_int_eq(json_equal(jwk, json_object_get(members, "jwk")), 1);
	ck_assert_ptr_null(json_object_get(members, "kid"));
}
END_TEST

START_TEST(an_inner_jws_has_no_nonce)
{
	struct jws_header header = {.url = URL};
	cleanup(pkey) EVP_PKEY *key = key_generate(KEY_ECDSA_P256, NULL);
	cleanup(json) json_t *jws = sign(key, &header, "{}");
	cleanup(string) char *text = header_of(jws);

	ck_assert_ptr_null(strstr(text, "nonce"));
}
END_TEST

START_TEST(a_strange_url_goes_out_as_it_came)
{
	static const char url[] = "https://ca.example/a\"b\\c?\303\274/%7e";
	struct jws_header header = {.url = url, .kid = KID};
	cleanup(pkey) EVP_PKEY *key = key_generate(KEY_ECDSA_P256, NULL);
	cleanup(json) json_t *jws = sign(key, &header, "{}");
	cleanup(string) char *text = header_of(jws);
	cleanup(json) json_t *members =
		json_read(text, strlen(text), "header", NULL);

	ck_assert_str_eq(member_string_or(members, "url", ""), url);
}
END_TEST

static bool has_leading_zero(const json_t *jws)
{
	size_t length;
	cleanup(bytes) unsigned char *bytes = base64url_decode(
		member_string_or(jws, "signature", ""), &length);

	ck_assert_uint_eq(length, 64);
	return !bytes[0] || !bytes[32];
}

/* R or S begins with a zero byte in one signature of 128: goes on until it
 * does. */
START_TEST(signatures_keep_their_leading_zeros)
{
	cleanup(pkey) EVP_PKEY *key = key_generate(KEY_ECDSA_P256, NULL);
	cleanup(json) json_t *jws = sign(key, &HEADER, "{}");

	while (!has_leading_zero(jws)) {
		json_decref(jws);
		jws = sign(key, &HEADER, "{}");
	}
	ck_assert(fits(key, jws, "SHA256"));
}
END_TEST

START_TEST(p_384_signs_es384)
{
	cleanup(pkey) EVP_PKEY *key = key_generate(KEY_ECDSA_P384, NULL);
	cleanup(json) json_t *jws = sign(key, &HEADER, "{}");

	ck_assert_str_eq(jws_algorithm(key), "ES384");
	ck_assert_uint_eq(signature_length(jws), 128);
	ck_assert(fits(key, jws, "SHA384"));
}
END_TEST

START_TEST(rsa_signs_rs256)
{
	/* RFC 7515 appendix A.2. */
	static const char input[] =
		"eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkz"
		"ODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
	static const char signature[] =
		"cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZm"
		"h7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKB"
		"YNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L"
		"07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6Bf"
		"I7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWk"
		"WywlVmtVrBp0igcN_IoypGlUPQGe77Rw";
	cleanup(pkey) EVP_PKEY *key = known_rsa_pair();
	cleanup(json) json_t *jws = sign(key, &HEADER, "{}");

	ck_assert(known_signature_fits(key, "SHA256", input, signature));
	ck_assert_str_eq(jws_algorithm(key), "RS256");
	ck_assert(fits(key, jws, "SHA256"));
}
END_TEST

/* RFC 8037 section 3.1: of the key in its appendix A.1. */
START_TEST(ed25519_signs_eddsa)
{
	size_t size = 0;
	cleanup(bytes) unsigned char *bytes = base64url_decode(
		"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A", &size);
	cleanup(pkey) EVP_PKEY *key = EVP_PKEY_new_raw_private_key(
		EVP_PKEY_ED25519, NULL, bytes, size);
	cleanup(json) json_t *jws = sign(key, &HEADER, "{}");

	ck_assert_str_eq(jws_algorithm(key), "EdDSA");
	ck_assert_uint_eq(signature_length(jws), 86);
	ck_assert(fits(key, jws, NULL));
}
END_TEST

START_TEST(a_key_without_an_algorithm_cannot_sign)
{
	struct error err = {0};
	cleanup(pkey) EVP_PKEY *key =
		EVP_PKEY_Q_keygen(NULL, NULL, "EC", "secp256k1");

	ck_assert_ptr_null(jws_algorithm(key));
	ck_assert_ptr_null(jws_sign(key, &HEADER, "{}", &err));
	ck_assert_int_eq(err.kind, ERROR_REFUSED);
}
END_TEST

START_TEST(a_public_key_cannot_sign)
{
	struct error err = {0};
	cleanup(pkey) EVP_PKEY *key =
		known_ec_key("P-256", RFC7515_X, RFC7515_Y);

	ck_assert_ptr_null(jws_sign(key, &HEADER, "{}", &err));
	ck_assert_int_eq(err.kind, ERROR_LOCAL);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("jws");
	TCase *tests = tcase_create("jws");

	tcase_add_test(tests, the_signature_of_rfc_7515_verifies);
	tcase_add_test(tests, the_signature_of_rfc_8037_verifies);
	tcase_add_test(tests, a_body_has_three_members);
	tcase_add_test(tests, a_post_as_get_has_an_empty_payload);
	tcase_add_test(tests, an_account_is_named_by_its_url);
	tcase_add_test(tests, without_an_account_the_key_itself_goes_along);
	tcase_add_test(tests, an_inner_jws_has_no_nonce);
	tcase_add_test(tests, a_strange_url_goes_out_as_it_came);
	tcase_add_test(tests, signatures_keep_their_leading_zeros);
	tcase_add_test(tests, p_384_signs_es384);
	tcase_add_test(tests, rsa_signs_rs256);
	tcase_add_test(tests, ed25519_signs_eddsa);
	tcase_add_test(tests, a_key_without_an_algorithm_cannot_sign);
	tcase_add_test(tests, a_public_key_cannot_sign);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
