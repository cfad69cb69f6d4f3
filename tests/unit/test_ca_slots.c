/* SPDX-License-Identifier: MIT */
#include "ca_slots.h"

#include "ca.h"
#include "error.h"
#include "suite.h"

#include <check.h>
#undef fail /* ours, not the old one of check */
#include <stdio.h>
#include <string.h>

static const struct ca_ready READY = {.account = "https://ca.test/account/1"};
static struct ca_slots slots;
static char told[64];

static void set_up(void)
{
	slots = (struct ca_slots){.most = 2};
	told[0] = '\0';
}

static void tear_down(void)
{
	for (struct ca_wait *w = slots.first; w; w = w->next)
		w->is_gone = true;
	ca_slots_sweep(&slots);
}

static void on_ready(
	void *data, const struct ca_ready *ready, const struct error *err)
{
	ck_assert(!ready != !err);
	strcat(strcat(told, data), err ? "! " : " ");
}

static struct ca_wait *enter_as(enum ca_use use, const char *name)
{
	struct ca_wait *wait = ca_slots_add(&slots, use);

	wait->on_ready = on_ready;
	wait->data = (void *)name;
	return wait;
}

static struct ca_wait *enter(const char *name)
{
	return enter_as(CA_FOR_ORDER, name);
}

static void turn(void)
{
	ca_slots_take(&slots);
	ca_slots_tell(&slots, &READY, NULL);
	ca_slots_sweep(&slots);
}

START_TEST(no_more_than_so_many_are_told)
{
	enter("a");
	enter("b");
	enter("c");
	turn();
	turn();
	ck_assert_str_eq(told, "a b ");
	ck_assert_int_eq(slots.taken, 2);
}
END_TEST

START_TEST(who_leaves_makes_room_for_the_next_in_line)
{
	struct ca_wait *a = enter("a");

	enter("b");
	enter("c");
	enter("d");
	turn();
	ca_slots_leave(&slots, a);
	turn();
	ck_assert_str_eq(told, "a b c ");
	ck_assert_int_eq(slots.taken, 2);
}
END_TEST

START_TEST(who_leaves_the_line_is_never_told)
{
	enter("a");
	enter("b");
	ca_slots_leave(&slots, enter("c"));
	struct ca_wait *d = enter("d");
	ca_slots_leave(&slots, slots.first);
	turn();
	ck_assert_str_eq(told, "b d ");
	ck_assert(d->has_slot);
}
END_TEST

START_TEST(a_failure_is_told_once)
{
	struct ca_ready nothing = {0};
	struct error err;

	fail(&err, ERROR_TRANSIENT, "no");
	enter("a");
	ca_slots_take(&slots);
	ck_assert(ca_slots_are_awaited(&slots));
	ca_slots_tell(&slots, &nothing, &err);
	ck_assert(!ca_slots_are_awaited(&slots));
	ca_slots_tell(&slots, &READY, NULL);
	ck_assert_str_eq(told, "a! ");
}
END_TEST

START_TEST(who_wants_to_be_alone_waits_for_all_and_all_wait_for_it)
{
	struct ca_wait *a = enter("a");

	turn();
	struct ca_wait *alone = enter_as(CA_ALONE, "alone");
	enter("b");
	turn();
	ck_assert_str_eq(told, "a ");
	ca_slots_leave(&slots, a);
	turn();
	ck_assert_str_eq(told, "a alone ");
	ca_slots_leave(&slots, alone);
	turn();
	ck_assert_str_eq(told, "a alone b ");
}
END_TEST

START_TEST(an_order_is_told_when_there_is_an_account)
{
	struct ca_ready ready = {0};

	enter("a");
	ca_slots_take(&slots);
	ca_slots_tell(&slots, &ready, NULL);
	ck_assert_str_eq(told, "");
	ck_assert(ca_slots_need_account(&slots));
	ready.account = "https://ca.test/account/1";
	ca_slots_tell(&slots, &ready, NULL);
	ck_assert_str_eq(told, "a ");
	ck_assert(!ca_slots_need_account(&slots));
}
END_TEST

START_TEST(who_was_told_uses_it_until_it_leaves)
{
	struct ca_wait *a = enter("a");

	ca_slots_take(&slots);
	ck_assert(!ca_slots_are_used(&slots));
	ca_slots_tell(&slots, &READY, NULL);
	ck_assert(ca_slots_are_used(&slots));
	ca_slots_leave(&slots, a);
	ck_assert(!ca_slots_are_used(&slots));
}
END_TEST

START_TEST(who_is_alone_needs_no_account)
{
	struct ca_ready ready = {0};

	enter_as(CA_ALONE, "alone");
	ca_slots_take(&slots);
	ck_assert(!ca_slots_need_account(&slots));
	ca_slots_tell(&slots, &ready, NULL);
	ck_assert_str_eq(told, "alone ");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("ca_slots");
	TCase *tests = tcase_create("ca_slots");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(tests, no_more_than_so_many_are_told);
	tcase_add_test(tests, who_leaves_makes_room_for_the_next_in_line);
	tcase_add_test(tests, who_leaves_the_line_is_never_told);
	tcase_add_test(tests, a_failure_is_told_once);
	tcase_add_test(
		tests, who_wants_to_be_alone_waits_for_all_and_all_wait_for_it);
	tcase_add_test(tests, an_order_is_told_when_there_is_an_account);
	tcase_add_test(tests, who_was_told_uses_it_until_it_leaves);
	tcase_add_test(tests, who_is_alone_needs_no_account);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
