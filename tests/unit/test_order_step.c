/* SPDX-License-Identifier: MIT */
#include "order.h"

#include "fake_ca.h"
#include "suite.h"

/* Scenarios: what the CA does, and what becomes of the order. */

#define OLD CA "/order/1"
#define PROBLEM(type) "{\"type\":\"" ACME type "\",\"detail\":\"words\"}"

struct scenario {
	const char *what;
	const char *url; /* of an order to resume */
	const char *replaces;
	struct fake_ca ca;
	enum order_state state;
	enum error_kind kind;
	bool resumable;
	const char *code;
	const char *says; /* in the error */
	const char *wants; /* all tasks in order, or NULL: not looked at */
};

#define ALL_OF_ONE \
	"/new-order SAVE /authz/0 PRESENT /chall/0 /authz/0 CSR /finalize "
#define ISSUED ORDER_ISSUED, ERROR_NONE, false, "", ""

static const struct scenario SCENARIOS[] = {
	{"one name", NULL, NULL, {.names = 1}, ISSUED,
		ALL_OF_ONE "/cert WITHDRAW"},
	{"one name, a slow CA", NULL, NULL,
		{.names = 1, .polls = {1}, .processing = 2}, ISSUED,
		"/new-order SAVE /authz/0 PRESENT "
		"/chall/0 "
		"/authz/0 PAUSE "
		"/authz/0 CSR /finalize PAUSE /order/1 "
		"PAUSE "
		"/order/1 /cert "
		"WITHDRAW"},
	{"a solver that sees the fetch", NULL, NULL,
		{.names = 1, .sees_fetches = true}, ISSUED,
		"/new-order SAVE /authz/0 PRESENT "
		"/chall/0 "
		"PAUSE /authz/0 CSR "
		"/finalize /cert WITHDRAW"},
	{"what is valid is skipped (Z14)", NULL, NULL,
		{.names = 2, .valid = {true, true}, .ready = true}, ISSUED,
		"/new-order SAVE CSR /finalize /cert"},
	{"valid ones of a pending order", NULL, NULL,
		{.names = 2, .valid = {false, true}}, ISSUED,
		"/new-order SAVE /authz/0 /authz/1 "
		"PRESENT "
		"/chall/0 /authz/0 "
		"CSR /finalize /cert WITHDRAW"},
	{"not ready, 403 (F05)", NULL, NULL,
		{.names = 1,
			.specials = {{"/finalize", 1, 1, 403,
				PROBLEM("orderNotRead"
					"y")}}},
		ISSUED,
		ALL_OF_ONE "PAUSE /order/1 /finalize "
			   "/cert WITHDRAW"},
	{"not ready, 400 (F05)", NULL, NULL,
		{.names = 1,
			.specials = {{"/finalize", 1, 3, 400,
				PROBLEM("orderNotRead"
					"y")}}},
		ISSUED, NULL},
	{"never ready", NULL, NULL,
		{.names = 1,
			.specials = {{"/finalize", 1, 99, 403,
				PROBLEM("orderNotRead"
					"y")}}},
		ORDER_FAILED, ERROR_TRANSIENT, true, "", "words", NULL},
	{"ready, and never takes the CSR", NULL, NULL,
		{.names = 1,
			.specials = {{"/finalize", 1, 99, 200,
				"{\"status\":"
				"\"ready\"}"}}},
		ORDER_FAILED, ERROR_TRANSIENT, true, "", "take the CSR", NULL},
	{"finalize without an answer, but done (F08)", NULL, NULL,
		{.names = 1,
			.specials = {{"/finalize", 1, 1, .broken = true},
				{"/order/1", 1, 1, 200,
					"{\"sta"
					"tus\":"
					"\"vali"
					"d\","
					"\"cert"
					"ificat"
					"e\":"
					"\"" CA "/cert"
					"\""
					"}"}}},
		ISSUED, ALL_OF_ONE "PAUSE /order/1 /cert WITHDRAW"},
	{"finalize with 500 (F08)", NULL, NULL,
		{.names = 1,
			.specials = {{"/finalize", 1, 1, 500,
				PROBLEM("serverInterna"
					"l"),
				60}}},
		ISSUED,
		ALL_OF_ONE "PAUSE /order/1 /finalize "
			   "/cert WITHDRAW"},
	{"a CSR that the CA refuses", NULL, NULL,
		{.names = 1,
			.specials = {{"/finalize", 1, 1, 400,
				PROBLEM("badCSR")}}},
		ORDER_FAILED, ERROR_REFUSED, false, "K7", "words",
		ALL_OF_ONE "WITHDRAW"},
	{"invalid while it is issued (O10)", NULL, NULL,
		{.names = 1,
			.specials = {{"/finalize", 1, 1, 200,
				"{\"status\":"
				"\"invalid\","
				"\"error\":" PROBLEM("caa") "}"}}},
		ORDER_FAILED, ERROR_VALIDATION, false, "D8", "words", NULL},
	{"a status nobody knows (ST1)", NULL, NULL,
		{.names = 1,
			.specials = {{"/finalize", 1, 99, 200,
					     "{\"status"
					     "\":"
					     "\"cancele"
					     "d\"}"},
				{"/order/1", 1, 99, 200,
					"{\"status\":"
					"\"canceled\""
					"}"}}},
		ORDER_FAILED, ERROR_TRANSIENT, true, "", "'canceled'", NULL},
	{"a name that fails", NULL, NULL, {.names = 1, .fails = {true}},
		ORDER_FAILED, ERROR_VALIDATION, false, NULL,
		"'n0.example': Connection refused "
		"(connection)",
		NULL},
	{"three names that fail", NULL, NULL,
		{.names = 4,
			.fails = {false, true, true, true},
			.polls = {0, 3, 0, 1}},
		ORDER_FAILED, ERROR_VALIDATION, false, NULL, "(and 2 more)",
		NULL},
	{"invalid from the start (Z01)", NULL, NULL,
		{.names = 2,
			.specials = {{"/authz/1", 1, 1, 200,
				"{\"sta"
				"tus\":"
				"\"expi"
				"red\","
				"\"iden"
				"tifier"
				"\":{"
				"\"type"
				"\":"
				"\"dns"
				"\","
				"\"valu"
				"e\":"
				"\"n1."
				"exampl"
				"e\"}"
				"}"}}},
		ORDER_FAILED, ERROR_TRANSIENT, false, "", "'expired'", NULL},
	{"a challenge invalid in a pending one (Z07)", NULL, NULL,
		{.names = 1,
			.specials = {{"/authz/0", 2, 2, 200,
				"{\"sta"
				"tus\":"
				"\"pend"
				"ing\","
				"\"chal"
				"lenges"
				"\""
				":[{"
				"\"type"
				"\":"
				"\"http"
				"-01\","
				"\"stat"
				"us\":"
				"\"inva"
				"lid\","
				"\"erro"
				"r\""
				":" PROBLEM("dns") "}]}"}}},
		ORDER_FAILED, ERROR_VALIDATION, false, NULL,
		"'n0.example': words", NULL},
	{"the CA's own validators fail (K2)", NULL, NULL,
		{.names = 1,
			.specials = {{"/authz/0", 2, 2, 200,
				"{\"sta"
				"tus\":"
				"\"inva"
				"lid\","
				"\"chal"
				"lenges"
				"\""
				":[{"
				"\"type"
				"\":"
				"\"http"
				"-01\","
				"\"stat"
				"us\":"
				"\"inva"
				"lid\","
				"\"erro"
				"r\""
				":" PROBLEM("server"
					    "Intern"
					    "al") "}]}"}}},
		ORDER_FAILED, ERROR_TRANSIENT, false, "K2", "words", NULL},
	{"an answer that came too late (K5)", NULL, NULL,
		{.names = 1,
			.specials = {{"/chall/0", 1, 1, 400,
					     PROBLEM("malfo"
						     "rme"
						     "d")},
				{"/authz/0", 2, 2, 200,
					"{\"sta"
					"tus\":"
					"\"vali"
					"d\"}"},
				{"/finalize", 1, 1, 200,
					"{\"sta"
					"tus\":"
					"\"vali"
					"d\","
					"\"cert"
					"ificat"
					"e"
					"\":"
					"\"" CA "/cert\"}"}}},
		ISSUED, ALL_OF_ONE "/cert WITHDRAW"},
	{"an answer that is refused", NULL, NULL,
		{.names = 1,
			.specials = {{"/chall/0", 1, 1, 400,
				PROBLEM("malformed")}}},
		ORDER_FAILED, ERROR_REFUSED, false, "", "words", NULL},
	{"a short Retry-After is kept", NULL, NULL,
		{.names = 1,
			.polls = {1},
			.specials = {{"/authz/0", 2, 2, .retry_after = 60}}},
		ISSUED, NULL},
	{"a long one goes to the schedule", NULL, NULL,
		{.names = 1,
			.polls = {9},
			.specials = {{"/authz/0", 2, 2, .retry_after = 61}}},
		ORDER_FAILED, ERROR_LIMITED, true, "", "wait 61 s", NULL},
	{"processing with a day's Retry-After (O05)", NULL, NULL,
		{.names = 1,
			.processing = 9,
			.specials = {{"/finalize", 1, 1,
				.retry_after = 86400}}},
		ORDER_FAILED, ERROR_LIMITED, true, "K1", "wait 86400 s", NULL},
	{"a look that fails thrice", NULL, NULL,
		{.names = 1, .specials = {{"/authz/0", 2, 4, 503, "busy", 1}}},
		ISSUED, NULL},
	{"a look that fails for good", NULL, NULL,
		{.names = 1, .specials = {{"/authz/0", 2, 99, .broken = true}}},
		ORDER_FAILED, ERROR_TRANSIENT, true, "N1", "no route", NULL},
	{"tried again and again by the CA: its words are told (Z09)", NULL,
		NULL,
		{.names = 2,
			.specials = {{"/authz/1", 2, 9999, 200,
				"{\"status\":\"pending\",\"challenges\":[{"
				"\"type\":\"http-01\",\"status\":\"pending\","
				"\"error\":" PROBLEM("connection") "}]}"}}},
		ORDER_FAILED, ERROR_VALIDATION, true, NULL,
		"'n1.example': words (connection)", NULL},
	{"never validated", NULL, NULL, {.names = 1, .polls = {1000000}},
		ORDER_FAILED, ERROR_TRANSIENT, true, "K11", "in time", NULL},
	{"never issued (K1)", NULL, NULL, {.names = 1, .processing = 1000000},
		ORDER_FAILED, ERROR_TRANSIENT, true, "K1", "still processing",
		NULL},
	{"a port that is taken", NULL, NULL,
		{.names = 3, .present_fails = {false, true}}, ORDER_FAILED,
		ERROR_LOCAL, true, "H2", "'n1.example': port 80", NULL},
	{"no network at newOrder", NULL, NULL,
		{.names = 1,
			.specials = {{"/new-order", 1, 1, .broken = true}}},
		ORDER_FAILED, ERROR_TRANSIENT, false, "N1", "no route",
		"/new-order"},
	{"too many orders", NULL, NULL,
		{.names = 1,
			.specials = {{"/new-order", 1, 1, 429,
				PROBLEM("rateLimited"), 777}}},
		ORDER_FAILED, ERROR_LIMITED, false, NULL, "words", NULL},
	{"a forgotten account (A12)", NULL, NULL,
		{.names = 1,
			.specials = {{"/new-order", 1, 1, 400,
				PROBLEM("accountDoesNot"
					"Exis"
					"t")}}},
		ORDER_FAILED, ERROR_TRANSIENT, false, "A3", "words", NULL},
	{"replaces is refused once (K4)", NULL, "abc.def",
		{.names = 1,
			.specials = {{"/new-order", 1, 1, 409,
				PROBLEM("alreadyReplace"
					"d")}}},
		ISSUED, "/new-order " ALL_OF_ONE "/cert WITHDRAW"},
	{"replaces is not to blame", NULL, "abc.def",
		{.names = 1,
			.specials = {{"/new-order", 1, 2, 400,
				PROBLEM("rejectedIdenti"
					"fie"
					"r")}}},
		ORDER_FAILED, ERROR_REFUSED, false, "K10", "words",
		"/new-order"},
	{"a directory that has moved (D04)", NULL, NULL,
		{.names = 1,
			.specials = {{"/new-order", 1, 1, 404,
				PROBLEM("malformed")}}},
		ORDER_FAILED, ERROR_TRANSIENT, false, "", "words",
		"/new-order"},
	{"resumed at the start", OLD, NULL, {.names = 1}, ISSUED,
		"/order/1 /authz/0 PRESENT /chall/0 "
		"/authz/0 "
		"CSR /finalize "
		"/cert WITHDRAW"},
	{"resumed after the answer", OLD, NULL,
		{.names = 1, .answered = {true}, .polls = {1}}, ISSUED,
		"/order/1 /authz/0 PRESENT /authz/0 "
		"CSR "
		"/finalize /cert "
		"WITHDRAW"},
	{"resumed when ready", OLD, NULL, {.names = 1, .ready = true}, ISSUED,
		"/order/1 CSR /finalize /cert"},
	{"resumed while processing", OLD, NULL,
		{.names = 1, .finalized = true, .processing = 2}, ISSUED,
		"/order/1 PAUSE /order/1 PAUSE "
		"/order/1 /cert"},
	{"resumed when valid", OLD, NULL, {.names = 1, .finalized = true},
		ISSUED, "/order/1 /cert"},
	{"resumed, but invalid", OLD, NULL,
		{.names = 1,
			.specials = {{"/order/1", 1, 1, 200,
				"{\"status\":"
				"\"invalid\"}"}}},
		ISSUED, "/order/1 " ALL_OF_ONE "/cert WITHDRAW"},
	{"resumed, but gone", OLD, NULL,
		{.names = 1,
			.specials = {{"/order/1", 1, 1, 404,
				PROBLEM("malformed")}}},
		ISSUED, "/order/1 " ALL_OF_ONE "/cert WITHDRAW"},
	{"resumed, but expired", OLD, NULL, {.names = 1, .expired = true},
		ISSUED, "/order/1 " ALL_OF_ONE "/cert WITHDRAW"},
	{"resumed, but for other names", OLD, NULL,
		{.names = 1,
			.specials = {{"/order/1", 1, 1, 200,
				"{\"status\":\"ready\","
				"\"identifiers\":[{"
				"\"type\":\"dns\","
				"\"value\":"
				"\"x.example\"}]"
				"}"}}},
		ISSUED, "/order/1 " ALL_OF_ONE "/cert WITHDRAW"},
	{"resumed, but nonsense", OLD, NULL,
		{.names = 1, .specials = {{"/order/1", 1, 1, 200, "{}"}}},
		ISSUED, "/order/1 " ALL_OF_ONE "/cert WITHDRAW"},
	{"resumed, with a dead authorization", OLD, NULL,
		{.names = 1,
			.specials = {{"/authz/0", 1, 1, 200,
				"{\"status\":"
				"\"invalid\","
				"\"identifier\":{"
				"\"type\":\"dns\","
				"\"value\":"
				"\"n0.example\"}"
				"}"}}},
		ISSUED, "/order/1 /authz/0 " ALL_OF_ONE "/cert WITHDRAW"},
	{"resumed, with no network", OLD, NULL,
		{.names = 1, .specials = {{"/order/1", 1, 1, .broken = true}}},
		ORDER_FAILED, ERROR_TRANSIENT, true, "N1", "no route",
		"/order/1"},
	{"resumed, behind a portal (N2)", OLD, NULL,
		{.names = 1,
			.specials = {{"/order/1", 1, 1, 200, "<html>Log in"}}},
		ORDER_FAILED, ERROR_TRANSIENT, true, "N2", "HTML", "/order/1"},
	{"dead again after a new start: no loop", OLD, NULL,
		{.names = 1,
			.specials = {{"/authz/0", 1, 99, 200,
				"{\"status\":"
				"\"invalid\","
				"\"identifier\":{"
				"\"type\":\"dns\","
				"\"value\":"
				"\"n0.example\"}"
				"}"}}},
		ORDER_FAILED, ERROR_VALIDATION, false, "", "'n0.example'",
		"/order/1 /authz/0 /new-order SAVE "
		"/authz/0"},
	{"a certificate that comes a moment later", NULL, NULL,
		{.names = 1,
			.specials = {{"/cert", 1, 2, 404,
				PROBLEM("malformed")}}},
		ISSUED,
		ALL_OF_ONE "/cert PAUSE /order/1 /cert PAUSE /order/1 "
			   "/cert WITHDRAW"},
	{"a download that is refused", NULL, NULL,
		{.names = 1,
			.specials = {{"/cert", 1, 99, 404,
				PROBLEM("malformed")}}},
		ORDER_FAILED, ERROR_REFUSED, false, "", "words", NULL},
	{"a download that breaks", NULL, NULL,
		{.names = 1, .specials = {{"/cert", 1, 1, .broken = true}}},
		ORDER_FAILED, ERROR_TRANSIENT, true, "N1", "no route", NULL},
	{"a download of nothing", NULL, NULL,
		{.names = 1, .specials = {{"/cert", 1, 1, 200, ""}}},
		ORDER_FAILED, ERROR_TRANSIENT, true, "K6", "empty", NULL},
	{"no Location", NULL, NULL,
		{.names = 1,
			.specials = {{"/new-order", 1, 1, 201,
				"{\"status\":"
				"\"pending\"}"}}},
		ORDER_FAILED, ERROR_TRANSIENT, false, "", "no https URL",
		"/new-order"},
	{"a Location over http (T01)", NULL, NULL,
		{.names = 1,
			.specials = {{"/new-order", 1, 1,
				.location = "http://"
					    "ca.example/"
					    "o"}}},
		ORDER_FAILED, ERROR_TRANSIENT, false, "", "'http://ca", NULL},
	{"an order for other names", NULL, NULL,
		{.names = 1,
			.specials = {{"/new-order", 1, 1, 201,
				"{\"status\":"
				"\"pending\","
				"\"identifiers\":[]}",
				.location = CA "/order/1"}}},
		ORDER_FAILED, ERROR_TRANSIENT, false, "", "other names", NULL},
	{"an authorization over http (T01)", NULL, NULL,
		{.names = 1,
			.specials = {{"/new-order", 1, 1, 201,
				"{\"status\":"
				"\"pending\","
				"\"authorizations\":["
				"\"http://ca.example/"
				"a\"]}",
				.location = CA "/order/1"}}},
		ORDER_FAILED, ERROR_TRANSIENT, false, "", "'http://ca", NULL},
	{"an authorization for another name", NULL, NULL,
		{.names = 1,
			.specials = {{"/authz/0", 1, 1, 200,
				"{\"status\":"
				"\"pending\","
				"\"identifier\":{"
				"\"type\":\"dns\","
				"\"value\":"
				"\"evil.example\"}"
				"}"}}},
		ORDER_FAILED, ERROR_TRANSIENT, false, "", "'evil.example'",
		NULL},
	{"a token that climbs", NULL, NULL,
		{.names = 1,
			.specials = {{"/authz/0", 1, 1, 200,
				"{\"status\":"
				"\"pending\","
				"\"identifier\":{"
				"\"type\":\"dns\","
				"\"value\":"
				"\"n0.example\"},"
				"\"challenges\":[{"
				"\"type\":"
				"\"http-01\",\"url\":"
				"\"" CA "/chall/0\",\"token\":"
				"\"../../../../../etc/"
				"passwd\"}]}"}}},
		ORDER_FAILED, ERROR_TRANSIENT, false, "", "token", NULL},
	{"an unknown status of an authorization", NULL, NULL,
		{.names = 1,
			.specials = {{"/authz/0", 1, 1, 200,
				"{\"status\":\"odd\","
				"\"identifier\":{"
				"\"type\":\"dns\","
				"\"value\":"
				"\"n0.example\"}"
				"}"}}},
		ORDER_FAILED, ERROR_TRANSIENT, false, "", "'odd'", NULL},
	{"no http-01 on offer", NULL, NULL,
		{.names = 1,
			.specials = {{"/authz/0", 1, 1, 200,
				"{\"status\":"
				"\"pending\","
				"\"identifier\":{"
				"\"type\":\"dns\","
				"\"value\":"
				"\"n0.example\"},"
				"\"challenges\":[{"
				"\"type\":"
				"\"dns-01\"}]}"}}},
		ORDER_FAILED, ERROR_REFUSED, false, "", "only: dns-01", NULL},
};

START_TEST(every_scenario_ends_as_it_should)
{
	const struct scenario *scenario = &SCENARIOS[_i];
	struct fake_ca ca = scenario->ca;
	fake_start(&ca, scenario->url, scenario->replaces);
	fake_drive(&ca);
	const struct error *err = order_error(ca.order);

	ck_assert_msg(order_state(ca.order) == scenario->state &&
			err->kind == scenario->kind,
		"%s: %s, %s\n%s", scenario->what, error_kind_name(err->kind),
		err->text, ca.wants);
	ck_assert_msg(strstr(err->text, scenario->says) != NULL, "%s: %s",
		scenario->what, err->text);
	ck_assert_msg(order_is_resumable(ca.order) == scenario->resumable,
		"%s: resumable", scenario->what);
	if (scenario->code)
		ck_assert_msg(streq(err->code, scenario->code), "%s: %s",
			scenario->what, err->code);
	if (scenario->wants)
		ck_assert_str_eq(ca.wants, scenario->wants);
	order_free(ca.order);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("order_step");
	TCase *tests = tcase_create("order_step");

	tcase_add_loop_test(tests, every_scenario_ends_as_it_should, 0,
		sizeof(SCENARIOS) / sizeof(*SCENARIOS));
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
