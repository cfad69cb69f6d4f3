/* SPDX-License-Identifier: MIT */
#include "methods.h"

#include "json.h"
#include "mem.h"
#include "plan.h"
#include "service.h"
#include "status.h"
#include "text.h"
#include "timestamp.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define STATUS_PAGE 100
#define ADMIN_GROUP "acmed-admin"

enum right {
	MAY_READ, /* everyone */
	MAY_CHANGE, /* root, the daemon's own user, the admin group */
};

struct method {
	const char *name;
	enum right right;
	bool needs_more;
	void (*run)(struct methods *methods, struct call *call);
};

static const char *parameter(const struct call *call, const char *name)
{
	return member_string_or(call->parameters, name, NULL);
}

static void fail_parameter(struct call *call, const char *name)
{
	call_fail(call, "org.varlink.service.InvalidParameter",
		json_pack("{s:s}", "parameter", name));
}

static void refuse(struct call *call, const struct error *why)
{
	call_fail(call, "org.acmed.Control.Refused",
		json_pack("{s:s}", "text", why->text));
}

static void fail_call(struct call *call, const struct error *err)
{
	call_fail(call, "org.acmed.Control.Failed",
		json_pack("{s:o}", "failure", status_of_error(err)));
}

/* The lineage of `name`; without one the call is answered already. */
static struct lineage *find(struct methods *methods, struct call *call)
{
	const char *name = parameter(call, "name");

	if (!name) {
		fail_parameter(call, "name");
		return NULL;
	}
	struct lineage *lineage =
		fleet_find(schedule_fleet(methods->schedule), name);
	if (!lineage)
		call_fail(call, "org.acmed.Control.NoSuchCertificate",
			json_pack("{s:s}", "name", name));
	return lineage;
}

/* Status: page by page, as fast as the client reads. Lineages may come and
 * go between two pages, so the place is a name. */

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

	if (fleet->main_mistake)
		json_object_set_new(
			daemon, "mistake", json_string(fleet->main_mistake));
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

static void run_status(struct methods *methods, struct call *call)
{
	const char *pattern = parameter(call, "pattern");
	struct page *page = calloc(1, sizeof(*page));

	if (!page)
		abort();
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

/* History. */

static int by_time(const void *a, const void *b)
{
	const json_t *const *left = a;
	const json_t *const *right = b;

	return strcmp(member_string_or(*left, "time", ""),
		member_string_or(*right, "time", ""));
}

static json_t *sort_events(json_t *events)
{
	size_t count = json_array_size(events);
	json_t **list = calloc(count + 1, sizeof(*list));
	json_t *sorted = json_array();

	if (!list)
		abort();
	for (size_t i = 0; i < count; i++)
		list[i] = json_array_get(events, i);
	qsort(list, count, sizeof(*list), by_time);
	for (size_t i = 0; i < count; i++)
		json_array_append(sorted, list[i]);
	free(list);
	json_decref(events);
	return sorted;
}

static void run_history(struct methods *methods, struct call *call)
{
	const struct fleet *fleet = schedule_fleet(methods->schedule);
	json_t *events = json_array();

	if (parameter(call, "name")) {
		struct lineage *lineage = find(methods, call);
		if (lineage)
			json_array_extend(events, lineage->events);
		else {
			json_decref(events);
			return;
		}
	} else {
		for (size_t i = 0; i < fleet->count; i++)
			json_array_extend(events, fleet->lineages[i]->events);
	}
	call_end(call, json_pack("{s:o}", "events", sort_events(events)));
}

/* Renew and Rollback: followed to the end of all that is under way. */

struct follow {
	struct methods *methods;
	struct event_listener *listener;
	struct work_wait *wait;
	struct lineage *lineage;
};

static void stop_following(struct call *call)
{
	struct follow *follow = take(call->state);

	events_ignore(schedule_fleet(follow->methods->schedule)->events,
		follow->listener);
	if (follow->wait)
		work_forget(follow->wait);
	free(follow);
}

static void on_followed(void *data, const struct event *event)
{
	struct call *call = data;
	struct follow *follow = call->state;

	if (event->certificate &&
		streq(event->certificate, follow->lineage->name))
		call_continue(call,
			json_pack("{s:o}", "event", event_to_json(event)));
}

static void on_idle(
	void *data, struct lineage *lineage, const struct error *err)
{
	struct call *call = data;
	struct follow *follow = call->state;

	follow->wait = NULL;
	stop_following(call);
	if (err)
		fail_call(call, err);
	else
		call_end(call,
			json_pack("{s:b, s:o}", "begun", true, "certificate",
				status_of(lineage, time(NULL))));
}

/* Before the job begins, so that no step is missed. */
static void follow_job(
	struct methods *methods, struct call *call, struct lineage *lineage)
{
	struct follow *follow = calloc(1, sizeof(*follow));

	if (!follow)
		abort();
	follow->methods = methods;
	follow->lineage = lineage;
	call->state = follow;
	call->on_cancel = stop_following;
	follow->listener = events_listen(
		schedule_fleet(methods->schedule)->events, on_followed, call);
}

static void await_job(
	struct methods *methods, struct call *call, struct lineage *lineage)
{
	struct follow *follow = call->state;

	if (call->is_more) {
		follow->wait = work_await(schedule_work(methods->schedule),
			lineage, on_idle, call);
		return;
	}
	stop_following(call);
	call_end(call,
		json_pack("{s:b, s:o}", "begun", true, "certificate",
			status_of(lineage, time(NULL))));
}

static void run_renew(struct methods *methods, struct call *call)
{
	bool is_forced = member_bool_or(call->parameters, "force", false);
	bool is_dry = member_bool_or(call->parameters, "dry_run", false);
	struct lineage *lineage = find(methods, call);
	struct error why = {0};

	if (!lineage)
		return;
	follow_job(methods, call, lineage);
	if (schedule_renew(
		    methods->schedule, lineage, is_forced, is_dry, &why)) {
		await_job(methods, call, lineage);
		return;
	}
	stop_following(call);
	if (why.kind != ERROR_NONE)
		refuse(call, &why);
	else
		call_end(call,
			json_pack(
				"{s:b, s:s}", "begun", false, "why", why.text));
}

static void run_rollback(struct methods *methods, struct call *call)
{
	struct lineage *lineage = find(methods, call);
	struct error why = {0};

	if (!lineage)
		return;
	follow_job(methods, call, lineage);
	if (schedule_rollback(methods->schedule, lineage, &why)) {
		await_job(methods, call, lineage);
		return;
	}
	stop_following(call);
	refuse(call, &why);
}

/* Hold and Unhold. */

static void run_hold(struct methods *methods, struct call *call)
{
	const char *date = parameter(call, "until");
	struct lineage *lineage = find(methods, call);
	int64_t until = 0;

	if (!lineage)
		return;
	if (date && (!timestamp_parse(date, &until) || until <= time(NULL))) {
		fail_parameter(call, "until");
		return;
	}
	schedule_hold(methods->schedule, lineage, until);
	call_end(call, NULL);
}

static void run_unhold(struct methods *methods, struct call *call)
{
	struct lineage *lineage = find(methods, call);

	if (!lineage)
		return;
	schedule_unhold(methods->schedule, lineage);
	call_end(call, NULL);
}

/* Reload. */

static void on_reloaded(void *data, const struct intake_result *result)
{
	struct call *call = data;
	json_t *list = json_array();

	call->on_cancel = NULL;
	for (size_t i = 0; i < result->mistakes->list.count; i++)
		json_array_append_new(
			list, json_string(result->mistakes->list.items[i]));
	if (!result->err) {
		call_end(call, json_pack("{s:o}", "mistakes", list));
		return;
	}
	json_decref(list);
	fail_call(call, result->err);
}

static void stop_reload(struct call *call)
{
	struct methods *methods = call->state;

	schedule_forget_rescan(methods->schedule, call);
}

static void run_reload(struct methods *methods, struct call *call)
{
	call->state = methods;
	call->on_cancel = stop_reload;
	schedule_rescan(methods->schedule, on_reloaded, call);
}

/* Watch. */

struct watch {
	struct events *events;
	struct event_listener *listener;
	char name[CONFIG_NAME_MAX + 32];
};

static void stop_watch(struct call *call)
{
	struct watch *watch = take(call->state);

	events_ignore(watch->events, watch->listener);
	free(watch);
}

static void on_watched(void *data, const struct event *event)
{
	struct call *call = data;
	const struct watch *watch = call->state;

	if (*watch->name &&
		(!event->certificate ||
			!streq(event->certificate, watch->name)))
		return;
	call_continue(call, json_pack("{s:o}", "event", event_to_json(event)));
}

static void run_watch(struct methods *methods, struct call *call)
{
	const char *name = parameter(call, "name");
	struct watch *watch = calloc(1, sizeof(*watch));

	if (!watch)
		abort();
	if (name)
		snprintf(watch->name, sizeof(watch->name), "%s", name);
	watch->events = schedule_fleet(methods->schedule)->events;
	watch->listener = events_listen(watch->events, on_watched, call);
	call->state = watch;
	call->on_cancel = stop_watch;
}

/* org.varlink.service. */

static const char SERVICE_DESCRIPTION[] =
	"# The Varlink Service Interface is provided by every varlink service. "
	"It\n"
	"# describes the service and the interfaces it implements.\n"
	"interface org.varlink.service\n"
	"\n"
	"method GetInfo() -> (\n"
	"  vendor: string,\n"
	"  product: string,\n"
	"  version: string,\n"
	"  url: string,\n"
	"  interfaces: []string\n"
	")\n"
	"\n"
	"method GetInterfaceDescription(interface: string) -> (description: "
	"string)\n"
	"\n"
	"error InterfaceNotFound (interface: string)\n"
	"error MethodNotFound (method: string)\n"
	"error MethodNotImplemented (method: string)\n"
	"error InvalidParameter (parameter: string)\n"
	"error PermissionDenied ()\n"
	"error ExpectedMore ()\n";

static void run_info(struct methods *methods, struct call *call)
{
	(void)methods;
	call_end(call,
		json_pack("{s:s, s:s, s:s, s:s, s:[s, s]}", "vendor", "acmed",
			"product", "acmed", "version", ACMED_VERSION, "url",
			"man:acmed(8)", "interfaces", "org.varlink.service",
			"org.acmed.Control"));
}

static void run_description(struct methods *methods, struct call *call)
{
	const char *interface = parameter(call, "interface");
	const char *text = NULL;

	(void)methods;
	if (!interface) {
		fail_parameter(call, "interface");
		return;
	}
	if (streq(interface, "org.acmed.Control"))
		text = methods_description();
	if (streq(interface, "org.varlink.service"))
		text = SERVICE_DESCRIPTION;
	if (text)
		call_end(call, json_pack("{s:s}", "description", text));
	else
		call_fail(call, "org.varlink.service.InterfaceNotFound",
			json_pack("{s:s}", "interface", interface));
}

/* The table. */

static const struct method METHODS[] = {
	{"org.acmed.Control.Status", MAY_READ, false, run_status},
	{"org.acmed.Control.History", MAY_READ, false, run_history},
	{"org.acmed.Control.Renew", MAY_CHANGE, false, run_renew},
	{"org.acmed.Control.Hold", MAY_CHANGE, false, run_hold},
	{"org.acmed.Control.Unhold", MAY_CHANGE, false, run_unhold},
	{"org.acmed.Control.Rollback", MAY_CHANGE, false, run_rollback},
	{"org.acmed.Control.Reload", MAY_CHANGE, false, run_reload},
	{"org.acmed.Control.Watch", MAY_READ, true, run_watch},
	{"org.varlink.service.GetInfo", MAY_READ, false, run_info},
	{"org.varlink.service.GetInterfaceDescription", MAY_READ, false,
		run_description},
};

static const struct method *find_method(const char *name)
{
	for (size_t i = 0; i < sizeof(METHODS) / sizeof(*METHODS); i++)
		if (streq(METHODS[i].name, name))
			return &METHODS[i];
	return NULL;
}

static bool may(const struct call *call, enum right right)
{
	uid_t uid = connection_uid(call->connection);

	return right == MAY_READ || uid == 0 || uid == getuid() ||
		connection_is_in_group(call->connection, ADMIN_GROUP);
}

void methods_run(struct methods *methods, struct call *call)
{
	const struct method *method = find_method(call->method);

	if (!method)
		call_fail(call, "org.varlink.service.MethodNotFound",
			json_pack("{s:s}", "method", call->method));
	else if (!may(call, method->right))
		call_fail(call, "org.varlink.service.PermissionDenied", NULL);
	else if (method->needs_more && !call->is_more)
		call_fail(call, "org.varlink.service.ExpectedMore", NULL);
	else
		method->run(methods, call);
}
