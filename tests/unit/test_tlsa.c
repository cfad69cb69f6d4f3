/* SPDX-License-Identifier: MIT */
#include "tlsa.h"

#include "known_chain.h"
#include "suite.h"

#include <check.h>
#include <openssl/evp.h>
#include <string.h>

static struct known_chain known;
static struct tlsa_set set;

static void set_up(void)
{
	known_chain_make(&known);
	set = (struct tlsa_set){0};
}

static void tear_down(void)
{
	known_chain_clear(&known);
}

/* A record with the digest of the leaf's key, or of something else. */
static void add(uint8_t usage, bool is_right)
{
	unsigned char data[3 + 32] = {usage, 1, 1};
	unsigned char *key = NULL;
	int length = i2d_PUBKEY(known.key, &key);

	ck_assert_int_eq(EVP_Digest(key, (size_t)length, data + 3, NULL,
				 EVP_sha256(), NULL),
		1);
	OPENSSL_free(key);
	data[5] ^= !is_right;
	tlsa_add(&set, data, sizeof(data));
}

START_TEST(without_records_nobody_is_shut_out)
{
	ck_assert(!tlsa_shuts_out(&set, known.leaf));
}
END_TEST

START_TEST(a_record_of_another_key_shuts_out)
{
	add(3, false);
	add(1, false);
	ck_assert(tlsa_shuts_out(&set, known.leaf));
	add(3, true); /* while keys change there are two */
	ck_assert(!tlsa_shuts_out(&set, known.leaf));
}
END_TEST

START_TEST(a_record_of_the_certificate_covers_it)
{
	unsigned char data[3 + 64] = {3, 0, 2};

	X509_digest(known.leaf, EVP_sha512(), data + 3, NULL);
	tlsa_add(&set, data, sizeof(data));
	ck_assert_uint_eq(set.count, 1);
	ck_assert(!tlsa_shuts_out(&set, known.leaf));
	ck_assert(tlsa_shuts_out(&set, known.middle));
}
END_TEST

START_TEST(what_speaks_of_issuers_or_nonsense_is_left_to_clients)
{
	static const unsigned char ISSUER[3 + 32] = {2, 1, 1};
	static const unsigned char SHORT[] = {3, 1, 1, 7};
	static const unsigned char ODD[][3 + 32] = {{3, 2, 1}, {3, 1, 9}};

	add(3, false);
	tlsa_add(&set, ISSUER, sizeof(ISSUER));
	ck_assert(!tlsa_shuts_out(&set, known.leaf));
	for (int i = 0; i < 2; i++) {
		set = (struct tlsa_set){0};
		add(3, false);
		tlsa_add(&set, ODD[i], sizeof(ODD[i]));
		ck_assert(!tlsa_shuts_out(&set, known.leaf));
	}
	set = (struct tlsa_set){0};
	add(3, false);
	tlsa_add(&set, SHORT, sizeof(SHORT));
	tlsa_add(&set, SHORT, 0);
	ck_assert(!tlsa_shuts_out(&set, known.leaf));
}
END_TEST

START_TEST(more_records_than_are_kept_are_left_to_clients)
{
	for (int i = 0; i < TLSA_RECORDS_MAX; i++)
		add(3, false);
	ck_assert(tlsa_shuts_out(&set, known.leaf));
	add(3, false);
	ck_assert(!tlsa_shuts_out(&set, known.leaf));
}
END_TEST

START_TEST(what_is_to_be_published_covers_it)
{
	char value[TLSA_VALUE_SIZE];
	unsigned char data[3 + 32] = {3, 1, 1};
	size_t length;

	ck_assert(tlsa_value(known.leaf, value));
	ck_assert_uint_eq(strlen(value), 64);
	ck_assert_int_eq(
		OPENSSL_hexstr2buf_ex(data + 3, 32, &length, value, '\0'), 1);
	tlsa_add(&set, data, sizeof(data));
	ck_assert_uint_eq(set.count, 1);
	ck_assert(!tlsa_shuts_out(&set, known.leaf));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("tlsa");
	TCase *tests = tcase_create("tlsa");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(tests, without_records_nobody_is_shut_out);
	tcase_add_test(tests, a_record_of_another_key_shuts_out);
	tcase_add_test(tests, a_record_of_the_certificate_covers_it);
	tcase_add_test(
		tests, what_speaks_of_issuers_or_nonsense_is_left_to_clients);
	tcase_add_test(tests, more_records_than_are_kept_are_left_to_clients);
	tcase_add_test(tests, what_is_to_be_published_covers_it);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
