/* SPDX-License-Identifier: MIT */
#include "method_walk.h"

#include "json.h"
#include "mem.h"
#include "member.h"
#include "plan.h"
#include "state_word.h"
#include "status.h"

#include <fnmatch.h>
#include <stdio.h>
#include <time.h>

#define STATUS_PAGE 100

struct wish {
	struct methods *methods;
	char pattern[256];
	bool only_failing;
	bool has_daemon; /* told, in the first reply */
};

static bool is_wanted(
	const struct wish *wish, const struct lineage *lineage, int64_t now)
{
	char state[PLAN_STATE_SIZE];

	if (*wish->pattern && fnmatch(wish->pattern, lineage->name, 0) != 0)
		return false;
	if (!wish->only_failing)
		return true;
	plan_state(lineage, now, state);
	return state_is_bad(state);
}

static void add_status(void *data, const struct lineage *lineage, json_t *list)
{
	int64_t now = time(NULL);

	if (is_wanted(data, lineage, now))
		json_array_append_new(list, status_of(lineage, now));
}

static json_t *describe_daemon(const struct methods *methods)
{
	const struct fleet *fleet = schedule_fleet(methods->schedule);
	json_t *walls = methods->daemon.walls(methods->daemon.data);
	json_t *daemon =
		json_pack("{s:s, s:s, s:b, s:O, s:O}", "version", ACMED_VERSION,
			"status", schedule_status_line(methods->schedule),
			"may_reload", deployer_may_reload(fleet->deployer),
			"walls_up", json_object_get(walls, "up"),
			"walls_missing", json_object_get(walls, "missing"));

	member_put_text(daemon, "mistake", fleet->main_mistake);
	if (fleet->alert)
		member_put(daemon, "telling", alert_describe(fleet->alert));
	json_decref(walls);
	return daemon;
}

static json_t *reply_of(void *data, json_t *list)
{
	struct wish *wish = data;
	json_t *reply = json_pack("{s:o}", "certificates", list);

	if (!wish->has_daemon)
		json_object_set_new(
			reply, "daemon", describe_daemon(wish->methods));
	wish->has_daemon = true;
	return reply;
}

void method_status(struct methods *methods, struct call *call)
{
	static const struct walk_kind KIND = {
		STATUS_PAGE, add_status, reply_of};
	const char *pattern = method_parameter(call, "pattern");
	struct wish *wish = mem_new(sizeof(*wish));

	wish->methods = methods;
	wish->only_failing = member_bool_or(call->parameters, "failing", false);
	if (pattern)
		snprintf(wish->pattern, sizeof(wish->pattern), "%s", pattern);
	method_walk(methods, call, &KIND, wish);
}
