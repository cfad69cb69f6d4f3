/* SPDX-License-Identifier: MIT */
#include "order.h"

#include "fake_ca.h"
#include "suite.h"

/* How an order ends when a CA or its owner does what hardly any does. */

#define NAME "{\"type\":\"dns\",\"value\":\"n0.example\"}"
#define AUTHZ "\"authorizations\":[\"" CA "/authz/0\"]"
#define LIMITED "{\"type\":\"" ACME "rateLimited\",\"detail\":\"words\"}"

struct made {
	const char *order; /* what newOrder is answered with */
	enum error_kind kind;
	const char *says;
};

static const struct made MADE[] = {
	{"{\"status\":\"ready\",\"identifiers\":[" NAME "]," AUTHZ "}",
		ERROR_TRANSIENT, "no finalize URL"},
	{"{\"status\":\"ready\",\"finalize\":null,\"identifiers\":[" NAME
	 "]," AUTHZ "}",
		ERROR_TRANSIENT, "no finalize URL"},
	{"{\"status\":\"pending\",\"identifiers\":[" NAME "]}", ERROR_TRANSIENT,
		"no authorizations"},
	{"{\"status\":\"invalid\",\"error\":\"words\",\"identifiers\":[" NAME
	 "]," AUTHZ "}",
		ERROR_VALIDATION, "gives no reason"},
	{"{\"status\":\"invalid\",\"identifiers\":[" NAME "]," AUTHZ "}",
		ERROR_VALIDATION, "gives no reason"},
	{"{\"status\":\"pending\",\"identifiers\":[{\"type\":\"dns\",\"value\":"
	 "\"other.example\"}]," AUTHZ "}",
		ERROR_TRANSIENT, "for other names"},
};

START_TEST(a_new_order_without_sense_is_given_up)
{
	struct fake_ca ca = {
		.names = 1,
		.specials = {{"/new-order", 1, 1, 201, MADE[_i].order,
			.location = CA "/order/1"}},
	};

	fake_start(&ca, NULL, NULL);
	fake_drive(&ca);
	ck_assert_int_eq(order_state(ca.order), ORDER_FAILED);
	ck_assert_int_eq(order_error(ca.order)->kind, MADE[_i].kind);
	ck_assert_msg(
		strstr(order_error(ca.order)->text, MADE[_i].says) != NULL,
		"%s", order_error(ca.order)->text);
	ck_assert(!order_is_resumable(ca.order));
	order_free(ca.order);
}
END_TEST

/* Up to the first task of a kind, which is left out there. */
static unsigned drive_to(struct fake_ca *ca, enum order_want want)
{
	for (int turns = 0; turns < 1000; turns++) {
		fake_take(ca);
		ck_assert_uint_gt(ca->out_count, 0);
		if (ca->out[0].want == want) {
			ca->out_count = 0;
			return ca->out[0].id;
		}
		fake_report(ca, 0);
	}
	ck_abort_msg("never wanted");
	return 0;
}

START_TEST(what_the_vault_cannot_do_interrupts_it)
{
	static const enum order_want WANTS[] = {
		ORDER_WANTS_SAVE, ORDER_WANTS_CSR};
	struct fake_ca ca = {.names = 1};
	struct error err = {0};

	fail(&err, ERROR_LOCAL, "the disk is full");
	fake_start(&ca, NULL, NULL);
	order_done(ca.order, drive_to(&ca, WANTS[_i]),
		&(struct result){.err = &err}, ca.now);
	fake_drive(&ca);
	ck_assert_int_eq(order_state(ca.order), ORDER_FAILED);
	ck_assert_str_eq(order_error(ca.order)->text, "the disk is full");
	ck_assert(order_is_resumable(ca.order));
	order_free(ca.order);
}
END_TEST

START_TEST(an_order_that_expires_meanwhile_is_not_answered)
{
	struct fake_ca ca = {
		.names = 1,
		.specials = {{"/new-order", 1, 1, 201,
			"{\"status\":\"pending\",\"expires\":"
			"\"2027-01-15T08:00:05Z\",\"identifiers\":[" NAME
			"]," AUTHZ "}",
			.location = CA "/order/1"}},
	};

	fake_start(&ca, NULL, NULL);
	unsigned id = drive_to(&ca, ORDER_WANTS_PRESENT);
	ca.presented[0]++;
	ca.now += 10;
	order_done(ca.order, id, &(struct result){0}, ca.now);
	fake_drive(&ca);
	ck_assert_str_eq(order_error(ca.order)->code, "X5");
	ck_assert(!ca.answered[0]);
	order_free(ca.order);
}
END_TEST

START_TEST(a_certificate_that_is_late_is_waited_for)
{
	struct fake_ca ca = {
		.names = 1,
		.specials = {{"/cert", 1, 1, 404, "", .retry_after = 5}},
	};

	fake_start(&ca, NULL, NULL);
	fake_drive(&ca);
	ck_assert_int_eq(order_state(ca.order), ORDER_ISSUED);
	ck_assert_double_eq(ca.pauses[ca.pause_count - 1], 5);
	order_free(ca.order);
}
END_TEST

START_TEST(a_download_that_is_no_chain_is_none)
{
	struct fake_ca ca = {.names = 1, .finalized = true};
	struct reply reply = canned(200, _i ? "<html>" : "");

	if (_i)
		reply.content_type = "text/html";
	fake_start(&ca, CA "/order/1", NULL);
	fake_take(&ca);
	fake_report(&ca, 0);
	fake_take(&ca);
	order_done(ca.order, ca.out[0].id, &(struct result){.reply = &reply},
		ca.now);
	ca.out_count = 0;
	fake_drive(&ca);
	ck_assert_int_eq(order_state(ca.order), ORDER_FAILED);
	ck_assert_int_eq(order_error(ca.order)->kind, ERROR_TRANSIENT);
	ck_assert(order_is_resumable(ca.order));
	order_free(ca.order);
}
END_TEST

START_TEST(a_chain_that_nobody_can_read_is_taken_as_it_is)
{
	struct fake_ca ca = {.names = 1, .preferred_chain = "Root"};

	fake_start(&ca, NULL, NULL);
	fake_drive(&ca);
	ck_assert_int_eq(order_state(ca.order), ORDER_ISSUED);
	ck_assert_ptr_nonnull(strstr(ca.warning, "'Root'"));
	order_free(ca.order);
}
END_TEST

START_TEST(a_ca_that_counts_finalizations_is_left_alone)
{
	struct fake_ca ca = {
		.names = 1,
		.specials = {{"/finalize", 1, 9, 429, LIMITED, 777}},
	};

	fake_start(&ca, NULL, NULL);
	fake_drive(&ca);
	ck_assert_int_eq(order_error(ca.order)->kind, ERROR_LIMITED);
	ck_assert(order_is_resumable(ca.order));
	order_free(ca.order);
}
END_TEST

START_TEST(an_order_that_is_pending_again_is_waited_for)
{
	struct fake_ca ca = {
		.names = 1,
		.specials = {{"/finalize", 1, 1, 200,
			"{\"status\":\"pending\"}"}},
	};

	fake_start(&ca, NULL, NULL);
	fake_drive(&ca);
	ck_assert_int_eq(order_state(ca.order), ORDER_ISSUED);
	ck_assert_ptr_nonnull(strstr(ca.wants, "PAUSE /order/1 /finalize"));
	order_free(ca.order);
}
END_TEST

/* They are given up for an answer only, not for none. */
START_TEST(wishes_outlive_a_lost_reply)
{
	struct fake_ca ca = {
		.names = 1,
		.profile = "shortlived",
		.profiles = json_pack("{s:s}", "shortlived", "words"),
		.specials = {{"/new-order", 1, 1, .broken = true}},
	};

	fake_start(&ca, NULL, "abc.def");
	fake_drive(&ca);
	ck_assert_int_eq(order_error(ca.order)->kind, ERROR_TRANSIENT);
	ck_assert_int_eq(ca.requests, 1);
	ck_assert_str_eq(ca.warning, "");
	json_decref(ca.profiles);
	order_free(ca.order);
}
END_TEST

START_TEST(a_reply_after_the_end_changes_nothing)
{
	struct fake_ca ca = {.names = 1};
	struct error err = {0};
	struct reply reply = canned(201, "{}");

	fake_start(&ca, NULL, NULL);
	fake_take(&ca);
	fail(&err, ERROR_LOCAL, "stopped");
	order_abort(ca.order, &err);
	ck_assert(order_is_busy(ca.order)); /* its request is still out */
	order_done(ca.order, ca.out[0].id, &(struct result){.reply = &reply},
		ca.now);
	ck_assert(!order_is_busy(ca.order));
	ck_assert_str_eq(order_error(ca.order)->text, "stopped");
	order_abort(ca.order, &(struct error){.kind = ERROR_REFUSED});
	ck_assert_int_eq(order_error(ca.order)->kind, ERROR_LOCAL);
	order_free(ca.order);
}
END_TEST

START_TEST(an_alternate_that_cannot_be_had_is_passed_over)
{
	struct fake_ca ca = {
		.names = 1, .finalized = true, .preferred_chain = "Root"};
	struct reply reply = canned(200, "PEM");
	struct error err = {0};
	size_t length;

	reply.alternates[reply.alternate_count++] = CA "/cert/1";
	fake_start(&ca, CA "/order/1", NULL);
	fake_take(&ca);
	fake_report(&ca, 0);
	fake_take(&ca);
	order_done(ca.order, ca.out[0].id, &(struct result){.reply = &reply},
		ca.now);
	ca.out_count = 0;
	fail(&err, ERROR_TRANSIENT, "cut");
	order_done(ca.order, drive_to(&ca, ORDER_WANTS_POST),
		&(struct result){.err = &err}, ca.now);
	ck_assert_int_eq(order_state(ca.order), ORDER_ISSUED);
	ck_assert_str_eq(order_chain(ca.order, &length), "PEM");
	order_free(ca.order);
}
END_TEST

/* The vault would not sign, say, for want of memory. */
START_TEST(a_finalization_that_is_not_sent_can_be_gone_on_with)
{
	struct fake_ca ca = {.names = 1, .ready = true};
	struct error err = {0};

	fail(&err, ERROR_LOCAL, "not signed");
	fake_start(&ca, CA "/order/1", NULL);
	unsigned id = drive_to(&ca, ORDER_WANTS_CSR);
	order_done(ca.order, id, &(struct result){.csr = "Q1NS"}, ca.now);
	order_done(ca.order, drive_to(&ca, ORDER_WANTS_POST),
		&(struct result){.err = &err}, ca.now);
	ck_assert_str_eq(order_error(ca.order)->text, "not signed");
	ck_assert(order_is_resumable(ca.order));
	order_free(ca.order);
}
END_TEST

START_TEST(a_profile_that_must_be_there_is_looked_for_first)
{
	struct directory directory = {.new_order = (char *)CA "/new-order"};
	struct identifier name = {0};
	enum challenge_type type = CHALLENGE_HTTP_01;
	struct error err = {0};
	struct order_plan plan = {
		.directory = &directory,
		.identifiers = &name,
		.identifier_count = 1,
		.types = &type,
		.profile = "shortlived",
	};

	ck_assert(identifier_parse("n0.example", &name, NULL));
	struct order *order = order_new(&plan, &err);
	ck_assert_ptr_nonnull(order); /* nobody wants to be warned */
	order_free(order);
	plan.requires_profile = true;
	ck_assert_ptr_null(order_new(&plan, &err));
	ck_assert_int_eq(err.kind, ERROR_REFUSED);
}
END_TEST

static void on_name(void *data, const char *name)
{
	strcat(strcat(data, name), " ");
}

START_TEST(the_names_that_failed_are_told)
{
	struct fake_ca ca = {.names = 3, .fails = {true, false, true}};
	char told[64] = "";

	fake_start(&ca, NULL, NULL);
	fake_drive(&ca);
	order_each_invalid(ca.order, on_name, told);
	ck_assert_str_eq(told, "n0.example n2.example ");
	order_free(ca.order);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("order_ends");
	TCase *tests = tcase_create("order_ends");

	tcase_add_loop_test(tests, a_new_order_without_sense_is_given_up, 0,
		sizeof(MADE) / sizeof(*MADE));
	tcase_add_loop_test(
		tests, what_the_vault_cannot_do_interrupts_it, 0, 2);
	tcase_add_test(tests, an_order_that_expires_meanwhile_is_not_answered);
	tcase_add_test(tests, a_certificate_that_is_late_is_waited_for);
	tcase_add_loop_test(tests, a_download_that_is_no_chain_is_none, 0, 2);
	tcase_add_test(tests, a_chain_that_nobody_can_read_is_taken_as_it_is);
	tcase_add_test(tests, a_ca_that_counts_finalizations_is_left_alone);
	tcase_add_test(tests, an_order_that_is_pending_again_is_waited_for);
	tcase_add_test(tests, wishes_outlive_a_lost_reply);
	tcase_add_test(tests, a_reply_after_the_end_changes_nothing);
	tcase_add_test(tests, an_alternate_that_cannot_be_had_is_passed_over);
	tcase_add_test(
		tests, a_finalization_that_is_not_sent_can_be_gone_on_with);
	tcase_add_test(tests, a_profile_that_must_be_there_is_looked_for_first);
	tcase_add_test(tests, the_names_that_failed_are_told);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
