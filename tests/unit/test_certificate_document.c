/* SPDX-License-Identifier: MIT */
#include "certificate.h"

#include "json.h"
#include "known_chain.h"
#include "suite.h"

#include <check.h>
#undef fail

static struct known_chain known;
static struct certificate_facts facts;

static void read_leaf(void)
{
	known_chain_make(&known);
	ck_assert(certificate_read_facts(known.leaf, &facts, NULL));
}

static void clear_leaf(void)
{
	certificate_facts_clear(&facts);
	known_chain_clear(&known);
}

START_TEST(facts_travel_as_json)
{
	struct certificate_facts back;
	struct error err = {0};
	cleanup(json) json_t *object = certificate_facts_to_json(&facts);

	ck_assert_str_eq(member_string_or(object, "not_after", ""),
		"2027-01-30T00:00:00Z");
	ck_assert(certificate_facts_from_json(object, &back, &err));
	cleanup(json) json_t *again = certificate_facts_to_json(&back);
	ck_assert_int_eq(json_equal(object, again), 1);
	ck_assert_int_eq(back.not_before, facts.not_before);
	ck_assert(identifier_same_set(facts.identifiers, facts.identifier_count,
		back.identifiers, back.identifier_count));
	certificate_facts_clear(&back);
}
END_TEST

START_TEST(spoilt_json_is_refused)
{
	static const char *const members[] = {"serial", "fingerprint", "issuer",
		"ari_id", "key", "not_before", "not_after", "identifiers"};
	char endless[600];

	memset(endless, 'a', sizeof(endless));
	endless[sizeof(endless) - 1] = '\0';
	for (int i = 0; i < 8; i++) {
		struct certificate_facts out;
		struct error err = {0};
		cleanup(json) json_t *object =
			certificate_facts_to_json(&facts);
		json_object_set_new(object, members[i], json_string(endless));
		ck_assert(!certificate_facts_from_json(object, &out, &err));
		ck_assert_ptr_nonnull(strstr(err.text, members[i]));
		json_object_del(object, members[i]);
		ck_assert(!certificate_facts_from_json(object, &out, &err));
		ck_assert_ptr_null(out.identifiers);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("certificate_document");
	TCase *tests = tcase_create("certificate_document");

	tcase_add_checked_fixture(tests, read_leaf, clear_leaf);
	tcase_add_test(tests, facts_travel_as_json);
	tcase_add_test(tests, spoilt_json_is_refused);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
