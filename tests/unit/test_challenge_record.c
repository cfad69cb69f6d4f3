/* SPDX-License-Identifier: MIT */
#include "challenge_record.h"

#include "key.h"
#include "known_key.h"
#include "mem.h"
#include "suite.h"
#include "text.h"

#include <check.h>
#undef fail

/* The key of RFC 7638; values computed with Python's hashlib. */
static const struct {
	const char *token;
	const char *value;
} VALUES[] = {
	{"evaGxfADs6pSRb2LAv9IZf17Dt3juxGJ-PCt92wr-oA",
		"ZTRx1Ckl1-tM05o5zaizTTA0yUy5AGereMgSNWC6Ll8"},
	{"DGyRejmCefe7v4NfDGDKfA",
		"Bs72Q7B-BSSQo4oDjA2qBR07GB6sc3hiG9zqaqvHx7U"},
	{"LoqXcYV8q5ONbJQxbmR7SCTNo3tiAXDfowyjxAjEuX0",
		"_cC5rvB9vM8qzT3MTBcTeVpQwtbNypBXyQnE4fhM9QQ"},
};

START_TEST(the_value_is_the_hash_of_the_key_authorization)
{
	char thumbprint[KEY_THUMBPRINT_SIZE];
	struct error err = {0};
	cleanup(pkey) EVP_PKEY *key = known_rsa_key(RFC7638_N, "AQAB", NULL);

	ck_assert(key_thumbprint(key, thumbprint, &err));
	ck_assert_str_eq(
		thumbprint, "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
	cleanup(string) char *authorization =
		text_format("%s.%s", VALUES[_i].token, thumbprint);
	cleanup(string) char *value = challenge_record_value(authorization);
	ck_assert_str_eq(value, VALUES[_i].value);
}
END_TEST

static const struct {
	enum challenge_type type;
	const char *identifier;
	const char *name;
} NAMES[] = {
	{CHALLENGE_DNS_01, "example.com", "_acme-challenge.example.com"},
	{CHALLENGE_DNS_01, "*.example.com", "_acme-challenge.example.com"},
	/* draft-ietf-acme-dns-account-label section 3.2. */
	{CHALLENGE_DNS_ACCOUNT_01, "example.org",
		"_ujmmovf2vn55tgye._acme-challenge.example.org"},
	{CHALLENGE_DNS_ACCOUNT_01, "*.example.org",
		"_ujmmovf2vn55tgye._acme-challenge.example.org"},
	{CHALLENGE_DNS_PERSIST_01, "*.example.com",
		"_validation-persist.example.com"},
};

#define ACCOUNT "https://example.com/acme/acct/ExampleAccount"

START_TEST(each_type_has_its_owner_name)
{
	struct identifier identifier;
	struct error err = {0};

	ck_assert(identifier_parse(NAMES[_i].identifier, &identifier, &err));
	cleanup(string) char *name = challenge_record_name(
		NAMES[_i].type, &identifier, ACCOUNT, &err);
	ck_assert_str_eq(name, NAMES[_i].name);
}
END_TEST

START_TEST(an_ip_address_has_no_record)
{
	struct identifier identifier;
	struct error err = {0};

	ck_assert(identifier_parse("192.0.2.7", &identifier, &err));
	ck_assert_ptr_null(challenge_record_name(
		CHALLENGE_DNS_01, &identifier, ACCOUNT, &err));
	ck_assert_int_eq(err.kind, ERROR_REFUSED);
	ck_assert_ptr_nonnull(strstr(err.text, "'192.0.2.7'"));
}
END_TEST

START_TEST(a_type_without_dns_has_no_record)
{
	struct identifier identifier;
	struct error err = {0};

	ck_assert(identifier_parse("a.example", &identifier, &err));
	ck_assert_ptr_null(challenge_record_name(
		CHALLENGE_HTTP_01, &identifier, ACCOUNT, &err));
	ck_assert_ptr_null(challenge_record_name(
		CHALLENGE_TLS_ALPN_01, &identifier, ACCOUNT, &err));
	ck_assert_ptr_null(challenge_record_name(
		CHALLENGE_DNS_ACCOUNT_01, &identifier, NULL, &err));
}
END_TEST

#define LABEL "a23456789-123456789-123456789-123456789-123456789-1234567."

START_TEST(a_name_that_gets_too_long_is_refused)
{
	struct identifier identifier;
	struct error err = {0};

	ck_assert(identifier_parse(
		LABEL LABEL LABEL LABEL "a23456.example", &identifier, &err));
	ck_assert_ptr_null(challenge_record_name(
		CHALLENGE_DNS_01, &identifier, NULL, &err));
	ck_assert_int_eq(err.kind, ERROR_REFUSED);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("challenge_record");
	TCase *tests = tcase_create("challenge_record");

	tcase_add_loop_test(tests,
		the_value_is_the_hash_of_the_key_authorization, 0,
		sizeof(VALUES) / sizeof(*VALUES));
	tcase_add_loop_test(tests, each_type_has_its_owner_name, 0,
		sizeof(NAMES) / sizeof(*NAMES));
	tcase_add_test(tests, an_ip_address_has_no_record);
	tcase_add_test(tests, a_type_without_dns_has_no_record);
	tcase_add_test(tests, a_name_that_gets_too_long_is_refused);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
