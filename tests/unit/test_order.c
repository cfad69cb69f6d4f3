/* SPDX-License-Identifier: MIT */
#include "order.h"

#include "fake_ca.h"

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

static const struct scenario
	SCENARIOS
		[] =
			{
				{"one name", NULL, NULL, {.names = 1}, ISSUED,
					ALL_OF_ONE "/cert WITHDRAW"},
				{"one name, a slow CA", NULL, NULL,
					{.names = 1,
						.polls = {1},
						.processing = 2},
					ISSUED,
					"/new-order SAVE /authz/0 PRESENT "
					"/chall/0 "
					"/authz/0 PAUSE "
					"/authz/0 CSR /finalize PAUSE /order/1 "
					"PAUSE "
					"/order/1 /cert "
					"WITHDRAW"},
				{"a solver that sees the fetch", NULL, NULL,
					{.names = 1, .sees_fetches = true},
					ISSUED,
					"/new-order SAVE /authz/0 PRESENT "
					"/chall/0 "
					"PAUSE /authz/0 CSR "
					"/finalize /cert WITHDRAW"},
				{"what is valid is skipped (Z14)", NULL, NULL,
					{.names = 2,
						.valid = {true, true},
						.ready = true},
					ISSUED,
					"/new-order SAVE CSR /finalize /cert"},
				{"valid ones of a pending order", NULL, NULL,
					{.names = 2, .valid = {false, true}},
					ISSUED,
					"/new-order SAVE /authz/0 /authz/1 "
					"PRESENT "
					"/chall/0 /authz/0 "
					"CSR /finalize /cert WITHDRAW"},
				{"not ready, 403 (F05)", NULL, NULL,
					{.names = 1,
						.specials = {{"/finalize", 1, 1,
							403,
							PROBLEM("orderNotRead"
								"y")}}},
					ISSUED,
					ALL_OF_ONE "PAUSE /order/1 /finalize "
						   "/cert WITHDRAW"},
				{"not ready, 400 (F05)", NULL, NULL,
					{.names = 1,
						.specials = {{"/finalize", 1, 3,
							400,
							PROBLEM("orderNotRead"
								"y")}}},
					ISSUED, NULL},
				{"never ready", NULL, NULL,
					{.names = 1,
						.specials = {{"/finalize", 1,
							99, 403,
							PROBLEM("orderNotRead"
								"y")}}},
					ORDER_FAILED, ERROR_TRANSIENT, true, "",
					"words", NULL},
				{"ready, and never takes the CSR", NULL, NULL,
					{.names = 1,
						.specials = {{"/finalize", 1,
							99, 200,
							"{\"status\":"
							"\"ready\"}"}}},
					ORDER_FAILED, ERROR_TRANSIENT, true, "",
					"take the CSR", NULL},
				{"finalize without an answer, but done (F08)",
					NULL, NULL,
					{.names = 1,
						.specials =
							{{"/finalize", 1, 1,
								 .broken =
									 true},
								{"/order/1", 1,
									1, 200,
									"{\"sta"
									"tus\":"
									"\"vali"
									"d\","
									"\"cert"
									"ificat"
									"e\":"
									"\"" CA
									"/cert"
									"\""
									"}"}}},
					ISSUED,
					ALL_OF_ONE
					"PAUSE /order/1 /cert WITHDRAW"},
				{"finalize with 500 (F08)", NULL, NULL,
					{.names = 1,
						.specials = {{"/finalize", 1, 1,
							500,
							PROBLEM("serverInterna"
								"l"),
							60}}},
					ISSUED,
					ALL_OF_ONE "PAUSE /order/1 /finalize "
						   "/cert WITHDRAW"},
				{"a CSR that the CA refuses", NULL, NULL,
					{.names = 1,
						.specials = {{"/finalize", 1, 1,
							400,
							PROBLEM("badCSR")}}},
					ORDER_FAILED, ERROR_REFUSED, false,
					"K7", "words", ALL_OF_ONE "WITHDRAW"},
				{"invalid while it is issued (O10)", NULL, NULL,
					{.names = 1,
						.specials = {{"/finalize", 1, 1,
							200,
							"{\"status\":"
							"\"invalid\","
							"\"error\":" PROBLEM(
								"caa") "}"}}},
					ORDER_FAILED, ERROR_VALIDATION, false,
					"D8", "words", NULL},
				{"a status nobody knows (ST1)", NULL, NULL,
					{.names = 1,
						.specials = {{"/finalize", 1,
								     99, 200,
								     "{\"status"
								     "\":"
								     "\"cancele"
								     "d\"}"},
							{"/order/1", 1, 99, 200,
								"{\"status\":"
								"\"canceled\""
								"}"}}},
					ORDER_FAILED, ERROR_TRANSIENT, true, "",
					"'canceled'", NULL},
				{"a name that fails", NULL, NULL,
					{.names = 1, .fails = {true}},
					ORDER_FAILED, ERROR_VALIDATION, false,
					NULL,
					"'n0.example': Connection refused "
					"(connection)",
					NULL},
				{"three names that fail", NULL, NULL,
					{.names = 4,
						.fails = {false, true, true,
							true},
						.polls = {0, 3, 0, 1}},
					ORDER_FAILED, ERROR_VALIDATION, false,
					NULL, "(and 2 more)", NULL},
				{"invalid from the start (Z01)", NULL, NULL,
					{.names = 2,
						.specials =
							{
								{"/authz/1", 1,
									1, 200,
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
					ORDER_FAILED, ERROR_VALIDATION, false,
					"", "'expired'", NULL},
				{"a challenge invalid in a pending one (Z07)",
					NULL, NULL,
					{.names = 1,
						.specials =
							{
								{"/authz/0", 2,
									2, 200,
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
									":" PROBLEM(
										"dns") "}]}"}}},
					ORDER_FAILED, ERROR_VALIDATION, false,
					NULL, "'n0.example': words", NULL},
				{"the CA's own validators fail (K2)", NULL,
					NULL,
					{.names = 1,
						.specials =
							{
								{"/authz/0", 2,
									2, 200,
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
									":" PROBLEM(
										"server"
										"Intern"
										"al") "}]}"}}},
					ORDER_FAILED, ERROR_TRANSIENT,
					false, "K2", "words", NULL},
				{"an answer that came too late (K5)", NULL,
					NULL,
					{.names = 1,
						.specials =
							{{"/chall/0", 1, 1, 400,
								 PROBLEM("malfo"
									 "rme"
									 "d")},
								{"/authz/0", 2,
									2, 200,
									"{\"sta"
									"tus\":"
									"\"vali"
									"d\"}"},
								{"/finalize", 1,
									1, 200,
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
						.specials = {{"/chall/0", 1, 1,
							400,
							PROBLEM("malformed")}}},
					ORDER_FAILED, ERROR_REFUSED, false, "",
					"words", NULL},
				{"a short Retry-After is kept", NULL, NULL,
					{.names = 1,
						.polls = {1},
						.specials = {{"/authz/0", 2, 2,
							.retry_after = 60}}},
					ISSUED, NULL},
				{"a long one goes to the schedule", NULL, NULL,
					{.names = 1,
						.polls = {9},
						.specials = {{"/authz/0", 2, 2,
							.retry_after = 61}}},
					ORDER_FAILED, ERROR_LIMITED, true, "",
					"wait 61 s", NULL},
				{"processing with a day's Retry-After (O05)",
					NULL, NULL,
					{.names = 1,
						.processing = 9,
						.specials = {{"/finalize", 1, 1,
							.retry_after = 86400}}},
					ORDER_FAILED, ERROR_LIMITED, true, "",
					"wait 86400 s", NULL},
				{"a look that fails thrice", NULL, NULL,
					{.names = 1,
						.specials = {{"/authz/0", 2, 4,
							503, "busy", 1}}},
					ISSUED, NULL},
				{"a look that fails for good", NULL, NULL,
					{.names = 1,
						.specials = {{"/authz/0", 2, 99,
							.broken = true}}},
					ORDER_FAILED, ERROR_TRANSIENT, true,
					"N1", "no route", NULL},
				{"never validated", NULL, NULL,
					{.names = 1, .polls = {1000000}},
					ORDER_FAILED, ERROR_TRANSIENT, true, "",
					"in time", NULL},
				{"never issued (K1)", NULL, NULL,
					{.names = 1, .processing = 1000000},
					ORDER_FAILED, ERROR_TRANSIENT, true,
					"K1", "still processing", NULL},
				{"a port that is taken", NULL, NULL,
					{.names = 3,
						.present_fails = {false, true}},
					ORDER_FAILED, ERROR_LOCAL, true, "H2",
					"'n1.example': port 80", NULL},
				{"no network at newOrder", NULL, NULL,
					{.names = 1,
						.specials = {{"/new-order", 1,
							1, .broken = true}}},
					ORDER_FAILED, ERROR_TRANSIENT, false,
					"N1", "no route", "/new-order"},
				{"too many orders", NULL, NULL,
					{.names = 1,
						.specials = {{"/new-order", 1,
							1, 429,
							PROBLEM("rateLimited"),
							777}}},
					ORDER_FAILED, ERROR_LIMITED, false,
					NULL, "words", NULL},
				{"a forgotten account (A12)", NULL, NULL,
					{.names = 1,
						.specials = {{"/new-order", 1,
							1, 400,
							PROBLEM("accountDoesNot"
								"Exis"
								"t")}}},
					ORDER_FAILED, ERROR_TRANSIENT, false,
					"A3", "words", NULL},
				{"replaces is refused once (K4)", NULL,
					"abc.def",
					{.names = 1,
						.specials = {{"/new-order", 1,
							1, 409,
							PROBLEM("alreadyReplace"
								"d")}}},
					ISSUED,
					"/new-order " ALL_OF_ONE
					"/cert WITHDRAW"},
				{"replaces is not to blame", NULL, "abc.def",
					{.names = 1,
						.specials = {{"/new-order", 1,
							2, 400,
							PROBLEM("rejectedIdenti"
								"fie"
								"r")}}},
					ORDER_FAILED, ERROR_REFUSED, false,
					"K10", "words",
					"/new-order /new-order"},
				{"resumed at the start", OLD, NULL,
					{.names = 1}, ISSUED,
					"/order/1 /authz/0 PRESENT /chall/0 "
					"/authz/0 "
					"CSR /finalize "
					"/cert WITHDRAW"},
				{"resumed after the answer", OLD, NULL,
					{.names = 1,
						.answered = {true},
						.polls = {1}},
					ISSUED,
					"/order/1 /authz/0 PRESENT /authz/0 "
					"CSR "
					"/finalize /cert "
					"WITHDRAW"},
				{"resumed when ready", OLD, NULL,
					{.names = 1, .ready = true}, ISSUED,
					"/order/1 CSR /finalize /cert"},
				{"resumed while processing", OLD, NULL,
					{.names = 1,
						.finalized = true,
						.processing = 2},
					ISSUED,
					"/order/1 PAUSE /order/1 PAUSE "
					"/order/1 /cert"},
				{"resumed when valid", OLD, NULL,
					{.names = 1, .finalized = true}, ISSUED,
					"/order/1 /cert"},
				{"resumed, but invalid", OLD, NULL,
					{.names = 1,
						.specials = {{"/order/1", 1, 1,
							200,
							"{\"status\":"
							"\"invalid\"}"}}},
					ISSUED,
					"/order/1 " ALL_OF_ONE
					"/cert WITHDRAW"},
				{"resumed, but gone", OLD, NULL,
					{.names = 1,
						.specials = {{"/order/1", 1, 1,
							404,
							PROBLEM("malformed")}}},
					ISSUED,
					"/order/1 " ALL_OF_ONE
					"/cert WITHDRAW"},
				{"resumed, but expired", OLD, NULL,
					{.names = 1, .expired = true}, ISSUED,
					"/order/1 " ALL_OF_ONE
					"/cert WITHDRAW"},
				{"resumed, but for other names", OLD, NULL,
					{.names = 1,
						.specials = {{"/order/1", 1, 1,
							200,
							"{\"status\":\"ready\","
							"\"identifiers\":[{"
							"\"type\":\"dns\","
							"\"value\":"
							"\"x.example\"}]"
							"}"}}},
					ISSUED,
					"/order/1 " ALL_OF_ONE
					"/cert WITHDRAW"},
				{"resumed, but nonsense", OLD, NULL,
					{.names = 1,
						.specials = {{"/order/1", 1, 1,
							200, "{}"}}},
					ISSUED,
					"/order/1 " ALL_OF_ONE
					"/cert WITHDRAW"},
				{"resumed, with a dead authorization", OLD,
					NULL,
					{.names = 1,
						.specials = {{"/authz/0", 1, 1,
							200,
							"{\"status\":"
							"\"invalid\","
							"\"identifier\":{"
							"\"type\":\"dns\","
							"\"value\":"
							"\"n0.example\"}"
							"}"}}},
					ISSUED,
					"/order/1 /authz/0 " ALL_OF_ONE
					"/cert WITHDRAW"},
				{"resumed, with no network", OLD, NULL,
					{.names = 1,
						.specials = {{"/order/1", 1, 1,
							.broken = true}}},
					ORDER_FAILED, ERROR_TRANSIENT, true,
					"N1", "no route", "/order/1"},
				{"resumed, behind a portal (N2)", OLD, NULL,
					{.names = 1,
						.specials = {{"/order/1", 1, 1,
							200, "<html>Log in"}}},
					ORDER_FAILED, ERROR_TRANSIENT, true,
					"N2", "HTML", "/order/1"},
				{"dead again after a new start: no loop", OLD,
					NULL,
					{.names = 1,
						.specials = {{"/authz/0", 1, 99,
							200,
							"{\"status\":"
							"\"invalid\","
							"\"identifier\":{"
							"\"type\":\"dns\","
							"\"value\":"
							"\"n0.example\"}"
							"}"}}},
					ORDER_FAILED, ERROR_VALIDATION, false,
					"", "'n0.example'",
					"/order/1 /authz/0 /new-order SAVE "
					"/authz/0"},
				{"a download that is refused", NULL, NULL,
					{.names = 1,
						.specials = {{"/cert", 1, 1,
							404,
							PROBLEM("malformed")}}},
					ORDER_FAILED, ERROR_REFUSED, false, "",
					"words", NULL},
				{"a download that breaks", NULL, NULL,
					{.names = 1,
						.specials = {{"/cert", 1, 1,
							.broken = true}}},
					ORDER_FAILED, ERROR_TRANSIENT, true,
					"N1", "no route", NULL},
				{"no Location", NULL, NULL,
					{.names = 1,
						.specials = {{"/new-order", 1,
							1, 201,
							"{\"status\":"
							"\"pending\"}"}}},
					ORDER_FAILED, ERROR_TRANSIENT, false,
					"", "no https URL", "/new-order"},
				{"a Location over http (T01)", NULL, NULL,
					{.names = 1,
						.specials = {{"/new-order", 1,
							1,
							.location =
								"http://"
								"ca.example/"
								"o"}}},
					ORDER_FAILED, ERROR_TRANSIENT, false,
					"", "'http://ca", NULL},
				{"an order for other names", NULL, NULL,
					{.names = 1,
						.specials = {{"/new-order", 1,
							1, 201,
							"{\"status\":"
							"\"pending\","
							"\"identifiers\":[]}",
							.location = CA
							"/order/1"}}},
					ORDER_FAILED, ERROR_TRANSIENT, false,
					"", "other names", NULL},
				{"an authorization over http (T01)", NULL, NULL,
					{.names = 1,
						.specials = {{"/new-order", 1,
							1, 201,
							"{\"status\":"
							"\"pending\","
							"\"authorizations\":["
							"\"http://ca.example/"
							"a\"]}",
							.location = CA
							"/order/1"}}},
					ORDER_FAILED, ERROR_TRANSIENT, false,
					"", "'http://ca", NULL},
				{"an authorization for another name", NULL,
					NULL,
					{.names = 1,
						.specials = {{"/authz/0", 1, 1,
							200,
							"{\"status\":"
							"\"pending\","
							"\"identifier\":{"
							"\"type\":\"dns\","
							"\"value\":"
							"\"evil.example\"}"
							"}"}}},
					ORDER_FAILED, ERROR_TRANSIENT, false,
					"", "'evil.example'", NULL},
				{"a token that climbs", NULL, NULL,
					{.names = 1,
						.specials = {{"/authz/0", 1, 1,
							200,
							"{\"status\":"
							"\"pending\","
							"\"identifier\":{"
							"\"type\":\"dns\","
							"\"value\":"
							"\"n0.example\"},"
							"\"challenges\":[{"
							"\"type\":"
							"\"http-01\",\"url\":"
							"\"" CA
							"/chall/0\",\"token\":"
							"\"../../../../../etc/"
							"passwd\"}]}"}}},
					ORDER_FAILED, ERROR_TRANSIENT, false,
					"", "token", NULL},
				{"an unknown status of an authorization", NULL,
					NULL,
					{.names = 1,
						.specials = {{"/authz/0", 1, 1,
							200,
							"{\"status\":\"odd\","
							"\"identifier\":{"
							"\"type\":\"dns\","
							"\"value\":"
							"\"n0.example\"}"
							"}"}}},
					ORDER_FAILED, ERROR_TRANSIENT, false,
					"", "'odd'", NULL},
				{"no http-01 on offer", NULL, NULL,
					{.names = 1,
						.specials = {{"/authz/0", 1, 1,
							200,
							"{\"status\":"
							"\"pending\","
							"\"identifier\":{"
							"\"type\":\"dns\","
							"\"value\":"
							"\"n0.example\"},"
							"\"challenges\":[{"
							"\"type\":"
							"\"dns-01\"}]}"}}},
					ORDER_FAILED, ERROR_REFUSED, false, "",
					"only: dns-01", NULL},
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

START_TEST(the_steps_are_told_in_protocol_order)
{
	struct fake_ca ca = {.names = 2, .processing = 3};

	fake_start(&ca, NULL, NULL);
	fake_drive(&ca);
	ck_assert_str_eq(ca.steps,
		"create save authorize key finalize issue download issued");
	ck_assert_str_eq(ca.saved, CA "/order/1");
	order_free(ca.order);
}
END_TEST

START_TEST(one_name_takes_few_requests)
{
	struct fake_ca ca = {.names = 1, .polls = {1}, .processing = 1};

	fake_start(&ca, NULL, NULL);
	fake_drive(&ca);
	ck_assert_int_le(ca.requests, 10);
	order_free(ca.order);
}
END_TEST

START_TEST(a_new_start_saves_the_new_url)
{
	struct fake_ca ca = {.names = 1, .expired = true, .orders = 1};

	fake_start(&ca, OLD, NULL);
	ck_assert_str_eq(order_url(ca.order), OLD);
	fake_drive(&ca);
	ck_assert_str_eq(ca.saved, CA "/order/new");
	ck_assert_str_eq(order_url(ca.order), CA "/order/new");
	order_free(ca.order);
}
END_TEST

START_TEST(pauses_double_to_five_seconds)
{
	struct fake_ca ca = {.names = 1, .polls = {14}};
	double expected = 0.01;

	fake_start(&ca, NULL, NULL);
	fake_drive(&ca);
	ck_assert_uint_ge(ca.pause_count, 14);
	for (size_t i = 0; i < 14; i++) {
		ck_assert_double_eq_tol(ca.pauses[i], expected, 1e-9);
		expected = expected * 2 < 5 ? expected * 2 : 5;
	}
	order_free(ca.order);
}
END_TEST

START_TEST(a_pause_for_the_fetch_is_one_second)
{
	struct fake_ca ca = {.names = 1, .sees_fetches = true, .polls = {1}};

	fake_start(&ca, NULL, NULL);
	fake_drive(&ca);
	ck_assert_double_eq(ca.pauses[0], 1.0);
	ck_assert_double_eq(ca.pauses[1], 0.01);
	order_free(ca.order);
}
END_TEST

START_TEST(only_the_first_pause_ends_on_the_fetch)
{
	struct fake_ca ca = {.names = 1, .sees_fetches = true, .polls = {1}};
	int ends = 0;
	int pauses = 0;

	fake_start(&ca, NULL, NULL);
	while (order_is_busy(ca.order)) {
		fake_take(&ca);
		if (ca.out[0].want == ORDER_WANTS_PAUSE) {
			ends += ca.out[0].pause_ends_on_fetch;
			pauses++;
			ck_assert_str_eq(ca.out[0].challenge->token, TOKEN "0");
		}
		fake_report(&ca, 0);
	}
	ck_assert_int_eq(pauses, 2);
	ck_assert_int_eq(ends, 1);
	order_free(ca.order);
}
END_TEST

START_TEST(a_retry_after_is_the_pause)
{
	struct fake_ca ca = {
		.names = 1,
		.processing = 2,
		.specials = {{"/finalize", 1, 1, .retry_after = 3},
			{"/chall/0", 1, 1, .retry_after = 7}},
	};

	fake_start(&ca, NULL, NULL);
	fake_drive(&ca);
	ck_assert_double_eq(ca.pauses[0], 7);
	ck_assert_double_eq(ca.pauses[1], 3);
	ck_assert_double_eq(ca.pauses[2], 0.01);
	order_free(ca.order);
}
END_TEST

START_TEST(a_long_retry_after_is_handed_on)
{
	struct fake_ca ca = {
		.names = 1,
		.processing = 2,
		.specials = {{"/finalize", 1, 1, .retry_after = 86400}},
	};

	fake_start(&ca, NULL, NULL);
	fake_drive(&ca);
	ck_assert_double_eq(order_error(ca.order)->retry_after, 86400);
	order_free(ca.order);
}
END_TEST

START_TEST(chain_and_alternates_are_kept)
{
	struct fake_ca ca = {.names = 1, .finalized = true};
	struct reply reply = canned(200, "PEM");
	reply.alternates[0] = CA "/cert/1";
	reply.alternates[1] = "http://ca.example/cert/2";
	reply.alternates[2] = CA "/cert/3";
	reply.alternate_count = 3;
	size_t length = 0;

	fake_start(&ca, OLD, NULL);
	fake_take(&ca);
	fake_report(&ca, 0);
	fake_take(&ca);
	order_done(ca.order, ca.out[0].id, &(struct result){.reply = &reply},
		ca.now);
	ck_assert_int_eq(order_state(ca.order), ORDER_ISSUED);
	ck_assert_str_eq(order_chain(ca.order, &length), "PEM");
	ck_assert_uint_eq(length, 3);
	const char *const *urls = order_alternates(ca.order, &length);
	ck_assert_uint_eq(length, 2);
	ck_assert_str_eq(urls[1], CA "/cert/3");
	order_free(ca.order);
}
END_TEST

START_TEST(an_unknown_number_is_ignored)
{
	struct fake_ca ca = {.names = 1};

	fake_start(&ca, NULL, NULL);
	order_done(ca.order, 0, &(struct result){0}, 0);
	fake_take(&ca);
	order_done(ca.order, 4711, &(struct result){0}, 0);
	ck_assert_int_eq(order_state(ca.order), ORDER_RUNNING);
	fake_drive(&ca);
	ck_assert_int_eq(order_state(ca.order), ORDER_ISSUED);
	order_free(ca.order);
}
END_TEST

START_TEST(a_plan_without_names_or_with_too_many_is_refused)
{
	struct order_plan plan = {0};
	struct error err = {0};

	ck_assert_ptr_null(order_new(&plan, &err));
	ck_assert_int_eq(err.kind, ERROR_REFUSED);
	plan.identifier_count = ORDER_MAX_IDENTIFIERS + 1;
	ck_assert_ptr_null(order_new(&plan, &err));
	order_free(NULL);
}
END_TEST

START_TEST(a_hundred_and_one_authorizations_are_refused)
{
	struct fake_ca ca = {.names = 1};
	cleanup(json) json_t *order =
		json_pack("{s:s, s:[]}", "status", "pending", "authorizations");
	for (int i = 0; i < 101; i++)
		json_array_append_new(json_object_get(order, "authorizations"),
			json_string(CA "/authz/0"));
	cleanup(string) char *body = json_dumps(order, 0);

	ca.specials[0] = (struct special){
		"/new-order", 1, 1, 201, body, .location = CA "/order/1"};
	fake_start(&ca, NULL, NULL);
	fake_drive(&ca);
	ck_assert_ptr_nonnull(
		strstr(order_error(ca.order)->text, "101 authorizations"));
	order_free(ca.order);
}
END_TEST

static void make_ca(struct fake_ca *ca, unsigned *seed)
{
	ca->names = 1 + draw(seed, draw(seed, 8) == 0 ? 100 : 12);
	ca->sees_fetches = draw(seed, 2);
	ca->processing = (int)draw(seed, 4);
	for (size_t i = 0; i < ca->names; i++) {
		ca->valid[i] = draw(seed, 4) == 0;
		ca->polls[i] = (int)draw(seed, 4);
		ca->fails[i] = draw(seed, 60) == 0;
		ca->present_fails[i] = draw(seed, 60) == 0;
	}
}

static bool must_fail(const struct fake_ca *ca)
{
	for (size_t i = 0; i < ca->names; i++)
		if (!ca->valid[i] && (ca->fails[i] || ca->present_fails[i]))
			return true;
	return false;
}

START_TEST(results_may_come_in_any_order)
{
	unsigned seed = (unsigned)_i + 1;
	struct fake_ca ca = {0};

	make_ca(&ca, &seed);
	bool fails = must_fail(&ca);
	fake_start(&ca, NULL, NULL);
	while (order_is_busy(ca.order)) {
		fake_take(&ca);
		ck_assert_uint_gt(ca.out_count, 0);
		fake_report(&ca, draw(&seed, (unsigned)ca.out_count));
	}
	for (size_t i = 0; i < ca.names; i++) {
		ck_assert_int_le(ca.presented[i], 1);
		ck_assert_int_eq(ca.presented[i], ca.withdrawn[i]);
	}
	ck_assert_int_eq(
		order_state(ca.order), fails ? ORDER_FAILED : ORDER_ISSUED);
	while (ca.out_count)
		fake_report(&ca, 0);
	order_free(ca.order);
}
END_TEST

START_TEST(it_may_be_aborted_at_any_time)
{
	unsigned seed = (unsigned)_i + 1;
	unsigned steps = draw(&seed, 60);
	struct fake_ca ca = {0};
	struct error err = {0};

	make_ca(&ca, &seed);
	fake_start(&ca, NULL, NULL);
	for (unsigned i = 0; i < steps && order_is_busy(ca.order); i++) {
		fake_take(&ca);
		if (ca.out_count)
			fake_report(&ca, draw(&seed, (unsigned)ca.out_count));
	}
	bool running = order_state(ca.order) == ORDER_RUNNING;
	fail(&err, ERROR_LOCAL, "stopping");
	order_abort(ca.order, &err);
	if (running) {
		ck_assert_int_eq(order_state(ca.order), ORDER_FAILED);
		ck_assert_str_eq(order_error(ca.order)->text, "stopping");
		ck_assert_int_eq(order_is_resumable(ca.order),
			order_url(ca.order) != NULL);
	}
	while (order_is_busy(ca.order)) {
		fake_take(&ca);
		ck_assert_uint_gt(ca.out_count, 0);
		fake_report(&ca, draw(&seed, (unsigned)ca.out_count));
	}
	for (size_t i = 0; i < ca.names; i++)
		ck_assert_int_eq(ca.presented[i], ca.withdrawn[i]);
	while (ca.out_count)
		fake_report(&ca, 0);
	order_free(ca.order);
}
END_TEST

START_TEST(spoilt_replies_end_it_cleanly)
{
	unsigned seed = (unsigned)_i + 1;
	struct fake_ca ca = {0};

	make_ca(&ca, &seed);
	ca.names = ca.names % 8 + 1;
	ca.spoil = seed | 1;
	fake_start(&ca, draw(&seed, 2) ? OLD : NULL, NULL);
	fake_drive(&ca);
	ck_assert_int_ne(order_state(ca.order), ORDER_RUNNING);
	if (order_state(ca.order) == ORDER_FAILED)
		ck_assert_int_ne(order_error(ca.order)->kind, ERROR_NONE);
	order_free(ca.order);
}
END_TEST

START_TEST(it_may_be_freed_at_any_time)
{
	unsigned seed = (unsigned)_i + 1;
	unsigned steps = draw(&seed, 60);
	struct fake_ca ca = {0};

	make_ca(&ca, &seed);
	fake_start(&ca, NULL, NULL);
	for (unsigned i = 0; i < steps && order_is_busy(ca.order); i++) {
		fake_take(&ca);
		if (ca.out_count)
			fake_report(&ca, draw(&seed, (unsigned)ca.out_count));
	}
	order_free(ca.order);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("order");
	TCase *tests = tcase_create("order");

	tcase_add_loop_test(tests, every_scenario_ends_as_it_should, 0,
		sizeof(SCENARIOS) / sizeof(*SCENARIOS));
	tcase_add_test(tests, the_steps_are_told_in_protocol_order);
	tcase_add_test(tests, one_name_takes_few_requests);
	tcase_add_test(tests, a_new_start_saves_the_new_url);
	tcase_add_test(tests, pauses_double_to_five_seconds);
	tcase_add_test(tests, a_pause_for_the_fetch_is_one_second);
	tcase_add_test(tests, only_the_first_pause_ends_on_the_fetch);
	tcase_add_test(tests, a_retry_after_is_the_pause);
	tcase_add_test(tests, a_long_retry_after_is_handed_on);
	tcase_add_test(tests, chain_and_alternates_are_kept);
	tcase_add_test(tests, an_unknown_number_is_ignored);
	tcase_add_test(tests, a_plan_without_names_or_with_too_many_is_refused);
	tcase_add_test(tests, a_hundred_and_one_authorizations_are_refused);
	tcase_add_loop_test(tests, results_may_come_in_any_order, 0, 200);
	tcase_add_loop_test(tests, it_may_be_aborted_at_any_time, 0, 200);
	tcase_add_loop_test(tests, spoilt_replies_end_it_cleanly, 0, 200);
	tcase_add_loop_test(tests, it_may_be_freed_at_any_time, 0, 50);
	suite_add_tcase(suite, tests);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
