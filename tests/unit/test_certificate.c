/* SPDX-License-Identifier: MIT */
#include "certificate.h"

#include "key.h"
#include "known_chain.h"
#include "suite.h"
#include "text.h"

#include <check.h>
#undef fail
#include <openssl/pem.h>
#include <stdio.h>

#define YEAR_1 INT64_C(-62135596800)

static struct known_chain known;

static void make_chain(void)
{
	known_chain_make(&known);
}

static void clear_chain(void)
{
	known_chain_clear(&known);
}

static struct certificate_facts facts_of(X509 *leaf)
{
	struct certificate_facts facts;
	struct error err = {0};

	ck_assert_msg(
		certificate_read_facts(leaf, &facts, &err), "%s", err.text);
	return facts;
}

/* The certificate of RFC 9773 appendix A. */
static X509 *read_ari_example(void)
{
	const char *top = getenv("TEST_TOP");
	cleanup(string) char *path = text_format(
		"%s/tests/unit/data/ari-example.pem", top ? top : ".");
	FILE *file = fopen(path, "re");

	ck_assert_msg(file != NULL, "%s", path);
	X509 *certificate = PEM_read_X509(file, NULL, NULL, NULL);
	fclose(file);
	return certificate;
}

START_TEST(the_example_of_rfc_9773_has_its_id)
{
	cleanup(x509) X509 *certificate = read_ari_example();
	struct certificate_facts facts = facts_of(certificate);

	ck_assert_str_eq(facts.ari_id, "aYhba4dGQEHhs3uEe6CuLN4ByNQ.AIdlQyE");
	ck_assert_str_eq(facts.serial, "0087654321");
	ck_assert_str_eq(facts.issuer, "CN=Example CA");
	ck_assert_int_eq(facts.not_before, YEAR_1);
	ck_assert_int_eq(facts.not_after, YEAR_1);
	ck_assert_int_eq(certificate_lifetime(&facts), 1);
	ck_assert_uint_eq(facts.identifier_count, 0);
	certificate_facts_clear(&facts);
}
END_TEST

START_TEST(a_leaf_says_who_it_is)
{
	struct certificate_facts facts = facts_of(known.leaf);

	ck_assert_str_eq(facts.serial, "00ab12");
	ck_assert_str_eq(facts.issuer, "CN=Middle");
	ck_assert_uint_eq(strspn(facts.fingerprint, "0123456789abcdef"), 64);
	ck_assert(text_ends_with(facts.ari_id, ".AKsS"));
	ck_assert(!facts.self_signed);
	ck_assert_int_eq(certificate_lifetime(&facts), 90 * 86400 + 1);
	ck_assert_uint_eq(facts.identifier_count, 3);
	ck_assert_str_eq(facts.identifiers[0].value, "www.example.net");
	ck_assert_str_eq(facts.identifiers[1].value, "*.a.example.net");
	ck_assert_str_eq(facts.identifiers[2].value, "192.0.2.7");
	certificate_facts_clear(&facts);
	certificate_facts_clear(&facts);
}
END_TEST

START_TEST(a_serial_keeps_its_sign_byte_and_no_more)
{
	static const char *const serials[][2] = {{"7f", "7f"}, {"80", "0080"},
		{"00", "00"}, {"0102", "0102"},
		{"ffffffffffffffffffffffffffffffffffffffff",
			"00ffffffffffffffffffffffffffffffffffffffff"}};

	for (int i = 0; i < 5; i++) {
		cleanup(x509) X509 *leaf = known_leaf(
			&known, (struct known_wish){.serial = serials[i][0]});
		struct certificate_facts facts = facts_of(leaf);
		ck_assert_str_eq(facts.serial, serials[i][1]);
		certificate_facts_clear(&facts);
	}
}
END_TEST

static void refuses(X509 *leaf, const char *word)
{
	struct certificate_facts facts;
	struct error err = {0};

	ck_assert(!certificate_read_facts(leaf, &facts, &err));
	ck_assert_ptr_nonnull(strstr(err.text, word));
	ck_assert_int_eq(err.kind, ERROR_TRANSIENT);
	ck_assert_str_eq(err.code, "K6");
	ck_assert_ptr_null(facts.identifiers);
	ck_assert_uint_eq(facts.identifier_count, 0);
}

START_TEST(an_endless_serial_is_refused)
{
	char serial[513];

	memset(serial, '7', sizeof(serial) - 1);
	serial[sizeof(serial) - 1] = '\0';
	cleanup(x509) X509 *leaf =
		known_leaf(&known, (struct known_wish){.serial = serial});
	refuses(leaf, "serial");
}
END_TEST

static GENERAL_NAMES *one_name(int type, const char *bytes, int length)
{
	GENERAL_NAMES *names = GENERAL_NAMES_new();
	GENERAL_NAME *name = GENERAL_NAME_new();
	ASN1_STRING *value = ASN1_STRING_type_new(
		type == GEN_IPADD ? V_ASN1_OCTET_STRING : V_ASN1_IA5STRING);

	ASN1_STRING_set(value, bytes, length);
	GENERAL_NAME_set0_value(name, type, value);
	sk_GENERAL_NAME_push(names, name);
	return names;
}

static X509 *leaf_for(int type, const char *bytes, int length)
{
	cleanup(general_names) GENERAL_NAMES *names =
		one_name(type, bytes, length);

	return known_leaf(&known, (struct known_wish){.names = names});
}

START_TEST(a_nul_in_a_name_is_refused)
{
	cleanup(x509) X509 *leaf =
		leaf_for(GEN_DNS, "www.example.net\0.evil.example", 29);

	refuses(leaf, "'www.example.net?.evil.example'");
}
END_TEST

START_TEST(bytes_that_are_no_text_are_refused)
{
	cleanup(x509) X509 *leaf = leaf_for(GEN_DNS, "\303\274.example", 10);

	refuses(leaf, "no text");
}
END_TEST

START_TEST(an_address_of_odd_length_is_refused)
{
	cleanup(x509) X509 *leaf = leaf_for(GEN_IPADD, "12345", 5);

	refuses(leaf, "5 bytes");
}
END_TEST

START_TEST(names_that_nobody_can_order_are_left_out)
{
	static const struct {
		int type;
		const char *text;
	} others[] = {{GEN_DNS, "nas"}, {GEN_DNS, "a_b.example"},
		{GEN_DNS, "192.0.2.1"}, {GEN_DNS, ""},
		{GEN_EMAIL, "root@example.net"},
		{GEN_URI, "https://a.example"}};

	for (int i = 0; i < 6; i++) {
		cleanup(x509) X509 *leaf = leaf_for(others[i].type,
			others[i].text, (int)strlen(others[i].text));
		struct certificate_facts facts = facts_of(leaf);
		ck_assert_uint_eq(facts.identifier_count, 0);
		certificate_facts_clear(&facts);
	}
}
END_TEST

START_TEST(two_lists_of_names_are_refused)
{
	X509 *leaf = known.leaf;
	cleanup(general_names) GENERAL_NAMES *names =
		known_names("b.example.net", NULL);

	X509_add1_ext_i2d(
		leaf, NID_subject_alt_name, names, 0, X509V3_ADD_APPEND);
	refuses(leaf, "no list of names");
}
END_TEST

START_TEST(a_long_list_of_names_is_refused)
{
	cleanup(general_names) GENERAL_NAMES *names =
		one_name(GEN_DNS, "a.example", 9);

	for (int i = 0; i < 1000; i++) {
		GENERAL_NAMES *more = one_name(GEN_DNS, "a.example", 9);
		sk_GENERAL_NAME_push(names, sk_GENERAL_NAME_pop(more));
		sk_GENERAL_NAME_free(more);
	}
	cleanup(x509) X509 *leaf =
		known_leaf(&known, (struct known_wish){.names = names});
	refuses(leaf, "no list of names");
}
END_TEST

START_TEST(an_issuer_is_one_printable_line)
{
	cleanup(x509) X509 *odd = known_certificate(&(struct known_wish){
		.subject = "a\nb\033[31m\303\274", .key = known.key});
	struct certificate_facts facts = facts_of(odd);

	ck_assert_str_eq(facts.issuer, "CN=a\\0Ab\\1B[31m\303\274");
	ck_assert(facts.self_signed);
	certificate_facts_clear(&facts);
}
END_TEST

START_TEST(a_forged_signature_is_not_ones_own)
{
	cleanup(x509) X509 *forged =
		known_certificate(&(struct known_wish){.subject = "Root",
			.key = known.key,
			.issuer_key = known.root_key});
	struct certificate_facts facts = facts_of(forged);

	ck_assert(!facts.self_signed);
	certificate_facts_clear(&facts);
}
END_TEST

START_TEST(without_a_key_identifier_there_is_no_ari_id)
{
	known_drop_authority_key(known.leaf);
	X509_sign(known.leaf, known.middle_key, EVP_sha256());
	cleanup(x509) X509 *leaf = X509_dup(known.leaf);
	struct certificate_facts facts = facts_of(leaf);

	ck_assert_str_eq(facts.ari_id, "");
	certificate_facts_clear(&facts);
}
END_TEST

static const struct {
	const char *text;
	int64_t when;
} DATES[] = {
	{"00010101000000Z", YEAR_1},
	{"491231235959Z", INT64_C(2524607999)},
	{"20491231235959Z", INT64_C(2524607999)},
	{"500101000000Z", INT64_C(-631152000)},
	{"20500101000000Z", INT64_C(2524608000)},
	{"99991231235959Z", INT64_C(253402300799)},
};

START_TEST(dates_of_either_kind_are_read)
{
	ASN1_TIME *time = ASN1_TIME_new();
	int64_t when;

	ck_assert_int_eq(ASN1_TIME_set_string(time, DATES[_i].text), 1);
	ck_assert(certificate_time(time, &when));
	ck_assert_int_eq(when, DATES[_i].when);
	ASN1_TIME_free(time);
}
END_TEST

START_TEST(a_missing_date_is_not_now)
{
	ASN1_TIME *time = ASN1_TIME_new();
	int64_t when = 7;

	ck_assert(!certificate_time(NULL, &when));
	ASN1_STRING_set(time, "99991331235959Z", -1);
	ck_assert(!certificate_time(time, &when));
	ASN1_STRING_set(time, "", 0);
	ck_assert(!certificate_time(time, &when));
	ck_assert_int_eq(when, 7);
	ASN1_TIME_free(time);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("certificate");
	TCase *tests = tcase_create("certificate");

	tcase_add_checked_fixture(tests, make_chain, clear_chain);
	tcase_add_test(tests, the_example_of_rfc_9773_has_its_id);
	tcase_add_test(tests, a_leaf_says_who_it_is);
	tcase_add_test(tests, a_serial_keeps_its_sign_byte_and_no_more);
	tcase_add_test(tests, an_endless_serial_is_refused);
	tcase_add_test(tests, a_nul_in_a_name_is_refused);
	tcase_add_test(tests, bytes_that_are_no_text_are_refused);
	tcase_add_test(tests, an_address_of_odd_length_is_refused);
	tcase_add_test(tests, names_that_nobody_can_order_are_left_out);
	tcase_add_test(tests, two_lists_of_names_are_refused);
	tcase_add_test(tests, a_long_list_of_names_is_refused);
	tcase_add_test(tests, an_issuer_is_one_printable_line);
	tcase_add_test(tests, a_forged_signature_is_not_ones_own);
	tcase_add_test(tests, without_a_key_identifier_there_is_no_ari_id);
	tcase_add_loop_test(tests, dates_of_either_kind_are_read, 0,
		sizeof(DATES) / sizeof(*DATES));
	tcase_add_test(tests, a_missing_date_is_not_now);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
