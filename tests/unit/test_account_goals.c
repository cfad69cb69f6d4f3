/* SPDX-License-Identifier: MIT */
#include "account.h"

#include "canned.h"
#include "suite.h"
#include "text.h"

#include <check.h>
#undef fail

/* Binding, looking up, telling other contacts, closing. */

#define URL "https://ca.example/account/1"
#define NEW_ACCOUNT "https://ca.example/sign-me-up"
#define UNKNOWN "{\"type\":\"" ACME "accountDoesNotExist\"}"
#define SPENT \
	"{\"type\":\"" ACME "unauthorized\",\"detail\":\"The account is not " \
	"awaiting external account binding\"}"
#define VALID "{\"status\":\"valid\"}"
#define OTHERS "{\"status\":\"valid\",\"contact\":[\"mailto:old@example.com\"]}"
#define BOUND "{\"status\":\"valid\",\"externalAccountBinding\":{}}"

struct exchange {
	const char *url;
	const char *payload;
	enum request_signer signer;
	long status;
	const char *location;
	const char *body;
};

#define READ URL, "", REQUEST_BY_ACCOUNT
#define FIND NEW_ACCOUNT, "{\"onlyReturnExisting\":true}", REQUEST_BY_KEY
#define CONTACTS "\"contact\":[\"mailto:ops@example.com\"]}"
#define BIND \
	NEW_ACCOUNT, "{\"termsOfServiceAgreed\":true," CONTACTS, \
		REQUEST_BY_BOUND_KEY
#define TELL URL, "{" CONTACTS, REQUEST_BY_ACCOUNT
#define CLOSE URL, "{\"status\":\"deactivated\"}", REQUEST_BY_ACCOUNT

static const struct scenario {
	const char *what;
	struct account_wish wish;
	struct exchange exchanges[4];
	enum account_state state;
	const char *result; /* URL or code */
	bool is_bound;
} SCENARIOS[] = {
	{"a binding is used when the key is unknown", {.binds = true},
		{{FIND, 400, NULL, UNKNOWN}, {BIND, 201, URL, BOUND}},
		ACCOUNT_READY, URL, true},
	{"a CA that wants the binding before it looks for the key",
		{.binds = true},
		{{FIND, 403, NULL,
			 "{\"type\":\"" ACME "externalAccountRequired\"}"},
			{BIND, 201, URL, BOUND}},
		ACCOUNT_READY, URL, true},
	{"the reply to the creation was lost: it is not bound again",
		{.binds = true}, {{FIND, 200, URL, BOUND}}, ACCOUNT_READY, URL,
		true},
	{"a known account is not bound again", {.url = URL, .binds = true},
		{{READ, 200, NULL, VALID}}, ACCOUNT_READY, URL, false},
	{"a CA that does not say that it bound it", {.binds = true},
		{{FIND, 400, NULL, UNKNOWN}, {BIND, 201, URL, VALID}},
		ACCOUNT_READY, URL, false},
	{"a binding that was used before", {.binds = true},
		{{FIND, 400, NULL, UNKNOWN},
			{BIND, 403, NULL,
				"{\"type\":\"" ACME "unauthorized\",\"detail\":"
				"\"Unknown external account binding (EAB) "
				"key\"}"},
			{FIND, 400, NULL, UNKNOWN}},
		ACCOUNT_FAILED, "A4", false},
	{"a MAC that the CA does not like", {.binds = true},
		{{FIND, 400, NULL, UNKNOWN},
			{BIND, 400, NULL, "{\"type\":\"" ACME "malformed\"}"},
			{FIND, 400, NULL, UNKNOWN}},
		ACCOUNT_FAILED, "A4", false},
	{"a creation that was sent twice for want of a reply", {.binds = true},
		{{FIND, 400, NULL, UNKNOWN}, {BIND, 403, NULL, SPENT},
			{FIND, 200, URL, BOUND}},
		ACCOUNT_READY, URL, true},
	{"contacts of a found account that are others", {.binds = true},
		{{FIND, 200, URL, OTHERS}, {TELL, 200, NULL, VALID}},
		ACCOUNT_READY, URL, false},
	{"other contacts are told", {.url = URL, .updates_contacts = true},
		{{READ, 200, NULL, VALID}, {TELL, 200, NULL, VALID}},
		ACCOUNT_READY, URL, false},
	{"contacts that a CA refuses cost nothing else",
		{.url = URL, .updates_contacts = true},
		{{READ, 200, NULL, VALID},
			{TELL, 400, NULL,
				"{\"type\":\"" ACME "unsupportedContact\"}"}},
		ACCOUNT_READY, URL, false},
	{"an update that fails otherwise",
		{.url = URL, .updates_contacts = true},
		{{READ, 200, NULL, VALID},
			{TELL, 403, NULL,
				"{\"type\":\"" ACME "userActionRequired\"}"}},
		ACCOUNT_FAILED, "A1", false},
	{"a key that is looked up",
		{.goal = ACCOUNT_LOOK_UP, .updates_contacts = true},
		{{FIND, 200, URL, VALID}}, ACCOUNT_READY, URL, false},
	{"a key that nobody knows is not registered", {.goal = ACCOUNT_LOOK_UP},
		{{FIND, 400, NULL, UNKNOWN}}, ACCOUNT_FAILED, "A3", false},
	{"a lost URL is recovered", {.goal = ACCOUNT_LOOK_UP, .url = URL},
		{{READ, 400, NULL, UNKNOWN}, {FIND, 200, URL "2", VALID}},
		ACCOUNT_READY, URL "2", false},
	{"an account is closed", {.goal = ACCOUNT_CLOSE, .url = URL},
		{{READ, 200, NULL, VALID},
			{CLOSE, 200, NULL, "{\"status\":\"deactivated\"}"}},
		ACCOUNT_READY, URL, false},
	{"closing one whose URL was lost", {.goal = ACCOUNT_CLOSE},
		{{FIND, 200, URL, VALID},
			{CLOSE, 200, NULL, "{\"status\":\"deactivated\"}"}},
		ACCOUNT_READY, URL, false},
	{"a closure that the CA refuses", {.goal = ACCOUNT_CLOSE, .url = URL},
		{{READ, 200, NULL, VALID},
			{CLOSE, 500, NULL,
				"{\"type\":\"" ACME "serverInternal\"}"}},
		ACCOUNT_FAILED, "K2", false},
	{"contacts that are the same", {.binds = true},
		{{FIND, 200, URL, "{" CONTACTS}}, ACCOUNT_READY, URL, false},
	{"a binding that is not enough", {.binds = true},
		{{FIND, 400, NULL, UNKNOWN},
			{BIND, 403, NULL,
				"{\"type\":\"" ACME
				"externalAccountRequired\"}"},
			{FIND, 400, NULL, UNKNOWN}},
		ACCOUNT_FAILED, "A4", false},
	{"contacts that the CA does not show", {.binds = true},
		{{FIND, 200, URL, "{\"contact\":[]}"}}, ACCOUNT_READY, URL,
		false},
	{"a key whose account was closed", {.binds = true},
		{{FIND, 400, NULL, UNKNOWN},
			{BIND, 403, NULL,
				"{\"type\":\"" ACME "unauthorized\",\"detail\":"
				"\"Account has been deactivated\"}"}},
		ACCOUNT_FAILED, "A2", false},
	{"a binding that the CA cannot look at now", {.binds = true},
		{{FIND, 400, NULL, UNKNOWN},
			{BIND, 500, NULL,
				"{\"type\":\"" ACME "serverInternal\"}"}},
		ACCOUNT_FAILED, "K2", false},
	{"closing what is closed", {.goal = ACCOUNT_CLOSE, .url = URL},
		{{READ, 403, NULL, "{\"type\":\"" ACME "unauthorized\"}"}},
		ACCOUNT_FAILED, "", false},
	{"no account is made to be closed", {.goal = ACCOUNT_CLOSE},
		{{FIND, 400, NULL, UNKNOWN}}, ACCOUNT_FAILED, "A3", false},
};

static struct directory DIRECTORY = {
	.url = (char *)"https://ca.example/dir",
	.new_account = (char *)NEW_ACCOUNT,
	.terms = (char *)"https://ca.example/terms.pdf",
	.eab_required = true,
};

static void play(struct account *account, const struct exchange *exchange)
{
	const struct request *request = account_next(account);
	struct reply reply =
		canned_at(exchange->status, exchange->location, exchange->body);

	ck_assert_ptr_nonnull(request);
	ck_assert_str_eq(request->url, exchange->url);
	ck_assert_str_eq(request->payload, exchange->payload);
	ck_assert_int_eq(request->signer, exchange->signer);
	account_done(account, &reply, NULL);
}

START_TEST(every_goal_is_reached_by_its_requests)
{
	static const char *const contacts[] = {"mailto:ops@example.com"};
	const struct scenario *scenario = &SCENARIOS[_i];
	struct account_wish wish = scenario->wish;
	struct error err = {0};

	wish.agree_to_terms = true;
	wish.contacts = contacts;
	wish.contact_count = 1;
	struct account *account = account_new(&DIRECTORY, &wish, &err);
	ck_assert_ptr_nonnull(account);
	for (int i = 0; i < 4 && scenario->exchanges[i].url; i++)
		play(account, &scenario->exchanges[i]);
	ck_assert_ptr_null(account_next(account));
	ck_assert_msg(account_state(account) == scenario->state, "%s: %s",
		scenario->what, account_error(account)->text);
	if (scenario->state == ACCOUNT_READY)
		ck_assert_str_eq(account_url(account), scenario->result);
	else
		ck_assert_msg(
			streq(account_error(account)->code, scenario->result),
			"%s: %s", scenario->what, account_error(account)->code);
	ck_assert_int_eq(account_is_bound(account), scenario->is_bound);
	account_free(account);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("account_goals");
	TCase *tests = tcase_create("account_goals");

	tcase_add_loop_test(tests, every_goal_is_reached_by_its_requests, 0,
		sizeof(SCENARIOS) / sizeof(*SCENARIOS));
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
