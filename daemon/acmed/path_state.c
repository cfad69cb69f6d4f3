/* SPDX-License-Identifier: MIT */
#include "path_state.h"

#include "text.h"

#include <stdio.h>

/* The whole state of a lineage has 64 KiB. */
#define MOST_STATES 250

static const char *const COLOURS[] = {
	[PATH_UNSEEN] = "unseen",
	[PATH_GREEN] = "green",
	[PATH_RED] = "red",
	[PATH_BLIND] = "blind",
};

#define COLOUR_COUNT (sizeof(COLOURS) / sizeof(*COLOURS))

static enum path_news turn_green(struct path_state *state)
{
	bool was_red = state->colour == PATH_RED;

	state->colour = PATH_GREEN;
	state->is_told = false;
	state->code[0] = '\0';
	return was_red ? PATH_MENDED : PATH_SAME;
}

static enum path_news turn_red(struct path_state *state, const char *code)
{
	if (state->colour == PATH_BLIND)
		return PATH_SAME;
	state->is_told |= state->colour == PATH_GREEN;
	state->colour = PATH_RED;
	snprintf(state->code, sizeof(state->code), "%s", code);
	return state->is_told ? PATH_BROKE : PATH_SAME;
}

enum path_news path_state_look(struct path_state *state,
	enum finding_verdict verdict, const char *code, int64_t when)
{
	state->when = when;
	switch (verdict) {
	case FINDING_GOOD:
		return turn_green(state);
	case FINDING_BAD:
		return turn_red(state, code);
	case FINDING_UNKNOWN:
		break;
	}
	return PATH_SAME;
}

enum path_news path_state_validate(struct path_state *state, bool is_valid)
{
	if (is_valid && state->colour == PATH_RED) {
		turn_green(state);
		state->colour = PATH_BLIND;
		return PATH_MENDED;
	}
	if (!is_valid && state->colour == PATH_BLIND)
		state->colour = PATH_RED;
	return PATH_SAME;
}

struct path_state path_state_get(const json_t *states, const char *name)
{
	const json_t *list = json_object_get(states, name);
	const char *colour = json_string_value(json_array_get(list, 0));
	const char *code = json_string_value(json_array_get(list, 2));
	struct path_state state = {
		.when = json_integer_value(json_array_get(list, 1)),
		.is_told = json_is_true(json_array_get(list, 3)),
	};

	for (size_t i = 0; colour && i < COLOUR_COUNT; i++)
		if (streq(colour, COLOURS[i]))
			state.colour = (enum path_colour)i;
	snprintf(state.code, sizeof(state.code), "%s", code ? code : "");
	return state;
}

void path_state_put(
	json_t *states, const char *name, const struct path_state *state)
{
	json_t *list = json_pack(
		"[s, I]", COLOURS[state->colour], (json_int_t)state->when);

	if (state->colour == PATH_RED) {
		json_array_append_new(list, json_string(state->code));
		json_array_append_new(list, json_boolean(state->is_told));
	}
	if (json_object_size(states) < MOST_STATES ||
		json_object_get(states, name))
		json_object_set(states, name, list);
	json_decref(list);
}

void path_states_renew(json_t *states)
{
	const char *name;
	json_t *list;
	void *next;

	json_object_foreach_safe(states, next, name, list)
	{
		struct path_state state = path_state_get(states, name);
		state.when = 0;
		if (state.colour == PATH_BLIND)
			json_object_del(states, name);
		else
			path_state_put(states, name, &state);
	}
}

json_t *path_states_copy(const json_t *states)
{
	json_t *copy = json_object();
	const char *name;
	json_t *list;

	json_object_foreach ((json_t *)states, name, list) {
		struct path_state state = path_state_get(states, name);
		if (state.colour != PATH_UNSEEN && strlen(name) < 256)
			path_state_put(copy, name, &state);
	}
	return copy;
}
