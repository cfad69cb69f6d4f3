/* SPDX-License-Identifier: MIT */
#include "nonce_pool.h"

#include "mem.h"
#include "suite.h"
#include "text.h"

#include <check.h>

static struct nonce_pool pool;

START_TEST(the_youngest_nonce_is_used_first_and_only_once)
{
	nonce_pool_add(&pool, "one", 0);
	nonce_pool_add(&pool, "two", 1);
	cleanup(string) char *first = nonce_pool_take(&pool, 2);
	cleanup(string) char *second = nonce_pool_take(&pool, 2);
	ck_assert_str_eq(first, "two");
	ck_assert_str_eq(second, "one");
	ck_assert_ptr_null(nonce_pool_take(&pool, 2));
}
END_TEST

START_TEST(an_old_nonce_is_not_used)
{
	nonce_pool_add(&pool, "old", 0);
	ck_assert_ptr_null(nonce_pool_take(&pool, NONCE_SECONDS + 1));
	ck_assert_uint_eq(pool.count, 0);
}
END_TEST

START_TEST(a_full_pool_drops_the_oldest)
{
	for (int i = 0; i < NONCE_POOL_MAX + 5; i++) {
		cleanup(string) char *value = text_format("n%d", i);
		nonce_pool_add(&pool, value, i);
	}
	ck_assert_uint_eq(pool.count, NONCE_POOL_MAX);
	ck_assert_str_eq(pool.nonces[0].value, "n5");
	nonce_pool_clear(&pool);
	ck_assert_ptr_null(nonce_pool_take(&pool, 0));
}
END_TEST

START_TEST(a_nonce_comes_only_once)
{
	ck_assert(nonce_pool_is_new(&pool, "abc"));
	ck_assert(!nonce_pool_is_new(&pool, "abc"));
	nonce_pool_clear(&pool);
	ck_assert(!nonce_pool_is_new(&pool, "abc"));
	ck_assert(nonce_pool_is_new(&pool, "abd"));
}
END_TEST

START_TEST(what_is_no_nonce_is_ignored)
{
	static const char *const BAD[] = {
		NULL, "", "a b", "a=", "a+b", "a/b", "\"x\"", "\xc3\xa4"};
	char longer[NONCE_LENGTH_MAX + 2];

	ck_assert(!nonce_pool_is_new(&pool, BAD[_i]));
	memset(longer, 'a', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';
	ck_assert(!nonce_pool_is_new(&pool, longer));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("nonce_pool");
	TCase *tests = tcase_create("nonce_pool");

	tcase_add_test(tests, the_youngest_nonce_is_used_first_and_only_once);
	tcase_add_test(tests, an_old_nonce_is_not_used);
	tcase_add_test(tests, a_full_pool_drops_the_oldest);
	tcase_add_test(tests, a_nonce_comes_only_once);
	tcase_add_loop_test(tests, what_is_no_nonce_is_ignored, 0, 8);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
