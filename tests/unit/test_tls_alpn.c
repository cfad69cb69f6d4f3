/* SPDX-License-Identifier: MIT */
#include "tls_alpn.h"

#include "key.h"
#include "mem.h"
#include "suite.h"

#include <check.h>
#include <openssl/x509v3.h>
#undef fail

#define NOW ((int64_t)1790000000)

/* The first key authorization of the dns-01 vectors, with the key of
 * RFC 7638; the extension as the openssl program writes it. */
#define ANSWER \
	"evaGxfADs6pSRb2LAv9IZf17Dt3juxGJ-PCt92wr-oA." \
	"NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"
#define EXTENSION \
	"303106082b0601050507011f0101ff04220420653471d42925d7eb4cd39a39cda8b3" \
	"4d3034c94cb90067ab78c8123560ba2e5f"

static EVP_PKEY *key;

static void prepare(void)
{
	struct error err = {0};

	key = key_generate(KEY_ECDSA_P256, &err);
}

static void clean(void)
{
	EVP_PKEY_free(key);
}

static X509 *make(const char *name)
{
	struct identifier identifier;
	struct error err = {0};

	ck_assert(identifier_parse(name, &identifier, &err));
	return tls_alpn_certificate(key, &identifier, ANSWER, NOW, &err);
}

static void check_hex(unsigned char *der, int length, const char *hex)
{
	long size = 0;
	unsigned char *expected = OPENSSL_hexstr2buf(hex, &size);

	ck_assert_int_eq(length, size);
	ck_assert_mem_eq(der, expected, (size_t)size);
	OPENSSL_free(expected);
	OPENSSL_free(der);
}

START_TEST(the_extension_is_the_one_of_the_rfc)
{
	cleanup(x509) X509 *certificate = make("a.example");
	unsigned char *der = NULL;

	ck_assert_int_eq(X509_get_ext_count(certificate), 2);
	X509_EXTENSION *extension = X509_get_ext(certificate, 1);
	ck_assert_int_eq(X509_EXTENSION_get_critical(extension), 1);
	int length = i2d_X509_EXTENSION(extension, &der);
	check_hex(der, length, EXTENSION);
}
END_TEST

START_TEST(it_answers_one_challenge_only)
{
	cleanup(x509) X509 *certificate = make("a.example");

	ck_assert(tls_alpn_answers(certificate, ANSWER));
	ck_assert(!tls_alpn_answers(certificate, ANSWER "x"));
	cleanup(x509) X509 *other = X509_new();
	ck_assert(!tls_alpn_answers(other, ANSWER));
}
END_TEST

/* Boulder compares the bytes: SEQUENCE { [2] name } or { [7] address }. */
static const struct {
	const char *name;
	const char *value;
} NAMES[] = {
	{"a.example", "300b8209612e6578616d706c65"},
	{"A.Example", "300b8209612e6578616d706c65"},
	{"192.0.2.7", "30068704c0000207"},
	{"2001:db8::1", "3012871020010db8000000000000000000000001"},
};

START_TEST(the_certificate_has_exactly_one_name)
{
	cleanup(x509) X509 *certificate = make(NAMES[_i].name);
	int at = X509_get_ext_by_NID(certificate, NID_subject_alt_name, -1);
	const ASN1_OCTET_STRING *value =
		X509_EXTENSION_get_data(X509_get_ext(certificate, at));
	int length = ASN1_STRING_length(value);

	check_hex(OPENSSL_memdup(ASN1_STRING_get0_data(value), (size_t)length),
		length, NAMES[_i].value);
}
END_TEST

START_TEST(it_is_signed_by_itself)
{
	cleanup(x509) X509 *certificate = make("a.example");

	ck_assert_int_eq(X509_self_signed(certificate, 1), 1);
	ck_assert_int_eq(X509_check_private_key(certificate, key), 1);
	ck_assert_int_eq(X509_get_version(certificate), 2);
	time_t now = NOW;
	ck_assert_int_lt(
		X509_cmp_time(X509_get0_notBefore(certificate), &now), 0);
	ck_assert_int_gt(
		X509_cmp_time(X509_get0_notAfter(certificate), &now), 0);
}
END_TEST

START_TEST(a_wildcard_cannot_be_validated)
{
	ck_assert_ptr_null(make("*.a.example"));
}
END_TEST

/* RFC 8738 section 6, RFC 3596 section 2.5. */
static const struct {
	const char *identifier;
	const char *name;
} SERVER_NAMES[] = {
	{"a.example", "a.example"},
	{"192.0.2.7", "7.2.0.192.in-addr.arpa"},
	{"255.255.255.255", "255.255.255.255.in-addr.arpa"},
	{"2001:db8::1",
		"1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0."
		"0.2.ip6.arpa"},
	{"ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe",
		"e.f.f.f.f.f.f.f.f.f.f.f.f.f.f.f.f.f.f.f.f.f.f.f.f.f.f.f.f.f."
		"f.f.ip6.arpa"},
};

START_TEST(the_server_name_of_an_address_is_its_reverse_name)
{
	struct identifier identifier;
	char name[256];
	struct error err = {0};

	ck_assert(identifier_parse(
		SERVER_NAMES[_i].identifier, &identifier, &err));
	tls_alpn_server_name(&identifier, name);
	ck_assert_str_eq(name, SERVER_NAMES[_i].name);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("tls_alpn");
	TCase *tests = tcase_create("tls_alpn");

	tcase_add_checked_fixture(tests, prepare, clean);
	tcase_add_test(tests, the_extension_is_the_one_of_the_rfc);
	tcase_add_test(tests, it_answers_one_challenge_only);
	tcase_add_loop_test(tests, the_certificate_has_exactly_one_name, 0,
		sizeof(NAMES) / sizeof(*NAMES));
	tcase_add_test(tests, it_is_signed_by_itself);
	tcase_add_test(tests, a_wildcard_cannot_be_validated);
	tcase_add_loop_test(tests,
		the_server_name_of_an_address_is_its_reverse_name, 0,
		sizeof(SERVER_NAMES) / sizeof(*SERVER_NAMES));
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
