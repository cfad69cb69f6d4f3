/* SPDX-License-Identifier: MIT */

/* An order that gets no memory for one of its strings (strdup() is ours). */

#include "order.h"

#include "fake_ca.h"
#include "suite.h"

static int left; /* strings until one fails; 0: none does */

char *strdup(const char *string)
{
	size_t size = strlen(string) + 1;
	char *copy = left > 0 && --left == 0 ? NULL : malloc(size);

	return copy ? memcpy(copy, string, size) : NULL;
}

/* As fake_drive(), but one that waits for nothing has come to a standstill. */
static void drive(struct fake_ca *ca)
{
	while (order_is_busy(ca->order)) {
		fake_take(ca);
		if (!order_is_busy(ca->order))
			return;
		ck_assert_uint_gt(ca->out_count, 0);
		fake_report(ca, 0);
	}
}

START_TEST(a_string_that_is_missing_ends_it)
{
	struct fake_ca ca = {.names = 1, .polls = {1}, .processing = 1};

	fake_start(&ca, NULL, NULL);
	left = _i;
	drive(&ca);
	bool is_met = left == 0;
	left = 0;
	ck_assert_int_ne(order_state(ca.order), ORDER_RUNNING);
	ck_assert(is_met || order_state(ca.order) == ORDER_ISSUED);
	for (size_t i = 0; i < ca.names; i++)
		ck_assert_int_eq(ca.presented[i], ca.withdrawn[i]);
	order_free(ca.order);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("order_memory");
	TCase *tests = tcase_create("order_memory");

	tcase_add_loop_test(tests, a_string_that_is_missing_ends_it, 1, 80);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
