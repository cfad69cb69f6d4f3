/* SPDX-License-Identifier: MIT */
#include "permits.h"

#include "mem.h"
#include "suite.h"

#include <check.h>
#include <time.h>
#undef fail /* ours, not the old one of check */

#define DAY 86400
#define KEY_COMPROMISE REVOCATION_KEY_COMPROMISE
#define SUPERSEDED REVOCATION_SUPERSEDED
#define MOST 64

static struct vault vault;
static time_t ahead; /* of the real time */

/* The linker leads the calls of acmed's own code here (--wrap). */
int __real_clock_gettime(clockid_t clock, struct timespec *out);
int __wrap_clock_gettime(clockid_t clock, struct timespec *out);
int __wrap_clock_gettime(clockid_t clock, struct timespec *out)
{
	int status = __real_clock_gettime(clock, out);

	out->tv_sec += ahead;
	return status;
}

static void prepare(void)
{
	vault = (struct vault){.state = -1};
	ahead = 0;
}

static void clean(void)
{
	permits_clear(&vault);
}

static bool permits_revocation(const char *name, int version, int reason)
{
	struct error err = {0};
	cleanup(json) json_t *request =
		json_pack("{s:s, s:s, s:i, s:i}", "what", "revoke", "name",
			name, "version", version, "reason", reason);
	cleanup(json) json_t *reply = permit_give(&vault, request, &err);

	return reply != NULL;
}

static bool permits_account(const char *what, const char *ca)
{
	struct error err = {0};
	cleanup(json) json_t *request =
		json_pack("{s:s, s:s}", "what", what, "ca", ca);
	cleanup(json) json_t *reply = permit_give(&vault, request, &err);

	return reply != NULL;
}

START_TEST(a_permit_ends_after_a_day)
{
	struct error err = {0};

	ck_assert(permits_revocation("a.example", 3, SUPERSEDED));
	ahead = DAY / 2;
	ck_assert(permits_account(PERMIT_CLOSE, "little"));
	ck_assert(permit_revoke(&vault, "a.example", 3, SUPERSEDED, &err));
	ahead = DAY;
	ck_assert(!permit_revoke(&vault, "a.example", 3, SUPERSEDED, &err));
	ck_assert_int_eq(err.kind, ERROR_REFUSED);
	ck_assert(permit_account(&vault, PERMIT_CLOSE, "little", &err));
	ahead = DAY + DAY / 2;
	ck_assert(!permit_account(&vault, PERMIT_CLOSE, "little", &err));
}
END_TEST

START_TEST(those_that_have_ended_make_room)
{
	for (int i = 1; i <= MOST; i++)
		ck_assert(permits_revocation("a.example", i, SUPERSEDED));
	ck_assert(!permits_revocation("a.example", MOST + 1, SUPERSEDED));
	ahead = DAY;
	ck_assert(permits_revocation("a.example", MOST + 1, SUPERSEDED));
}
END_TEST

START_TEST(a_permit_is_for_its_reason)
{
	struct error err = {0};

	ck_assert(permits_revocation("a.example", 1, SUPERSEDED));
	ck_assert(permits_revocation("a.example", 2, KEY_COMPROMISE));
	ck_assert(permits_revocation("a.example", 2, SUPERSEDED));
	ck_assert(!permit_revoke(&vault, "a.example", 1, KEY_COMPROMISE, &err));
	ck_assert_str_eq(err.text,
		"root has not permitted to 'revoke a.example/1 "
		"(keyCompromise)'");
	ck_assert(permit_revoke(&vault, "a.example", 2, KEY_COMPROMISE, &err));
	ck_assert(permit_revoke(&vault, "a.example", 2, SUPERSEDED, &err));
	ck_assert(!permit_revoke(&vault, "a.example", 3, SUPERSEDED, &err));
	ck_assert(!permit_revoke(&vault, "b.example", 2, SUPERSEDED, &err));
}
END_TEST

START_TEST(a_long_name_is_permitted_whole)
{
	char longest[101] = "", other[101] = "";
	struct error err = {0};

	memset(longest, 'a', 100);
	memset(other, 'a', 100);
	other[99] = 'b';
	ck_assert(permits_revocation(longest, INT32_MAX, SUPERSEDED));
	ck_assert(permit_revoke(&vault, longest, INT32_MAX, SUPERSEDED, &err));
	ck_assert(!permit_revoke(
		&vault, longest, INT32_MAX - 1, SUPERSEDED, &err));
	ck_assert(!permit_revoke(&vault, other, INT32_MAX, SUPERSEDED, &err));
	ck_assert(permits_account(PERMIT_KEY_CHANGE, longest));
	ck_assert(permit_account(&vault, PERMIT_KEY_CHANGE, longest, &err));
	ck_assert(!permit_account(&vault, PERMIT_KEY_CHANGE, other, &err));
}
END_TEST

START_TEST(what_was_done_takes_another_permit)
{
	struct error err = {0};

	for (int i = 0; i < 2; i++) {
		ck_assert(permits_account(PERMIT_KEY_CHANGE, "little"));
		ck_assert(permits_account(PERMIT_KEY_CHANGE, "other"));
		ck_assert(permits_account(PERMIT_CLOSE, "little"));
	}
	permits_drop_account(&vault, PERMIT_KEY_CHANGE, "little");
	ck_assert(!permit_account(&vault, PERMIT_KEY_CHANGE, "little", &err));
	ck_assert(permit_account(&vault, PERMIT_KEY_CHANGE, "other", &err));
	ck_assert(permit_account(&vault, PERMIT_CLOSE, "little", &err));
	permits_drop_account(&vault, PERMIT_KEY_CHANGE, "little");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("permits");
	TCase *tests = tcase_create("permits");

	tcase_add_checked_fixture(tests, prepare, clean);
	tcase_add_test(tests, a_permit_ends_after_a_day);
	tcase_add_test(tests, those_that_have_ended_make_room);
	tcase_add_test(tests, a_permit_is_for_its_reason);
	tcase_add_test(tests, a_long_name_is_permitted_whole);
	tcase_add_test(tests, what_was_done_takes_another_permit);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
