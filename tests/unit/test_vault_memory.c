/* SPDX-License-Identifier: MIT */
#include "json.h"
#include "mem.h"
#include "near_vault.h"
#include "vault_run.h"

#include <check.h>
#include <stdlib.h>
#include <sys/stat.h>
#undef fail /* ours, not the old one of check */

/* The vault for want of memory, as jansson meets it; all its allocations are
 * tried by tests/torture. */

#define NAME "a.example"

static struct vault_run run;

static unsigned countdown; /* the allocation that fails; 0: none */

static void *allocate(size_t size)
{
	return countdown && !--countdown ? NULL : malloc(size);
}

static void prepare(void)
{
	run_prepare(&run);
	ck_assert_int_eq(mkdir(run_path(&run, "state"), 0755), 0);
	near_open(run_path(&run, "etc"), run_path(&run, "state"));
	json_decref(near_do("configure", ""));
	json_set_alloc_funcs(allocate, free);
}

static void clean(void)
{
	json_set_alloc_funcs(malloc, free);
	near_close();
	run_clean(&run);
}

START_TEST(a_reply_without_memory_says_so)
{
	static const char *const VERBS[] = {"account", "placeholder", "csr"};
	cleanup(json) json_t *request = json_pack("{s:s, s:s, s:s}", "verb",
		VERBS[_i], "name", NAME, "ca", "little");
	bool is_reached = true;

	for (unsigned at = 1; is_reached; at++) {
		struct error err = {0};
		countdown = at;
		cleanup(json) json_t *reply = near_ask(request, &err);
		is_reached = countdown == 0;
		countdown = 0;
		ck_assert(reply || *err.text);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("vault_memory");
	TCase *tests = tcase_create("vault_memory");

	tcase_set_timeout(tests, 60);
	tcase_add_checked_fixture(tests, prepare, clean);
	tcase_add_loop_test(tests, a_reply_without_memory_says_so, 0, 3);
	suite_add_tcase(suite, tests);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? 1 : 0;
}
