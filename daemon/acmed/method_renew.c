/* SPDX-License-Identifier: MIT */
#include "method.h"

#include "json.h"
#include "mem.h"
#include "status.h"
#include "text.h"

#include <time.h>

struct follow {
	struct methods *methods;
	struct event_listener *listener;
	struct work_wait *wait;
	struct lineage *lineage;
	bool is_last; /* the next event ends the call */
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

static void end_begun(struct call *call, const struct lineage *lineage)
{
	stop_following(call);
	call_end(call,
		json_pack("{s:b, s:o}", "begun", true, "certificate",
			status_of(lineage, time(NULL))));
}

static void end_failed(struct call *call, const struct error *err)
{
	stop_following(call);
	method_fail(call, err);
}

static void on_followed(void *data, const struct event *event)
{
	struct call *call = data;
	struct follow *follow = call->state;

	if (!event->certificate ||
		!streq(event->certificate, follow->lineage->name))
		return;
	if (follow->is_last && event->err)
		end_failed(call, event->err);
	else if (follow->is_last)
		end_begun(call, follow->lineage);
	else if (call->is_more)
		call_continue(call,
			json_pack("{s:o}", "event", event_to_json(event)));
}

static void on_idle(
	void *data, struct lineage *lineage, const struct error *err)
{
	struct call *call = data;
	struct follow *follow = call->state;

	follow->wait = NULL;
	if (err)
		end_failed(call, err);
	else
		end_begun(call, lineage);
}

/* Before the job begins, so that no step is missed. */
static void follow_job(
	struct methods *methods, struct call *call, struct lineage *lineage)
{
	struct follow *follow = mem_new(sizeof(*follow));

	follow->methods = methods;
	follow->lineage = lineage;
	call->state = follow;
	call->on_cancel = stop_following;
	follow->listener = events_listen(
		schedule_fleet(methods->schedule)->events, on_followed, call);
}

/* Who does not follow it is answered once it is in the state: from then on a
 * crash forgets nothing. What was under way before is there already. */
static void await_job(struct methods *methods, struct call *call,
	struct lineage *lineage, bool was_idle)
{
	struct follow *follow = call->state;

	if (!call->is_more && !was_idle) {
		end_begun(call, lineage);
		return;
	}
	follow->is_last = !call->is_more;
	follow->wait = work_await(
		schedule_work(methods->schedule), lineage, on_idle, call);
}

void method_renew(struct methods *methods, struct call *call)
{
	const json_t *parameters = call->parameters;
	struct renew_wish wish = {
		.is_forced = member_bool_or(parameters, "force", false),
		.is_dry = member_bool_or(parameters, "dry_run", false),
		.ignores_limits =
			member_bool_or(parameters, "ignore_limits", false),
	};
	struct lineage *lineage = method_find_loaded(methods, call);
	struct error why = {0};

	if (!lineage)
		return;
	bool was_idle = lineage->job == JOB_NONE;
	follow_job(methods, call, lineage);
	if (schedule_renew(methods->schedule, lineage, &wish, &why)) {
		await_job(methods, call, lineage, was_idle);
		return;
	}
	stop_following(call);
	if (why.kind != ERROR_NONE)
		method_refuse(call, &why);
	else
		call_end(call,
			json_pack(
				"{s:b, s:s}", "begun", false, "why", why.text));
}

void method_rollback(struct methods *methods, struct call *call)
{
	struct lineage *lineage = method_find_loaded(methods, call);
	struct error why = {0};

	if (!lineage)
		return;
	bool was_idle = lineage->job == JOB_NONE;
	follow_job(methods, call, lineage);
	if (schedule_rollback(methods->schedule, lineage, &why)) {
		await_job(methods, call, lineage, was_idle);
		return;
	}
	stop_following(call);
	method_refuse(call, &why);
}
