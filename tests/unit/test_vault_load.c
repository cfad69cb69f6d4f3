/* SPDX-License-Identifier: MIT */
#include "json.h"
#include "mem.h"
#include "near_life.h"
#include "suite.h"
#include "text.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#undef fail /* ours, not the old one of check */

/* What is loaded, by pages: states that are large, or none. */

#define ROOM (128 * 1024) /* of a message */
#define LARGE 60000 /* of a state; the vault keeps 65536 bytes at most */
#define STATE "state/state/a.example.json"

static struct vault_run run;

static void prepare(void)
{
	near_begin(&run);
}

static void clean(void)
{
	near_end(&run);
}

static bool saves(const char *name, const char *remark)
{
	return near_try("state-save", "s:s, s:{s:i, s:s}", "name", name,
		"state", "schema", 1, "remark", remark);
}

static json_t *load(const char *after)
{
	json_t *reply = near_do("load", "s:s", "after", after);

	ck_assert_uint_lt(json_dumpb(reply, NULL, 0, JSON_COMPACT), ROOM);
	ck_assert_uint_gt(
		json_array_size(json_object_get(reply, "certificates")), 0);
	return reply;
}

static json_t *load_first(void)
{
	cleanup(json) json_t *reply = load("");

	return json_incref(
		json_array_get(json_object_get(reply, "certificates"), 0));
}

START_TEST(what_one_page_has_no_room_for_comes_with_the_next)
{
	static const char *const OTHERS[] = {"b.example", "c.example"};
	cleanup(string) char *remark = calloc(1, LARGE + 1);
	char path[64], after[64] = "", text[64];
	size_t found = 0, pages = 0;

	memset(remark, 'x', LARGE);
	for (size_t i = 0; i < sizeof(OTHERS) / sizeof(*OTHERS); i++) {
		snprintf(path, sizeof(path), "etc/certs.d/%s.conf", OTHERS[i]);
		snprintf(text, sizeof(text), "[Certificate]\nNames=%s\n",
			OTHERS[i]);
		run_write(&run, path, text);
	}
	near_rescan();
	ck_assert(saves("a.example", remark));
	ck_assert(saves("b.example", remark));
	ck_assert(saves("c.example", remark));
	do {
		cleanup(json) json_t *reply = load(after);
		found +=
			json_array_size(json_object_get(reply, "certificates"));
		pages++;
		snprintf(after, sizeof(after), "%s",
			member_string_or(reply, "next", ""));
	} while (*after);
	ck_assert_uint_eq(found, 3);
	ck_assert_uint_ge(pages, 2);
}
END_TEST

/* Each number of three bytes is told with twenty. */
START_TEST(a_state_that_grows_when_it_is_read_is_told)
{
	struct text state cleanup_text_value = {.limit = 65536};

	text_add(&state, "{\"schema\": 1, \"list\": [0.1");
	for (int i = 0; i < 12000; i++)
		text_add(&state, ",0.1");
	text_add(&state, "]}");
	ck_assert(saves("a.example", ""));
	run_write(&run, STATE, state.data);
	cleanup(json) json_t *lineage = load_first();
	ck_assert_str_eq(member_string_or(lineage, "name", ""), "a.example");
	ck_assert(json_is_null(json_object_get(lineage, "state")));
	ck_assert_ptr_nonnull(strstr(
		member_string_or(lineage, "problem", ""), "is too large"));
}
END_TEST

START_TEST(a_state_over_its_limit_is_put_aside)
{
	cleanup(string) char *bytes = calloc(1, 70001);

	memset(bytes, ' ', 70000);
	ck_assert(saves("a.example", ""));
	run_write(&run, STATE, bytes);
	cleanup(json) json_t *lineage = load_first();
	ck_assert_ptr_nonnull(
		strstr(member_string_or(lineage, "problem", ""), "damaged"));
	ck_assert(run_exists(&run, STATE ".damaged"));
	ck_assert(!run_exists(&run, STATE));
}
END_TEST

START_TEST(a_lineage_that_is_gone_keeps_its_state_until_it_is_removed)
{
	ck_assert(saves("a.example", "one"));
	run_remove(&run, "etc/certs.d/a.example.conf");
	near_rescan();
	ck_assert(saves("a.example", "two"));
	run_remove(&run, STATE);
	ck_assert(!saves("a.example", "three"));
	ck_assert(!run_exists(&run, STATE));
}
END_TEST

START_TEST(no_version_that_is_damaged_is_offered)
{
	json_decref(near_do("placeholder", "s:s", "name", "a.example"));
	run_write(&run, "state/archive/a.example/1/cert.pem", "damaged");
	ck_assert_int_eq(unlink(run_path(&run, "state/live/a.example")), 0);
	cleanup(json) json_t *lineage = load_first();
	ck_assert(json_is_null(json_object_get(lineage, "installed")));
	ck_assert(json_is_null(json_object_get(lineage, "staged")));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("vault_load");
	TCase *tests = tcase_create("vault_load");

	tcase_set_timeout(tests, 60);
	tcase_add_checked_fixture(tests, prepare, clean);
	tcase_add_test(
		tests, what_one_page_has_no_room_for_comes_with_the_next);
	tcase_add_test(tests, a_state_that_grows_when_it_is_read_is_told);
	tcase_add_test(tests, a_state_over_its_limit_is_put_aside);
	tcase_add_test(tests,
		a_lineage_that_is_gone_keeps_its_state_until_it_is_removed);
	tcase_add_test(tests, no_version_that_is_damaged_is_offered);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
