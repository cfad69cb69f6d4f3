/* SPDX-License-Identifier: MIT */
#include "certificate.h"

#include "key.h"
#include "known_chain.h"
#include "known_key.h"
#include "suite.h"
#include "text.h"

#include <check.h>
#undef fail

static struct identifier names[2];

static X509 *make(EVP_PKEY *key)
{
	struct error err = {0};

	ck_assert(identifier_parse("*.example.net", &names[0], NULL));
	ck_assert(identifier_parse("2001:db8::1", &names[1], NULL));
	X509 *placeholder =
		certificate_make_placeholder(key, names, 2, KNOWN_NOW, &err);
	ck_assert_msg(placeholder != NULL, "%s", err.text);
	return placeholder;
}

START_TEST(a_placeholder_is_known_by_its_facts)
{
	struct certificate_facts facts;
	cleanup(pkey) EVP_PKEY *key = key_generate(KEY_ECDSA_P256, NULL);
	cleanup(x509) X509 *placeholder = make(key);

	ck_assert(certificate_read_facts(placeholder, &facts, NULL));
	ck_assert(certificate_is_placeholder(&facts));
	ck_assert_str_eq(facts.issuer, "CN=acmed placeholder");
	ck_assert_str_eq(facts.ari_id, "");
	ck_assert_int_eq(facts.not_before, KNOWN_NOW);
	ck_assert_int_eq(certificate_lifetime(&facts), 30 * 86400);
	ck_assert(identifier_same_set(
		facts.identifiers, facts.identifier_count, names, 2));
	certificate_facts_clear(&facts);
}
END_TEST

START_TEST(a_server_can_start_with_a_placeholder)
{
	struct error err = {0};
	cleanup(pkey) EVP_PKEY *key =
		_i ? known_rsa_pair() : key_generate(KEY_ECDSA_P384, NULL);
	STACK_OF(X509) *made = sk_X509_new_null();
	sk_X509_push(made, make(key));
	cleanup(string) char *pem = certificate_chain_to_pem(made, 0, NULL);
	cleanup(chain) STACK_OF(X509) *chain =
		certificate_chain_parse(pem, strlen(pem), &err);
	struct certificate_wish wish = {
		.key = key,
		.identifiers = names,
		.identifier_count = 2,
		.now = KNOWN_NOW,
	};

	ck_assert_msg(certificate_check(chain, &wish, &err), "%s", err.text);
	certificate_chain_free(made);
}
END_TEST

START_TEST(others_are_no_placeholders)
{
	struct certificate_facts facts;
	struct known_chain known;

	known_chain_make(&known);
	cleanup(x509) X509 *forged = known_certificate(
		&(struct known_wish){.subject = "acmed placeholder",
			.key = known.key,
			.issuer_key = known.root_key});
	ck_assert(certificate_read_facts(known.root, &facts, NULL));
	ck_assert(facts.self_signed);
	ck_assert(!certificate_is_placeholder(&facts));
	certificate_facts_clear(&facts);
	ck_assert(certificate_read_facts(forged, &facts, NULL));
	ck_assert(!certificate_is_placeholder(&facts));
	certificate_facts_clear(&facts);
	known_chain_clear(&known);
}
END_TEST

START_TEST(two_placeholders_have_two_serials)
{
	cleanup(pkey) EVP_PKEY *key = key_generate(KEY_ECDSA_P256, NULL);
	cleanup(x509) X509 *a = make(key);
	cleanup(x509) X509 *b = make(key);

	ck_assert_int_ne(ASN1_INTEGER_cmp(X509_get0_serialNumber(a),
				 X509_get0_serialNumber(b)),
		0);
}
END_TEST

START_TEST(a_placeholder_needs_a_private_key)
{
	struct error err = {0};
	cleanup(pkey) EVP_PKEY *key = key_generate(KEY_ECDSA_P256, NULL);
	cleanup(x509) X509 *placeholder = make(key);
	cleanup(x509) X509 *copy = X509_dup(placeholder);

	ck_assert_ptr_null(certificate_make_placeholder(
		X509_get0_pubkey(copy), names, 2, KNOWN_NOW, &err));
	ck_assert_int_eq(err.kind, ERROR_LOCAL);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("placeholder");
	TCase *tests = tcase_create("placeholder");

	tcase_add_test(tests, a_placeholder_is_known_by_its_facts);
	tcase_add_loop_test(tests, a_server_can_start_with_a_placeholder, 0, 2);
	tcase_add_test(tests, others_are_no_placeholders);
	tcase_add_test(tests, two_placeholders_have_two_serials);
	tcase_add_test(tests, a_placeholder_needs_a_private_key);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
