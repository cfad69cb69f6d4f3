/* SPDX-License-Identifier: MIT */
#include "walls.h"

#include "json.h"
#include "sandbox.h"

#include <stdio.h>

static void add_up(json_t *walls, const char *program, const char *name)
{
	json_array_append_new(json_object_get(walls, "up"),
		json_sprintf("%.20s: %.40s", program, name));
}

static void add_missing(json_t *walls, const char *text)
{
	if (*text)
		json_array_append_new(
			json_object_get(walls, "missing"), json_string(text));
}

/* Files that are named by -c lie where no rule of ours allows to read. */
json_t *walls_raise(bool is_one_user)
{
	json_t *walls = json_pack("{s:[], s:[]}", "up", "missing");
	struct sandbox_report report;

	sandbox_apply(sandbox_loop(NULL), &report);
	for (size_t i = 0; i < report.count; i++)
		add_up(walls, "acmed", report.walls[i]);
	add_missing(walls, report.warning);
	if (is_one_user)
		add_missing(walls, "all programs run as one user");
	return walls;
}

void walls_note(json_t *walls, const char *program, const json_t *names)
{
	for (size_t i = 0; i < json_array_size(names); i++) {
		const char *name = json_string_value(json_array_get(names, i));
		add_up(walls, program, name ? name : "?");
	}
}
