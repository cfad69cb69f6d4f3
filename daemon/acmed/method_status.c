/* SPDX-License-Identifier: MIT */
#include "method.h"

#include "json.h"
#include "mem.h"
#include "member.h"
#include "status.h"
#include "text.h"

#include <fnmatch.h>
#include <stdio.h>
#include <time.h>

#define STATUS_PAGE 100

/* Page by page, as fast as the client reads. Lineages may come and go between
 * two pages, so the place is a name. */
struct page {
	struct methods *methods;
	char after[CONFIG_NAME_MAX + 32];
	char pattern[256];
	bool only_failing;
	bool is_first;
};

static bool is_wanted(const struct page *page, const json_t *status)
{
	const char *name = member_string_or(status, "name", "");
	const char *state = member_string_or(status, "state", "");

	if (*page->pattern && fnmatch(page->pattern, name, 0) != 0)
		return false;
	return !page->only_failing || streq(state, "failing") ||
		streq(state, "expired");
}

/* Fills a page; false when there is nothing behind it. */
static bool fill_page(struct page *page, json_t *list, size_t most)
{
	const struct fleet *fleet = schedule_fleet(page->methods->schedule);
	int64_t now = time(NULL);

	for (size_t i = 0; i < fleet->count; i++) {
		const struct lineage *lineage = fleet->lineages[i];
		if (strcmp(lineage->name, page->after) <= 0)
			continue;
		if (json_array_size(list) == most)
			return true;
		snprintf(page->after, sizeof(page->after), "%s", lineage->name);
		json_t *status = status_of(lineage, now);
		if (is_wanted(page, status))
			json_array_append(list, status);
		json_decref(status);
	}
	return false;
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

static void free_state(struct call *call)
{
	free(take(call->state));
}

static void send_page(struct call *call)
{
	struct page *page = call->state;
	json_t *list = json_array();
	size_t most = call->is_more ? STATUS_PAGE : SIZE_MAX;
	bool has_more = fill_page(page, list, most);
	json_t *reply = json_pack("{s:o}", "certificates", list);

	if (page->is_first)
		json_object_set_new(
			reply, "daemon", describe_daemon(page->methods));
	page->is_first = false;
	if (has_more) {
		call_continue(call, reply);
		return;
	}
	free_state(call);
	call_end(call, reply);
}

void method_status(struct methods *methods, struct call *call)
{
	const char *pattern = method_parameter(call, "pattern");
	struct page *page = mem_new(sizeof(*page));

	page->methods = methods;
	page->is_first = true;
	page->only_failing = member_bool_or(call->parameters, "failing", false);
	if (pattern)
		snprintf(page->pattern, sizeof(page->pattern), "%s", pattern);
	call->state = page;
	call->on_cancel = free_state;
	call->on_drained = send_page;
	send_page(call);
}
