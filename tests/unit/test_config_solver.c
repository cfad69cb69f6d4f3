/* SPDX-License-Identifier: MIT */
#include "config_solver.h"

#include "config_table.h"
#include "mem.h"
#include "suite.h"
#include "text.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

START_TEST(every_line_of_the_list_is_whole)
{
	const struct config_solver_facts *facts =
		config_solver_facts((enum config_solver)_i);

	ck_assert_ptr_nonnull(facts->name);
	ck_assert_uint_ne(facts->types & ANSWERS_ALL, 0);
	ck_assert_uint_eq(facts->types & ~ANSWERS_ALL, 0);
	for (int i = 0; i < _i; i++)
		ck_assert_str_ne(facts->name,
			config_solver_facts((enum config_solver)i)->name);
}
END_TEST

START_TEST(every_solver_has_a_file)
{
	const char *name = config_solver_facts((enum config_solver)_i)->name;
	cleanup(string) char *path =
		text_format("daemon/acmed/solvers/%s.c", name);

	ck_assert_msg(access(path, R_OK) == 0, "%s", path);
}
END_TEST

static unsigned count_takers(const char *key)
{
	unsigned takers = 0;

	for (int i = 0; i < SOLVERS_COUNT; i++)
		takers += config_solver_has_key(
			config_solver_facts((enum config_solver)i)->keys, key);
	return takers;
}

START_TEST(every_key_of_a_solver_goes_with_one)
{
	size_t count;
	const struct config_key *keys = config_keys(&count);

	for (size_t i = 0; i < count; i++)
		if (keys[i].is_of_solver)
			ck_assert_msg(count_takers(keys[i].name) > 0, "%s",
				keys[i].name);
}
END_TEST

static void check_words(const char *words, const char *keys)
{
	cleanup(string) char *copy = mem_string(words);
	char *rest;

	for (char *word = strtok_r(copy, " ", &rest); word;
		word = strtok_r(NULL, " ", &rest)) {
		const struct config_key *key =
			config_key_find(SECTION_CHALLENGE, word);
		ck_assert_msg(key && key->is_of_solver, "%s", word);
		ck_assert_msg(config_solver_has_key(keys, word), "%s", word);
	}
}

START_TEST(the_list_names_keys_that_there_are)
{
	const struct config_solver_facts *facts =
		config_solver_facts((enum config_solver)_i);

	check_words(facts->keys, facts->keys);
	check_words(facts->needs, facts->keys);
}
END_TEST

START_TEST(a_key_is_a_whole_word)
{
	ck_assert(config_solver_has_key("Server  KeyFile", "KeyFile"));
	ck_assert(config_solver_has_key("Server", "Server"));
	ck_assert(!config_solver_has_key("Server KeyFile", "Key"));
	ck_assert(!config_solver_has_key("Server KeyFile", "File"));
	ck_assert(!config_solver_has_key("", "Server"));
}
END_TEST

int main(void)
{
	TCase *tests = tcase_create("config_solver");
	Suite *suite = suite_create("config_solver");

	tcase_add_loop_test(
		tests, every_line_of_the_list_is_whole, 0, SOLVERS_COUNT);
	tcase_add_loop_test(tests, every_solver_has_a_file, 0, SOLVERS_COUNT);
	tcase_add_test(tests, every_key_of_a_solver_goes_with_one);
	tcase_add_loop_test(
		tests, the_list_names_keys_that_there_are, 0, SOLVERS_COUNT);
	tcase_add_test(tests, a_key_is_a_whole_word);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
