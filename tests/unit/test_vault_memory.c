/* SPDX-License-Identifier: MIT */
#include "json.h"
#include "mem.h"
#include "near_life.h"
#include "suite.h"

#include <check.h>
#include <stdlib.h>
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
	near_begin(&run);
	json_set_alloc_funcs(allocate, free);
}

static void clean(void)
{
	json_set_alloc_funcs(malloc, free);
	near_end(&run);
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
	return suite_run(suite);
}
