/* SPDX-License-Identifier: MIT */
#include "certificate.h"

#include "key.h"
#include "known_chain.h"
#include "suite.h"
#include "text.h"

#include <check.h>
#undef fail

static struct known_chain known;
static struct identifier names[3];
static struct certificate_wish wish;

static void make_chain(void)
{
	known_chain_make(&known);
	ck_assert(identifier_parse("www.example.net", &names[0], NULL));
	ck_assert(identifier_parse("*.a.example.net", &names[1], NULL));
	ck_assert(identifier_parse("192.0.2.7", &names[2], NULL));
	wish = (struct certificate_wish){
		.key = known.key,
		.identifiers = names,
		.identifier_count = 3,
		.now = KNOWN_NOW,
	};
}

static void clear_chain(void)
{
	known_chain_clear(&known);
}

/* Checks the certificates, up to three, in this order. */
static bool check(X509 *first, X509 *second, X509 *third, struct error *err)
{
	STACK_OF(X509) *chain = sk_X509_new_null();

	sk_X509_push(chain, first);
	if (second)
		sk_X509_push(chain, second);
	if (third)
		sk_X509_push(chain, third);
	bool good = certificate_check(chain, &wish, err);
	sk_X509_free(chain);
	return good;
}

static void accepts(X509 *first, X509 *second, X509 *third)
{
	struct error err = {0};

	ck_assert_msg(check(first, second, third, &err), "%s", err.text);
}

static void refuses(X509 *leaf, X509 *second, X509 *third, const char *code,
	const char *word)
{
	struct error err = {0};

	ck_assert(!check(leaf, second, third, &err));
	ck_assert_str_eq(err.code, code);
	ck_assert_msg(strstr(err.text, word) != NULL, "%s", err.text);
}

START_TEST(a_good_chain_is_accepted)
{
	accepts(known.leaf, known.middle, known.root);
	accepts(known.leaf, known.middle, NULL);
	accepts(known.leaf, NULL, NULL);
}
END_TEST

START_TEST(an_empty_chain_is_refused)
{
	struct error err = {0};
	cleanup(chain) STACK_OF(X509) *chain = sk_X509_new_null();

	ck_assert(!certificate_check(chain, &wish, &err));
	ck_assert_str_eq(err.code, "K6");
}
END_TEST

START_TEST(a_certificate_for_another_key_is_refused)
{
	wish.key = known.root_key;
	refuses(known.leaf, known.middle, NULL, "K6", "another key");
	wish.key = NULL;
	accepts(known.leaf, known.middle, NULL);
}
END_TEST

START_TEST(a_name_that_is_missing_is_named)
{
	ck_assert(identifier_parse("b.example.net", &names[1], NULL));
	refuses(known.leaf, known.middle, NULL, "K6", "'b.example.net'");
	ck_assert(identifier_parse("a.example.net", &names[1], NULL));
	refuses(known.leaf, known.middle, NULL, "K6", "'a.example.net'");
	ck_assert(identifier_parse("192.0.2.8", &names[1], NULL));
	refuses(known.leaf, known.middle, NULL, "K6", "'192.0.2.8'");
}
END_TEST

START_TEST(a_wildcard_and_more_names_cover_what_is_wished)
{
	ck_assert(identifier_parse("x.a.example.net", &names[1], NULL));
	accepts(known.leaf, known.middle, NULL);
	wish.identifier_count = 1;
	accepts(known.leaf, known.middle, NULL);
}
END_TEST

static void refuses_dates(
	const char *not_before, const char *not_after, const char *word)
{
	cleanup(x509) X509 *leaf = known_leaf(&known,
		(struct known_wish){
			.not_before = not_before, .not_after = not_after});

	refuses(leaf, known.middle, NULL, "K6", word);
}

START_TEST(dates_have_to_be_sane)
{
	refuses_dates("00010101000000Z", "00010101000000Z", "expired");
	refuses_dates("260101000000Z", "261121022959Z", "2026-11-21T02:29:59Z");
	refuses_dates("260101000000Z", "261121023000Z", "expired");
	refuses_dates("270101000000Z", "260101000000Z", "before it begins");
	refuses_dates("261122000000Z", "270101000000Z", "not valid before");
}
END_TEST

START_TEST(dates_may_be_far)
{
	cleanup(x509) X509 *leaf = known_leaf(&known,
		(struct known_wish){.not_before = "19491231000000Z",
			.not_after = "99991231235959Z"});

	accepts(leaf, known.middle, NULL);
}
END_TEST

START_TEST(a_clock_may_be_a_little_behind)
{
	cleanup(x509) X509 *leaf = known_leaf(
		&known, (struct known_wish){.not_before = "261121023400Z"});

	accepts(leaf, known.middle, NULL);
}
END_TEST

START_TEST(a_chain_out_of_order_is_refused)
{
	refuses(known.leaf, known.root, known.middle, "P9", "certificate 2");
	refuses(known.leaf, known.root, NULL, "P9", "certificate 2");
	refuses(known.leaf, known.leaf, known.middle, "P9", "certificate 2");
	refuses(known.leaf, known.middle, known.middle, "P9", "certificate 3");
}
END_TEST

START_TEST(a_namesake_did_not_sign)
{
	cleanup(x509) X509 *namesake =
		known_certificate(&(struct known_wish){.subject = "Middle",
			.key = known.key,
			.issuer = known.root,
			.issuer_key = known.root_key,
			.is_ca = true});

	refuses(known.leaf, namesake, known.root, "P9", "certificate 2");
}
END_TEST

START_TEST(a_leaf_cannot_sign)
{
	cleanup(x509) X509 *lower = known_leaf(&known,
		(struct known_wish){
			.issuer = known.leaf, .issuer_key = known.key});

	refuses(lower, known.leaf, known.middle, "P9", "certificate 2");
}
END_TEST

static X509_STORE *store_of(X509 *root)
{
	X509_STORE *store = X509_STORE_new();

	X509_STORE_add_cert(store, root);
	return store;
}

START_TEST(a_chain_ends_at_a_root_of_the_wish)
{
	cleanup(x509_store) X509_STORE *store = store_of(known.root);

	wish.roots = store;
	accepts(known.leaf, known.middle, NULL);
	accepts(known.leaf, known.middle, known.root);
	refuses(known.leaf, NULL, NULL, "P12", "trusted root");
}
END_TEST

START_TEST(a_trusted_intermediate_is_enough)
{
	cleanup(x509_store) X509_STORE *store = store_of(known.middle);

	wish.roots = store;
	accepts(known.leaf, known.middle, NULL);
}
END_TEST

START_TEST(a_root_of_a_test_ca_is_refused)
{
	struct known_chain other;
	known_chain_make(&other);
	cleanup(x509_store) X509_STORE *store = store_of(other.root);

	wish.roots = store;
	refuses(known.leaf, known.middle, known.root, "P12", "trusted root");
	known_chain_clear(&other);
}
END_TEST

START_TEST(a_certificate_that_is_for_no_server_is_refused)
{
	cleanup(x509_store) X509_STORE *store = store_of(known.root);
	cleanup(x509) X509 *mail = known_leaf(
		&known, (struct known_wish){.usage = "emailProtection"});
	cleanup(x509) X509 *server = known_leaf(
		&known, (struct known_wish){.usage = "serverAuth,clientAuth"});

	wish.roots = store;
	refuses(mail, known.middle, NULL, "P12", "purpose");
	accepts(server, known.middle, NULL);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("chain_check");
	TCase *tests = tcase_create("chain_check");

	tcase_add_checked_fixture(tests, make_chain, clear_chain);
	tcase_add_test(tests, a_good_chain_is_accepted);
	tcase_add_test(tests, an_empty_chain_is_refused);
	tcase_add_test(tests, a_certificate_for_another_key_is_refused);
	tcase_add_test(tests, a_name_that_is_missing_is_named);
	tcase_add_test(tests, a_wildcard_and_more_names_cover_what_is_wished);
	tcase_add_test(tests, dates_have_to_be_sane);
	tcase_add_test(tests, dates_may_be_far);
	tcase_add_test(tests, a_clock_may_be_a_little_behind);
	tcase_add_test(tests, a_chain_out_of_order_is_refused);
	tcase_add_test(tests, a_namesake_did_not_sign);
	tcase_add_test(tests, a_leaf_cannot_sign);
	tcase_add_test(tests, a_chain_ends_at_a_root_of_the_wish);
	tcase_add_test(tests, a_trusted_intermediate_is_enough);
	tcase_add_test(tests, a_root_of_a_test_ca_is_refused);
	tcase_add_test(tests, a_certificate_that_is_for_no_server_is_refused);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
