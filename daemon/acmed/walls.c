/* SPDX-License-Identifier: MIT */
#include "walls.h"

#include "json.h"
#include "sandbox.h"
#include "sandbox_mode.h"

static void add_up(json_t *walls, const char *program, const char *name)
{
	json_array_append_new(json_object_get(walls, "up"),
		json_sprintf("%.20s: %.40s", program, name));
}

static void add_missing(json_t *walls, const char *program, const char *text)
{
	if (*text)
		json_array_append_new(json_object_get(walls, "missing"),
			json_sprintf("%.20s: %.256s", program, text));
}

static void tell(
	struct events *events, int priority, const char *what, const char *text)
{
	if (*text)
		events_emit(events,
			&(struct event){.name = "wall", .priority = priority},
			"%s%s", what, text);
}

/* Files that are named by -c lie where no rule of ours allows to read. */
json_t *walls_raise(const struct walls_wish *wish, struct events *events)
{
	json_t *walls = json_pack("{s:[], s:[]}", "up", "missing");
	struct sandbox_wish inner = *sandbox_loop(NULL);
	struct sandbox_report report;

	inner.only_logs = sandbox_mode_only_logs(wish->main_file);
	sandbox_apply(&inner, &report);
	for (size_t i = 0; i < report.count; i++)
		add_up(walls, "acmed", report.walls[i]);
	add_missing(walls, "acmed", report.warning);
	if (wish->is_one_user)
		add_missing(walls, "acmed", "all programs run as one user");
	tell(events, LOG_WARNING, "a wall is not up: ", report.warning);
	tell(events, LOG_INFO, "", report.note);
	return walls;
}

void walls_note(json_t *walls, const json_t *hello)
{
	const json_t *names = json_object_get(hello, "walls");

	for (size_t i = 0; i < json_array_size(names); i++) {
		const char *name = json_string_value(json_array_get(names, i));
		add_up(walls, "vault", name ? name : "?");
	}
	add_missing(walls, "vault", member_string_or(hello, "missing", ""));
}
