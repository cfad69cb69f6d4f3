/* SPDX-License-Identifier: MIT */
#include "certificate.h"

#include "known_chain.h"
#include "suite.h"

#include <check.h>
#undef fail

static struct known_chain known;
static STACK_OF(X509) * chain;
static char root[CERTIFICATE_NAME_SIZE];
static char middle[CERTIFICATE_NAME_SIZE];
static char missing[CERTIFICATE_NAME_SIZE];

static void set_up(void)
{
	struct error err;

	known_chain_make(&known);
	chain = sk_X509_new_null();
	ck_assert(certificate_read_issuer(known.middle, root, &err));
	ck_assert(certificate_read_issuer(known.leaf, middle, &err));
}

static void tear_down(void)
{
	sk_X509_free(chain);
	known_chain_clear(&known);
}

static bool ends(X509_STORE *roots)
{
	return certificate_chain_ends(chain, root, roots, missing);
}

START_TEST(a_whole_chain_ends_at_its_anchor_in_any_order)
{
	sk_X509_push(chain, known.leaf);
	sk_X509_push(chain, known.middle);
	ck_assert(ends(NULL));
	sk_X509_pop(chain);
	sk_X509_push(chain, known.root);
	sk_X509_push(chain, known.middle);
	ck_assert(ends(NULL));
	ck_assert(certificate_chain_ends(chain, "another", NULL, missing));
}
END_TEST

START_TEST(a_leaf_alone_lacks_its_issuer)
{
	sk_X509_push(chain, known.leaf);
	ck_assert(!ends(NULL));
	ck_assert_str_eq(missing, middle);
	sk_X509_push(chain, known.leaf);
	sk_X509_push(chain, known.root);
	ck_assert(!ends(NULL));
	ck_assert_str_eq(missing, middle);
}
END_TEST

START_TEST(a_root_that_is_trusted_ends_another_chain)
{
	cleanup(x509_store) X509_STORE *roots = X509_STORE_new();

	sk_X509_push(chain, known.leaf);
	X509_STORE_add_cert(roots, known.root);
	ck_assert(!ends(roots));
	X509_STORE_add_cert(roots, known.middle);
	ck_assert(ends(roots));
}
END_TEST

START_TEST(a_self_signed_certificate_ends_itself)
{
	sk_X509_push(chain, known.root);
	ck_assert(certificate_chain_ends(chain, "another", NULL, missing));
}
END_TEST

/* Its issuer has its name, and another key. */
START_TEST(a_key_that_was_rolled_over_does_not_end_itself)
{
	cleanup(pkey) EVP_PKEY *key = EVP_EC_gen("P-256");
	cleanup(x509) X509 *old = known_certificate(&(struct known_wish){
		.subject = "authority", .key = known.root_key, .is_ca = true});
	cleanup(x509) X509 *rolled = known_certificate(&(struct known_wish){
		.subject = "authority",
		.key = key,
		.issuer = old,
		.issuer_key = known.root_key,
		.is_ca = true,
	});

	sk_X509_push(chain, rolled);
	ck_assert(!certificate_chain_ends(chain, "another", NULL, missing));
}
END_TEST

/* By its name alone each of the two could have issued the root. */
START_TEST(a_root_ends_its_chain_beside_one_that_was_rolled_over)
{
	cleanup(pkey) EVP_PKEY *key = EVP_EC_gen("P-256");
	cleanup(x509) X509 *rolled = known_certificate(&(struct known_wish){
		.subject = "authority",
		.key = key,
		.issuer = known.root,
		.issuer_key = known.root_key,
		.is_ca = true,
	});

	X509_set_issuer_name(rolled, X509_get_subject_name(known.root));
	X509_set_subject_name(rolled, X509_get_subject_name(known.root));
	known_drop_authority_key(known.root);
	sk_X509_push(chain, known.leaf);
	sk_X509_push(chain, known.middle);
	sk_X509_push(chain, rolled);
	sk_X509_push(chain, known.root);
	ck_assert(certificate_chain_ends(chain, "another", NULL, missing));
	sk_X509_push(chain, known.leaf);
	ck_assert(certificate_chain_ends(chain, "another", NULL, missing));
}
END_TEST

START_TEST(facts_of_a_chain_say_who_anchors_it)
{
	struct certificate_facts facts, copy;
	struct error err;

	sk_X509_push(chain, known.leaf);
	sk_X509_push(chain, known.middle);
	ck_assert(certificate_read_chain(chain, &facts, &err));
	ck_assert_str_eq(facts.anchor, root);
	ck_assert_str_eq(facts.issuer, middle);
	cleanup(json) json_t *object = certificate_facts_to_json(&facts);
	ck_assert(certificate_facts_from_json(object, &copy, &err));
	ck_assert_str_eq(copy.anchor, root);
	certificate_facts_clear(&copy);
	json_object_del(object, "anchor");
	ck_assert(certificate_facts_from_json(object, &copy, &err));
	ck_assert_str_eq(copy.anchor, "");
	certificate_facts_clear(&copy);
	certificate_facts_clear(&facts);
}
END_TEST

static Suite *suite(void)
{
	Suite *suite = suite_create("chain_end");
	TCase *tests = tcase_create("chain_end");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(tests, a_whole_chain_ends_at_its_anchor_in_any_order);
	tcase_add_test(tests, a_leaf_alone_lacks_its_issuer);
	tcase_add_test(tests, a_root_that_is_trusted_ends_another_chain);
	tcase_add_test(tests, a_self_signed_certificate_ends_itself);
	tcase_add_test(tests, a_key_that_was_rolled_over_does_not_end_itself);
	tcase_add_test(
		tests, a_root_ends_its_chain_beside_one_that_was_rolled_over);
	tcase_add_test(tests, facts_of_a_chain_say_who_anchors_it);
	suite_add_tcase(suite, tests);
	return suite;
}

int main(void)
{
	return suite_run(suite());
}
