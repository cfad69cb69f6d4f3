/* SPDX-License-Identifier: MIT */
#include "authorization_set.h"

#include "authorization_step.h"
#include "suite.h"

#include <check.h>
#undef fail /* ours, not the old one of check */
#include <string.h>

#define APEX "gfj9XqPz3uGMIxqOkGMh7WBnMPpLQ3wqbXJ1Rg85nM0"
#define WILDCARD "LPsIwTo7o8BoG0-vjCyGQGBWSVIPxI-i_X336eUOQZo"

static char record[] = "_acme-challenge.example.org";
static char elsewhere[] = "_acme-challenge.www.example.org";
static char token[] = "token";
static char apex[] = APEX, wildcard[] = WILDCARD;
static struct authorization made[2];
static struct authorization_entry entries[2];
static struct authorization_set set;

/* The first of two has failed; each has a record of its own. */
static void set_up(void)
{
	for (size_t i = 0; i < 2; i++) {
		made[i] = (struct authorization){
			.state = i ? AUTHORIZATION_VALID : AUTHORIZATION_FAILED,
			.challenge = {.type = CHALLENGE_DNS_01,
				.token = token,
				.record_name = record,
				.record_value = i ? wildcard : apex},
		};
		entries[i] =
			(struct authorization_entry){.authorization = &made[i]};
	}
	set = (struct authorization_set){.entries = entries, .count = 2};
}

static void expect(const char *code, const char *found)
{
	struct error err = {0};

	fail_cause(&made[0].error, ERROR_VALIDATION, "D3",
		"Incorrect TXT record \"%s\" found at %s", found, record);
	ck_assert(authorization_set_error(&set, AUTHORIZATION_FAILED, &err));
	ck_assert_str_eq(err.code, code);
	ck_assert_int_eq(err.kind, ERROR_VALIDATION);
	ck_assert_ptr_nonnull(strstr(err.text, found));
}

START_TEST(the_value_of_another_name_in_its_place_was_written_over_it)
{
	expect("D4", WILDCARD);
}
END_TEST

START_TEST(any_other_value_is_somebody_elses)
{
	expect("D3", "old");
	made[1].challenge.record_name = elsewhere;
	expect("D3", WILDCARD);
	made[1].challenge.record_name = NULL; /* of another kind */
	expect("D3", WILDCARD);
	made[1].challenge = (struct challenge){0}; /* not fetched */
	expect("D3", WILDCARD);
}
END_TEST

START_TEST(who_sees_both_values_has_another_fault)
{
	expect("D3", WILDCARD "\" \"" APEX);
}
END_TEST

/* A record that stays says who may validate, and is never written over. */
START_TEST(a_persistent_record_is_not_compared)
{
	made[0].challenge.type = CHALLENGE_DNS_PERSIST_01;
	expect("D3", WILDCARD);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("authorization_set");
	TCase *tests = tcase_create("authorization_set");

	tcase_add_checked_fixture(tests, set_up, NULL);
	tcase_add_test(tests,
		the_value_of_another_name_in_its_place_was_written_over_it);
	tcase_add_test(tests, who_sees_both_values_has_another_fault);
	tcase_add_test(tests, a_persistent_record_is_not_compared);
	tcase_add_test(tests, any_other_value_is_somebody_elses);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
