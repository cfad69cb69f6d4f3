/* SPDX-License-Identifier: MIT */
#include "method.h"

#include "deployer.h"
#include "diagnose.h"
#include "mem.h"

#define MOST_AT_ONCE 4 /* they make connections on behalf of anybody */

struct inquiry {
	struct methods *methods;
	struct lineage *lineage;
	struct snapshot *snapshot;
	struct preflight_tools tools;
	struct diagnose *diagnose;
};

static void free_inquiry(struct call *call)
{
	struct inquiry *inquiry = take(call->state);

	diagnose_cancel(inquiry->diagnose);
	inquiry->lineage->watchers--;
	inquiry->methods->diagnoses--;
	snapshot_unref(inquiry->snapshot);
	free(inquiry);
}

static void on_finding(void *data, const struct finding *finding)
{
	call_continue(
		data, json_pack("{s:o}", "finding", diagnose_to_json(finding)));
}

static void on_end(void *data, enum finding_verdict verdict)
{
	struct call *call = data;

	((struct inquiry *)call->state)->diagnose = NULL;
	free_inquiry(call);
	call_end(call,
		json_pack("{s:s}", "verdict", finding_verdict_name(verdict)));
}

/* Who may change nothing has nothing published either: it is only looked. */
static struct preflight_tools tools_for(
	const struct call *call, const struct fleet *fleet)
{
	return (struct preflight_tools){
		.probe = {fleet->loop, solvers_tools(fleet->solvers),
			method_may_change(call) ? fleet->solvers : NULL},
		.http = fleet->http,
		.vault = fleet->vault,
	};
}

static void start(
	struct call *call, struct inquiry *inquiry, struct fleet *fleet)
{
	struct diagnose_wish wish = {
		.loop = fleet->loop,
		.fleet = fleet,
		.lineage = inquiry->lineage,
		.certificate = inquiry->lineage->certificate,
		.daemon = &inquiry->snapshot->config->daemon,
		.tools = &inquiry->tools,
		.verify = fleet->deployer->verify,
		.writes_records = method_may_change(call),
		.listener = {on_finding, on_end, call},
	};

	inquiry->diagnose = diagnose_start(&wish);
}

void method_diagnose(struct methods *methods, struct call *call)
{
	struct fleet *fleet = schedule_fleet(methods->schedule);
	struct lineage *lineage = method_find(methods, call);
	struct error err;

	if (!lineage)
		return;
	if (methods->diagnoses >= MOST_AT_ONCE) {
		fail(&err, ERROR_REFUSED,
			"others are being diagnosed, try again in a moment");
		method_refuse(call, &err);
		return;
	}
	struct inquiry *inquiry = mem_new(sizeof(*inquiry));
	inquiry->methods = methods;
	inquiry->lineage = lineage;
	inquiry->snapshot = snapshot_ref(fleet->snapshot);
	inquiry->tools = tools_for(call, fleet);
	lineage->watchers++;
	methods->diagnoses++;
	call->state = inquiry;
	call->on_cancel = free_inquiry;
	start(call, inquiry, fleet);
}
