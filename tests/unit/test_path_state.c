/* SPDX-License-Identifier: MIT */
#include "path_state.h"

#include "mem.h"
#include "path_sum.h"
#include "suite.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>

/* What happened, one letter each: g(ood), b(ad), u(nknown) for a look, v and f
 * for a validation of the CA that went well or failed; and what was told of
 * it, "B" for broke, "M" for mended, "." for nothing. */
static const struct {
	const char *happens;
	const char *told;
	enum path_colour colour;
} LIVES[] = {
	{"", "", PATH_UNSEEN},
	{"g", ".", PATH_GREEN},
	{"u", ".", PATH_UNSEEN},
	{"b", ".", PATH_RED},
	{"gb", ".B", PATH_RED},
	{"gbb", ".BB", PATH_RED},
	{"gub", "..B", PATH_RED},
	{"gbub", ".B.B", PATH_RED},
	{"gbg", ".BM", PATH_GREEN},
	{"gbgb", ".BMB", PATH_RED},
	{"bb", "..", PATH_RED},
	{"bg", ".M", PATH_GREEN},
	{"bgb", ".MB", PATH_RED},
	{"bv", ".M", PATH_BLIND},
	{"bvbbb", ".M...", PATH_BLIND},
	{"bvf", ".M.", PATH_RED},
	{"bvfb", ".M..", PATH_RED},
	{"bvg", ".M.", PATH_GREEN},
	{"bvgb", ".M.B", PATH_RED},
	{"gbv", ".BM", PATH_BLIND},
	{"gbvb", ".BM.", PATH_BLIND},
	{"gv", "..", PATH_GREEN},
	{"gf", "..", PATH_GREEN},
	{"v", ".", PATH_UNSEEN},
	{"vb", "..", PATH_RED},
};

static enum path_news happen(struct path_state *state, char what)
{
	switch (what) {
	case 'g':
		return path_state_look(state, FINDING_GOOD, "", 1);
	case 'b':
		return path_state_look(state, FINDING_BAD, "H5", 1);
	case 'u':
		return path_state_look(state, FINDING_UNKNOWN, "", 1);
	default:
		return path_state_validate(state, what == 'v');
	}
}

/* Over a restart at each turn. */
START_TEST(only_what_was_seen_to_work_can_break)
{
	cleanup(json) json_t *states = json_object();
	char told[16] = "";

	for (size_t i = 0; LIVES[_i].happens[i]; i++) {
		struct path_state state = path_state_get(states, "a.test");
		enum path_news news = happen(&state, LIVES[_i].happens[i]);
		told[i] = ".BM"[news];
		path_state_put(states, "a.test", &state);
		json_t *copy = path_states_copy(states);
		json_decref(states);
		states = copy;
	}
	ck_assert_str_eq(told, LIVES[_i].told);
	ck_assert_int_eq(
		path_state_get(states, "a.test").colour, LIVES[_i].colour);
}
END_TEST

START_TEST(another_way_keeps_what_can_break_and_what_people_know)
{
	cleanup(json) json_t *states = json_pack(
		"{s:[s,i], s:[s,i,s,b], s:[s,i,s,b], s:[s,i]}", "green.test",
		"green", 7, "red.test", "red", 7, "H5", 0, "told.test", "red",
		7, "H5", 1, "blind.test", "blind", 7);

	path_states_renew(states);
	struct path_state state = path_state_get(states, "green.test");
	ck_assert_int_eq(state.when, 0);
	ck_assert_int_eq(
		path_state_look(&state, FINDING_BAD, "H16", 8), PATH_BROKE);
	state = path_state_get(states, "red.test");
	ck_assert_int_eq(
		path_state_look(&state, FINDING_BAD, "H16", 8), PATH_SAME);
	state = path_state_get(states, "told.test");
	ck_assert_int_eq(
		path_state_look(&state, FINDING_GOOD, "", 8), PATH_MENDED);
	state = path_state_get(states, "blind.test");
	ck_assert_int_eq(state.colour, PATH_UNSEEN);
}
END_TEST

START_TEST(a_state_keeps_its_time_and_its_cause)
{
	cleanup(json) json_t *states = json_object();
	struct path_state state = {.colour = PATH_GREEN};

	path_state_look(&state, FINDING_BAD, "H4", 1767225600);
	path_state_put(states, "a.test", &state);
	state = path_state_get(states, "a.test");
	ck_assert_int_eq(state.when, 1767225600);
	ck_assert_str_eq(state.code, "H4");
	ck_assert(state.is_told);
}
END_TEST

static const char *const DAMAGED[] = {
	"[]",
	"{\"a.test\": 1}",
	"{\"a.test\": []}",
	"{\"a.test\": [\"purple\", 1]}",
	"{\"a.test\": [7, \"x\"]}",
};

START_TEST(what_is_damaged_was_never_seen)
{
	cleanup(json) json_t *states = json_loads(DAMAGED[_i], 0, NULL);
	cleanup(json) json_t *copy = path_states_copy(states);

	ck_assert_uint_eq(json_object_size(copy), 0);
	ck_assert_int_eq(path_state_get(states, "a.test").colour, PATH_UNSEEN);
}
END_TEST

START_TEST(a_thousand_names_take_no_more_than_their_share)
{
	cleanup(json) json_t *states = json_object();
	struct path_state state = {.colour = PATH_GREEN, .when = 1767225600};
	char name[300];

	for (int i = 0; i < 1000; i++) {
		snprintf(name, sizeof(name), "name-%d.example.test", i);
		path_state_put(states, name, &state);
	}
	cleanup(string) char *text = json_dumps(states, JSON_COMPACT);
	ck_assert_uint_lt(strlen(text), 16384);
}
END_TEST

START_TEST(the_first_fault_of_a_path_is_its_cause)
{
	struct path_sum sum = {0};

	path_sum_add(&sum, &(struct finding){.verdict = FINDING_UNKNOWN});
	ck_assert_int_eq(sum.verdict, FINDING_UNKNOWN);
	path_sum_add(&sum, &(struct finding){.verdict = FINDING_GOOD});
	ck_assert_int_eq(sum.verdict, FINDING_GOOD);
	path_sum_add(&sum,
		&(struct finding){
			.verdict = FINDING_BAD, .code = "H7", .text = "first"});
	path_sum_add(&sum,
		&(struct finding){.verdict = FINDING_BAD,
			.code = "H1",
			.text = "second"});
	ck_assert_int_eq(sum.verdict, FINDING_BAD);
	ck_assert_str_eq(sum.err.code, "H7");
	ck_assert_str_eq(sum.err.text, "first");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("path_state");
	TCase *tests = tcase_create("path_state");

	tcase_add_loop_test(tests, only_what_was_seen_to_work_can_break, 0,
		sizeof(LIVES) / sizeof(*LIVES));
	tcase_add_test(
		tests, another_way_keeps_what_can_break_and_what_people_know);
	tcase_add_test(tests, a_state_keeps_its_time_and_its_cause);
	tcase_add_loop_test(tests, what_is_damaged_was_never_seen, 0,
		sizeof(DAMAGED) / sizeof(*DAMAGED));
	tcase_add_test(tests, a_thousand_names_take_no_more_than_their_share);
	tcase_add_test(tests, the_first_fault_of_a_path_is_its_cause);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
