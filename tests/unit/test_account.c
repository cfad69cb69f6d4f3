/* SPDX-License-Identifier: MIT */
#include "account.h"

#include "canned.h"
#include "suite.h"
#include "text.h"

#include <check.h>

#define OLD_URL "https://ca.example/account/1"
#define NEW_URL "https://ca.example/account/2"
#define NEW_ACCOUNT "https://ca.example/sign-me-up"
#define UNKNOWN "{\"type\":\"" ACME "accountDoesNotExist\"}"

static const char *const CONTACTS[] = {"mailto:ops@example.com"};

/* One exchange: what must be asked, and the answer to it. */
struct exchange {
	const char *url;
	const char *payload;
	enum request_signer signer;
	long status;
	const char *location;
	const char *body;
};

#define READ OLD_URL, "", REQUEST_BY_ACCOUNT
#define FIND NEW_ACCOUNT, "{\"onlyReturnExisting\":true}", REQUEST_BY_KEY
#define CREATE \
	NEW_ACCOUNT, \
		"{\"termsOfServiceAgreed\":true,\"contact\":[\"mailto:" \
		"ops@example.com\"]}", \
		REQUEST_BY_KEY
#define CREATE_BARE \
	NEW_ACCOUNT, "{\"termsOfServiceAgreed\":true}", REQUEST_BY_KEY
#define VALID "{\"status\":\"valid\"}"

static const struct scenario {
	const char *what;
	const char *url; /* known before */
	struct exchange exchanges[4];
	enum account_state state;
	const char *result; /* URL or code */
	bool is_new;
} SCENARIOS[] = {
	{"a known URL is good", OLD_URL, {{READ, 200, NULL, VALID}},
		ACCOUNT_READY, OLD_URL, false},
	{"a status may be missing", OLD_URL, {{READ, 200, NULL, "{}"}},
		ACCOUNT_READY, OLD_URL, false},
	{"a deactivated one", OLD_URL,
		{{READ, 200, NULL, "{\"status\":\"deactivated\"}"}},
		ACCOUNT_FAILED, "A2", false},
	{"a revoked one", OLD_URL,
		{{READ, 200, NULL, "{\"status\":\"revoked\"}"}}, ACCOUNT_FAILED,
		"A2", false},
	{"a forgotten URL, the key is known", OLD_URL,
		{{READ, 400, NULL, UNKNOWN}, {FIND, 200, NEW_URL, VALID}},
		ACCOUNT_READY, NEW_URL, false},
	{"the key is known but revoked", OLD_URL,
		{{READ, 400, NULL, UNKNOWN},
			{FIND, 200, NEW_URL, "{\"status\":\"revoked\"}"}},
		ACCOUNT_FAILED, "A2", false},
	{"a CA that forgot all", OLD_URL,
		{{READ, 400, NULL, UNKNOWN}, {FIND, 400, NULL, UNKNOWN},
			{CREATE, 201, NEW_URL, VALID}},
		ACCOUNT_READY, NEW_URL, true},
	{"a URL that is gone", OLD_URL,
		{{READ, 404, NULL, ""}, {FIND, 400, NULL, UNKNOWN},
			{CREATE, 201, NEW_URL, VALID}},
		ACCOUNT_READY, NEW_URL, true},
	{"a CA whose gateway shows no accounts", OLD_URL,
		{{READ, 403, NULL,
			 "{\"message\":\"Missing Authentication Token\"}"},
			{FIND, 200, NEW_URL, VALID}},
		ACCOUNT_READY, NEW_URL, false},
	{"a CA that cannot show accounts", OLD_URL,
		{{READ, 500, NULL, "{\"type\":\"" ACME "serverInternal\"}"},
			{FIND, 200, NEW_URL, VALID}},
		ACCOUNT_READY, NEW_URL, false},
	{"a CA that shows none to a POST", OLD_URL,
		{{READ, 405, NULL, "{\"type\":\"" ACME "malformed\"}"},
			{FIND, 200, NEW_URL, VALID}},
		ACCOUNT_READY, NEW_URL, false},
	{"a CA that is out of order", OLD_URL,
		{{READ, 500, NULL, "{\"type\":\"" ACME "serverInternal\"}"},
			{FIND, 500, NULL,
				"{\"type\":\"" ACME "serverInternal\"}"}},
		ACCOUNT_FAILED, "K2", false},
	{"a gateway that has no time", OLD_URL, {{READ, 408, NULL, "{}"}},
		ACCOUNT_FAILED, NULL, false},
	{"a gateway that counts requests", OLD_URL, {{READ, 429, NULL, "{}"}},
		ACCOUNT_FAILED, NULL, false},
	{"a gateway that is out of order", OLD_URL, {{READ, 502, NULL, "{}"}},
		ACCOUNT_FAILED, NULL, false},
	{"a reply that leads elsewhere", OLD_URL, {{READ, 302, NULL, "{}"}},
		ACCOUNT_FAILED, NULL, false},
	{"an account that may not be seen", OLD_URL,
		{{READ, 403, NULL, "{\"type\":\"" ACME "unauthorized\"}"}},
		ACCOUNT_FAILED, "", false},
	{"no URL: made", NULL, {{CREATE, 201, NEW_URL, VALID}}, ACCOUNT_READY,
		NEW_URL, true},
	{"no URL: it existed", NULL, {{CREATE, 200, NEW_URL, VALID}},
		ACCOUNT_READY, NEW_URL, false},
	{"no loop when the CA contradicts itself", NULL,
		{{CREATE, 400, NULL, UNKNOWN}}, ACCOUNT_FAILED, "A3", false},
	{"a contact is refused", NULL,
		{{CREATE, 400, NULL, "{\"type\":\"" ACME "invalidContact\"}"},
			{CREATE_BARE, 201, NEW_URL, VALID}},
		ACCOUNT_READY, NEW_URL, true},
	{"a contact is refused, and nothing helps", NULL,
		{{CREATE, 400, NULL,
			 "{\"type\":\"" ACME "unsupportedContact\"}"},
			{CREATE_BARE, 400, NULL,
				"{\"type\":\"" ACME "invalidContact\"}"}},
		ACCOUNT_FAILED, "A6", false},
	{"the terms changed in between", NULL,
		{{CREATE, 403, NULL,
			"{\"type\":\"" ACME "userActionRequired\"}"}},
		ACCOUNT_FAILED, "A1", false},
	{"a binding is wanted after all", NULL,
		{{CREATE, 403, NULL,
			"{\"type\":\"" ACME "externalAccountRequired\"}"}},
		ACCOUNT_FAILED, "A4", false},
	{"no Location", NULL, {{CREATE, 201, NULL, VALID}}, ACCOUNT_FAILED, "",
		false},
	{"a Location over http", NULL,
		{{CREATE, 201, "http://ca.example/1", VALID}}, ACCOUNT_FAILED,
		"", false},
	{"HTML", OLD_URL, {{READ, 200, NULL, "<html>"}}, ACCOUNT_FAILED, "N2",
		false},
};

static struct directory DIRECTORY = {
	.url = (char *)"https://ca.example/dir",
	.new_account = (char *)NEW_ACCOUNT,
	.terms = (char *)"https://ca.example/terms.pdf",
};

static struct account *start(const char *url, bool agree)
{
	struct account_wish wish = {
		.url = url,
		.contacts = CONTACTS,
		.contact_count = 1,
		.agree_to_terms = agree,
	};
	struct error err = {0};
	struct account *account = account_new(&DIRECTORY, &wish, &err);
	ck_assert_ptr_nonnull(account);
	return account;
}

static void play(struct account *account, const struct exchange *exchange)
{
	const struct request *request = account_next(account);
	struct reply reply =
		canned_at(exchange->status, exchange->location, exchange->body);

	ck_assert_ptr_nonnull(request);
	ck_assert_ptr_null(account_next(account));
	ck_assert_str_eq(request->url, exchange->url);
	ck_assert_str_eq(request->payload, exchange->payload);
	ck_assert_int_eq(request->signer, exchange->signer);
	ck_assert_int_eq(account_state(account), ACCOUNT_RUNNING);
	account_done(account, &reply, NULL);
}

START_TEST(every_scenario_ends_as_it_should)
{
	const struct scenario *scenario = &SCENARIOS[_i];
	struct account *account = start(scenario->url, true);

	for (int i = 0; i < 4 && scenario->exchanges[i].url; i++)
		play(account, &scenario->exchanges[i]);
	ck_assert_ptr_null(account_next(account));
	ck_assert_msg(account_state(account) == scenario->state, "%s: %s",
		scenario->what, account_error(account)->text);
	if (scenario->state == ACCOUNT_READY)
		ck_assert_str_eq(account_url(account), scenario->result);
	else if (scenario->result)
		ck_assert_msg(
			streq(account_error(account)->code, scenario->result),
			"%s: %s", scenario->what, account_error(account)->code);
	ck_assert_int_eq(account_is_new(account), scenario->is_new);
	account_free(account);
}
END_TEST

START_TEST(terms_that_nobody_agreed_to_are_not_sent)
{
	struct account *account = start(NULL, false);

	ck_assert_ptr_null(account_next(account));
	ck_assert_int_eq(account_state(account), ACCOUNT_FAILED);
	const struct error *err = account_error(account);
	ck_assert_int_eq(err->kind, ERROR_REFUSED);
	ck_assert_str_eq(err->code, "A1");
	ck_assert_ptr_nonnull(strstr(err->text, "AgreeToTerms=yes"));
	ck_assert_ptr_nonnull(
		strstr(err->text, "'https://ca.example/terms.pdf'"));
	account_free(account);
}
END_TEST

START_TEST(a_known_account_asks_for_no_new_consent)
{
	struct account *account = start(OLD_URL, false);
	struct exchange exchange = {READ, 200, NULL, VALID};

	play(account, &exchange);
	ck_assert_int_eq(account_state(account), ACCOUNT_READY);
	account_free(account);
}
END_TEST

START_TEST(a_ca_without_terms_is_not_told_of_any)
{
	struct directory directory = DIRECTORY;
	directory.terms = NULL;
	struct account_wish wish = {0};
	struct error err = {0};
	struct account *account = account_new(&directory, &wish, &err);

	ck_assert_str_eq(account_next(account)->payload, "{}");
	account_free(account);
}
END_TEST

START_TEST(a_binding_that_is_wanted_but_not_configured_is_refused)
{
	struct directory directory = DIRECTORY;
	directory.eab_required = true;
	struct account_wish wish = {.agree_to_terms = true};
	struct error err = {0};
	struct account *account = account_new(&directory, &wish, &err);

	ck_assert_ptr_null(account_next(account));
	ck_assert_str_eq(account_error(account)->code, "A4");
	ck_assert_int_eq(account_error(account)->kind, ERROR_REFUSED);
	account_free(account);
}
END_TEST

START_TEST(a_portal_says_nothing_of_an_account)
{
	struct account *account = start(OLD_URL, true);
	struct reply reply = canned(403, "<html>");

	reply.content_type = "text/html";
	ck_assert_ptr_nonnull(account_next(account));
	account_done(account, &reply, NULL);
	ck_assert_int_eq(account_state(account), ACCOUNT_FAILED);
	ck_assert_int_eq(account_error(account)->kind, ERROR_TRANSIENT);
	account_free(account);
}
END_TEST

START_TEST(a_broken_network_is_passed_on)
{
	struct account *account = start(OLD_URL, true);
	struct error err = {0};
	fail_cause(&err, ERROR_TRANSIENT, "N1", "no route");

	ck_assert_ptr_nonnull(account_next(account));
	account_done(account, NULL, &err);
	ck_assert_int_eq(account_state(account), ACCOUNT_FAILED);
	ck_assert_str_eq(account_error(account)->code, "N1");
	ck_assert_ptr_null(account_url(account));
	account_free(account);
}
END_TEST

START_TEST(a_reply_that_nobody_asked_for_is_ignored)
{
	struct account *account = start(OLD_URL, true);
	struct reply reply = canned(200, VALID);

	account_done(account, &reply, NULL);
	ck_assert_int_eq(account_state(account), ACCOUNT_RUNNING);
	account_free(account);
	account_free(NULL);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("account");
	TCase *tests = tcase_create("account");

	tcase_add_loop_test(tests, every_scenario_ends_as_it_should, 0,
		sizeof(SCENARIOS) / sizeof(*SCENARIOS));
	tcase_add_test(tests, terms_that_nobody_agreed_to_are_not_sent);
	tcase_add_test(tests, a_known_account_asks_for_no_new_consent);
	tcase_add_test(tests, a_ca_without_terms_is_not_told_of_any);
	tcase_add_test(
		tests, a_binding_that_is_wanted_but_not_configured_is_refused);
	tcase_add_test(tests, a_portal_says_nothing_of_an_account);
	tcase_add_test(tests, a_broken_network_is_passed_on);
	tcase_add_test(tests, a_reply_that_nobody_asked_for_is_ignored);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
