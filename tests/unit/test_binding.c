/* SPDX-License-Identifier: MIT */
#include "binding.h"

#include "base64url.h"
#include "json.h"
#include "known_key.h"
#include "mem.h"
#include "suite.h"

#include <check.h>
#undef fail

/* Pebble's key of kid-1, over the key of RFC 7515 appendix A.3; computed with
 * Python's hmac. */
START_TEST(a_binding_is_the_one_that_others_compute)
{
	size_t length = 0;
	unsigned char *key = base64_secret_decode(
		"zWNDZM6eQGHWpSRTPal5eIUYFTu7EajVIoguysqZ9wG44nMEtx3MUAsUDkMT"
		"Q12W",
		&length);
	const struct binding binding = {.kid = "kid-1",
		.url = "https://example.com/acme/new-account",
		.key = key,
		.key_length = length};
	cleanup(json) json_t *jwk = json_pack("{s:s, s:s, s:s, s:s}", "crv",
		"P-256", "kty", "EC", "x", RFC7515_X, "y", RFC7515_Y);
	struct error err = {0};
	cleanup(json) json_t *jws = binding_sign(&binding, jwk, &err);

	ck_assert_ptr_nonnull(jws);
	ck_assert_str_eq(member_string_or(jws, "signature", ""),
		"GZqEucEBczfV8tJQLfKNSw1kZrQxhK205o1r00CLMD8");
	cleanup(bytes) unsigned char *header = base64url_decode(
		member_string_or(jws, "protected", ""), &length);
	ck_assert_uint_eq(json_object_size(jws), 3);
	ck_assert_mem_eq(header,
		"{\"alg\":\"HS256\",\"kid\":\"kid-1\",\"url\":"
		"\"https://example.com/acme/new-account\"}",
		length);
	base64_secret_free(key, 0);
}
END_TEST

/* The forms that CAs hand out (lego#2634). */
static const char *const FORMS[] = {
	"-_-_QUJD",
	"+/+/QUJD",
	"-_-_QUJDRA",
	"-_-_QUJDRA==",
	"+/+/QUJDRA==",
};

START_TEST(a_key_is_read_in_every_form_that_cas_hand_out)
{
	static const unsigned char BYTES[] = {
		0xfb, 0xff, 0xbf, 'A', 'B', 'C', 'D'};
	size_t length = 0;
	unsigned char *key = base64_secret_decode(FORMS[_i], &length);

	ck_assert_ptr_nonnull(key);
	ck_assert_uint_eq(length, _i < 2 ? 6 : 7);
	ck_assert_mem_eq(key, BYTES, length);
	base64_secret_free(key, length);
}
END_TEST

START_TEST(a_key_that_is_none_is_refused)
{
	size_t length = 0;

	ck_assert_ptr_null(base64_secret_decode("QUJD===", &length));
	ck_assert_ptr_null(base64_secret_decode("QU JD", &length));
	ck_assert_ptr_null(base64_secret_decode("QUJDR", &length));
	ck_assert_ptr_null(base64_secret_decode("\xc3\xa4", &length));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("binding");
	TCase *tests = tcase_create("binding");

	tcase_add_test(tests, a_binding_is_the_one_that_others_compute);
	tcase_add_loop_test(tests,
		a_key_is_read_in_every_form_that_cas_hand_out, 0,
		sizeof(FORMS) / sizeof(*FORMS));
	tcase_add_test(tests, a_key_that_is_none_is_refused);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
