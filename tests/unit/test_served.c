/* SPDX-License-Identifier: MIT */
#include "served.h"

#include "config_texts.h"
#include "json.h"
#include "mem.h"
#include "suite.h"
#include "text.h"

#include <check.h>
#undef fail /* ours, not the old one of check */

#define SITE \
	"[Certificate]\nNames=a.example *.a.example b.example\n" \
	"[Challenge]\nType=dns-01\nSolver=none\n"
#define LISTED SITE "[Deploy]\nVerify=mail.example:8443 192.0.2.1:443,sni=x.y\n"

static struct served *served;

static void tear_down(void)
{
	served_free(take(served));
	config_forget();
}

static void look_at(const char *site, json_t *known)
{
	served = served_new(config_site(site), known);
	json_decref(known);
}

static size_t open_count(void)
{
	size_t count;

	served_open(served, &count);
	return count;
}

/* One address of an endpoint that has shown `wanted` and `other`. */
static struct verify_seen seen(size_t endpoint, unsigned wanted, unsigned other)
{
	return (struct verify_seen){
		.address = "192.0.2.7",
		.endpoint = endpoint,
		.answered = true,
		.same_names = true,
		.wanted = wanted,
		.other = other,
		.serial = "0badcafe",
		.not_after = 1800000000,
	};
}

static struct verify_seen silent(size_t endpoint)
{
	struct verify_seen one = {.address = "192.0.2.9", .endpoint = endpoint};

	fail(&one.err, ERROR_TRANSIENT, "no connection");
	return one;
}

static struct verify_seen stranger(size_t endpoint)
{
	struct verify_seen one = seen(endpoint, 0, 8);

	one.same_names = false;
	return one;
}

static void note_one(struct verify_seen one)
{
	served_note(served, &one, 1);
}

static bool is_well(struct error *err)
{
	return served_check(served, "nginx.service", "00c0ffee", err);
}

START_TEST(every_name_but_a_wildcard_is_looked_at_on_443)
{
	size_t count;

	look_at(SITE, NULL);
	const struct config_endpoint *open = served_open(served, &count);
	ck_assert_uint_eq(count, 2);
	ck_assert_str_eq(open[0].host, "a.example");
	ck_assert_uint_eq(open[0].port, 443);
	ck_assert_str_eq(open[1].host, "b.example");
	ck_assert(!served_has_known(served));
}
END_TEST

START_TEST(a_list_is_known_from_the_start)
{
	look_at(LISTED, NULL);
	ck_assert_uint_eq(open_count(), 2);
	ck_assert(served_has_known(served));
}
END_TEST

START_TEST(what_is_not_to_be_verified_is_not_looked_at)
{
	look_at(SITE "[Deploy]\nVerify=no\n", NULL);
	ck_assert_uint_eq(open_count(), 0);
	ck_assert(is_well(NULL));
}
END_TEST

START_TEST(who_shows_our_names_is_known_from_then_on)
{
	look_at(SITE, NULL);
	const struct verify_seen all[] = {seen(0, 8, 0), silent(1)};
	served_note(served, all, 2);
	ck_assert(!served_is_open(served));
	ck_assert(is_well(NULL));
	cleanup(json) json_t *known = served_known(served);
	cleanup(string) char *text = json_dumps(known, 0);
	ck_assert_str_eq(text, "[\"a.example:443\"]");
}
END_TEST

START_TEST(silence_or_a_stranger_of_one_unknown_is_no_failure)
{
	look_at(SITE, NULL);
	const struct verify_seen all[] = {silent(0), stranger(1)};
	served_note(served, all, 2);
	ck_assert(!served_is_open(served));
	ck_assert(!served_has_known(served));
	ck_assert(is_well(NULL));
}
END_TEST

START_TEST(silence_of_one_that_was_known_is_a_failure)
{
	struct error err;

	look_at(SITE, json_pack("[s]", "b.example:443"));
	note_one(silent(1));
	ck_assert_uint_eq(open_count(), 1);
	ck_assert(!is_well(&err));
	ck_assert_str_eq(err.code, "P8");
	ck_assert_str_eq(err.text,
		"nginx.service was reloaded but 'b.example:443' (192.0.2.9) "
		"does not answer: no connection");
}
END_TEST

START_TEST(a_stranger_at_one_that_was_known_is_a_failure)
{
	struct error err;

	look_at(SITE, json_pack("[s]", "a.example:443"));
	note_one(stranger(0));
	ck_assert(!is_well(&err));
	ck_assert_str_eq(err.code, "P8");
	ck_assert_ptr_nonnull(strstr(err.text,
		"serves a certificate for other names, serial 0badcafe"));
}
END_TEST

START_TEST(an_old_worker_is_told_by_the_share_of_handshakes)
{
	struct error err;

	look_at(SITE, NULL);
	note_one(seen(0, 5, 3));
	ck_assert(served_is_open(served));
	ck_assert(!is_well(&err));
	ck_assert_str_eq(err.code, "P4");
	ck_assert_ptr_nonnull(strstr(err.text, "3 of 8 handshakes"));
}
END_TEST

START_TEST(one_address_of_several_may_be_silent_but_none_stale)
{
	struct error err;

	look_at(SITE, NULL);
	const struct verify_seen half[] = {silent(0), seen(0, 8, 0)};
	served_note(served, half, 2);
	ck_assert(is_well(NULL));
	tear_down();
	look_at(SITE, NULL);
	const struct verify_seen stale[] = {seen(0, 8, 0), seen(0, 0, 8)};
	served_note(served, stale, 2);
	ck_assert(!is_well(&err));
}
END_TEST

START_TEST(a_placeholder_is_looked_at_again_and_is_no_failure)
{
	struct verify_seen one = seen(0, 0, 8);

	one.same_names = false;
	one.placeholder = true;
	look_at(SITE, NULL);
	note_one(one);
	ck_assert_uint_eq(open_count(), 1);
	ck_assert(!served_has_known(served));
	ck_assert(is_well(NULL));
}
END_TEST

START_TEST(another_look_is_at_what_was_open_and_mends_it)
{
	size_t count;

	look_at(LISTED, NULL);
	const struct verify_seen first[] = {seen(0, 8, 0), silent(1)};
	served_note(served, first, 2);
	const struct config_endpoint *open = served_open(served, &count);
	ck_assert_uint_eq(count, 1);
	ck_assert_str_eq(open[0].host, "192.0.2.1");
	ck_assert_str_eq(open[0].sni, "x.y");
	note_one(seen(0, 8, 0));
	ck_assert(!served_is_open(served));
	ck_assert(is_well(NULL));
}
END_TEST

START_TEST(an_endpoint_that_was_not_asked_for_does_no_harm)
{
	look_at(SITE, NULL);
	note_one(stranger(7));
	ck_assert(is_well(NULL));
}
END_TEST

START_TEST(a_forgotten_node_is_named_and_the_others_are_counted)
{
	struct error err;

	look_at(SITE, json_pack("[s, s]", "a.example:443", "b.example:443"));
	struct verify_seen all[] = {
		seen(0, 8, 0), seen(0, 0, 8), silent(0), seen(1, 8, 0)};
	all[1].address = "192.0.2.8";
	served_note(served, all, 4);
	ck_assert(!is_well(&err));
	ck_assert(served_is_stale(served));
	ck_assert_str_eq(err.code, "P8");
	ck_assert_str_eq(err.text,
		"nginx.service was reloaded but 'a.example:443' "
		"(192.0.2.8) "
		"still serves serial 0badcafe (expires "
		"2027-01-15T08:00:00Z) "
		"in place of 00c0ffee; 2 of 3 addresses serve "
		"00c0ffee");
}
END_TEST

START_TEST(a_missing_intermediate_is_a_failure_that_no_reload_heals)
{
	struct error err;
	struct verify_seen one = seen(0, 8, 0);

	one.is_incomplete = true;
	strcpy(one.missing, "CN=Middle");
	look_at(LISTED, NULL);
	const struct verify_seen all[] = {one, seen(1, 8, 0)};
	served_note(served, all, 2);
	ck_assert_uint_eq(open_count(), 1);
	ck_assert(!is_well(&err));
	ck_assert(!served_is_stale(served));
	ck_assert_str_eq(err.code, "P9");
	ck_assert_ptr_nonnull(strstr(err.text,
		"leaves out the certificate of 'CN=Middle', which "
		"issued it"));
	ck_assert_ptr_nonnull(strstr(err.text, "1 of 2 addresses"));
	note_one(seen(0, 8, 0));
	ck_assert(is_well(NULL));
}
END_TEST

START_TEST(a_newer_one_of_somebody_else_is_told)
{
	struct error err;
	struct verify_seen one = seen(0, 0, 8);

	one.is_twin = true;
	look_at(SITE, json_pack("[s]", "a.example:443"));
	note_one(one);
	ck_assert(!is_well(&err));
	ck_assert_str_eq(err.code, "L14");
	ck_assert_ptr_nonnull(strstr(err.text, "serves a newer one, which"));
}
END_TEST

START_TEST(our_placeholder_is_called_so)
{
	struct error err;
	struct verify_seen one = seen(0, 0, 8);

	one.placeholder = true;
	look_at(SITE, json_pack("[s]", "a.example:443"));
	note_one(one);
	ck_assert(!is_well(&err));
	ck_assert_ptr_nonnull(strstr(err.text, "still serves the placeholder"));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("served");
	TCase *tests = tcase_create("served");

	tcase_add_checked_fixture(tests, NULL, tear_down);
	tcase_add_test(tests, every_name_but_a_wildcard_is_looked_at_on_443);
	tcase_add_test(tests, a_list_is_known_from_the_start);
	tcase_add_test(tests, what_is_not_to_be_verified_is_not_looked_at);
	tcase_add_test(tests, who_shows_our_names_is_known_from_then_on);
	tcase_add_test(
		tests, silence_or_a_stranger_of_one_unknown_is_no_failure);
	tcase_add_test(tests, silence_of_one_that_was_known_is_a_failure);
	tcase_add_test(tests, a_stranger_at_one_that_was_known_is_a_failure);
	tcase_add_test(tests, an_old_worker_is_told_by_the_share_of_handshakes);
	tcase_add_test(
		tests, one_address_of_several_may_be_silent_but_none_stale);
	tcase_add_test(
		tests, a_placeholder_is_looked_at_again_and_is_no_failure);
	tcase_add_test(tests, another_look_is_at_what_was_open_and_mends_it);
	tcase_add_test(tests, an_endpoint_that_was_not_asked_for_does_no_harm);
	tcase_add_test(
		tests, a_forgotten_node_is_named_and_the_others_are_counted);
	tcase_add_test(tests,
		a_missing_intermediate_is_a_failure_that_no_reload_heals);
	tcase_add_test(tests, a_newer_one_of_somebody_else_is_told);
	tcase_add_test(tests, our_placeholder_is_called_so);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
