/* SPDX-License-Identifier: MIT */
#include "renewal_plan.h"

#include "config_texts.h"
#include "json.h"
#include "mem.h"
#include "suite.h"
#include "text.h"

#include <check.h>

#define SITE "[Certificate]\nNames=a.example b.example\n"
#define ACCOUNT "https://ca.example/account/1"
#define DIRECTORY "https://ca.example/directory"
#define ARI_ID "aYhba4dGQEHhs3uEe6CuLN4ByNQ.AIdlQyE"

static struct ev_loop *loop;
static struct ca *ca;
static struct directory directory;
static struct ca_ready ready;
static struct renewal_wish wish;
static struct renewal_plan plan;
static struct error err;

static void set_up(void)
{
	static char url[] = DIRECTORY, info[] = "https://ca.example/info";
	static const struct config_daemon daemon;

	loop = ev_loop_new(EVFLAG_NOENV);
	wish = (struct renewal_wish){.certificate = config_site(SITE)};
	ca = ca_new(&(struct ca_setup){
		.loop = loop,
		.config = wish.certificate->ca,
		.daemon = &daemon,
	});
	ck_assert_ptr_nonnull(ca);
	wish.ca = ca;
	directory = (struct directory){.url = url, .renewal_info = info};
	ready = (struct ca_ready){
		.directory = &directory,
		.account = ACCOUNT,
		.thumbprint = "thumb",
	};
}

static void tear_down(void)
{
	ca_unref(ca);
	ev_loop_destroy(loop);
	config_forget();
}

static void fill(json_t *in_flight)
{
	wish.issuer = wish.certificate->ca;
	ck_assert_msg(renewal_plan_fill(&plan, &wish, &ready, in_flight, &err),
		"%s", err.text);
}

START_TEST(names_are_those_of_the_file_each_with_its_type)
{
	wish.certificate = config_site(
		SITE "[Challenge b.example]\nType=dns-01\nSolver=none\n");
	fill(NULL);
	ck_assert_uint_eq(plan.order.identifier_count, 2);
	ck_assert_str_eq(plan.order.identifiers[1].value, "b.example");
	ck_assert_int_eq(plan.order.types[0], CHALLENGE_HTTP_01);
	ck_assert_int_eq(plan.order.types[1], CHALLENGE_DNS_01);
	ck_assert_str_eq(plan.order.thumbprint, "thumb");
	ck_assert_ptr_null(plan.order.url);
	ck_assert_ptr_null(plan.order.replaces);
	ck_assert_ptr_null(plan.order.profile);
	ck_assert(!plan.order.requires_profile);
}
END_TEST

START_TEST(profile_and_chain_are_as_configured)
{
	wish.certificate = config_site(SITE "PreferredChain=Old Root\n"
					    "RequireProfile=short\n");
	fill(NULL);
	ck_assert_str_eq(plan.order.preferred_chain, "Old Root");
	ck_assert_str_eq(plan.order.profile, "short");
	ck_assert(plan.order.requires_profile);
}
END_TEST

static const struct {
	const char *ca;
	const char *account;
	bool is_resumed;
} ORDERS[] = {
	{"test", ACCOUNT, true},
	{"other", ACCOUNT, false},
	{"test", ACCOUNT "2", false},
};

START_TEST(an_order_of_this_ca_and_account_is_gone_on_with)
{
	cleanup(json) json_t *order =
		json_pack("{s:s, s:s, s:s}", "ca", ORDERS[_i].ca, "account",
			ORDERS[_i].account, "url", "https://o");

	fill(order);
	ck_assert(ORDERS[_i].is_resumed ? streq(plan.order.url, "https://o")
					: plan.order.url == NULL);
}
END_TEST

START_TEST(an_order_without_an_account_is_another_ones)
{
	cleanup(json) json_t *order =
		json_pack("{s:s, s:s}", "ca", "test", "url", "https://o");

	fill(order);
	ck_assert_ptr_null(plan.order.url);
}
END_TEST

START_TEST(who_issued_it_is_told_what_it_replaces)
{
	wish.ari_id = ARI_ID;
	wish.origin = (struct renewal_origin){DIRECTORY, ACCOUNT};
	fill(NULL);
	ck_assert_str_eq(plan.order.replaces, ARI_ID);
	wish.origin.account = ACCOUNT "2";
	fill(NULL);
	ck_assert_ptr_null(plan.order.replaces);
	wish.origin = (struct renewal_origin){"https://other", ACCOUNT};
	fill(NULL);
	ck_assert_ptr_null(plan.order.replaces);
}
END_TEST

START_TEST(more_names_than_an_order_may_have_are_refused)
{
	static struct identifier names[ORDER_MAX_IDENTIFIERS + 1];
	struct config_certificate many = *wish.certificate;

	many.identifier_count = sizeof(names) / sizeof(*names);
	for (size_t i = 0; i < many.identifier_count; i++)
		names[i] = many.identifiers[0];
	many.identifiers = names;
	wish.certificate = &many;
	ck_assert(!renewal_plan_fill(&plan, &wish, &ready, NULL, &err));
	ck_assert_int_eq(err.kind, ERROR_REFUSED);
	ck_assert_ptr_nonnull(strstr(err.text, "'site.conf'"));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("renewal_plan");
	TCase *tests = tcase_create("renewal_plan");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(tests, names_are_those_of_the_file_each_with_its_type);
	tcase_add_test(tests, profile_and_chain_are_as_configured);
	tcase_add_loop_test(
		tests, an_order_of_this_ca_and_account_is_gone_on_with, 0, 3);
	tcase_add_test(tests, an_order_without_an_account_is_another_ones);
	tcase_add_test(tests, who_issued_it_is_told_what_it_replaces);
	tcase_add_test(tests, more_names_than_an_order_may_have_are_refused);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
