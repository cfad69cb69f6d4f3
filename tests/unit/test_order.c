/* SPDX-License-Identifier: MIT */
#include "order.h"

#include "fake_ca.h"
#include "suite.h"

#define OLD CA "/order/1"

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
	tcase_add_loop_test(tests, results_may_come_in_any_order, 0, 100);
	tcase_add_loop_test(tests, it_may_be_aborted_at_any_time, 0, 100);
	tcase_add_loop_test(tests, spoilt_replies_end_it_cleanly, 0, 100);
	tcase_add_loop_test(tests, it_may_be_freed_at_any_time, 0, 50);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
