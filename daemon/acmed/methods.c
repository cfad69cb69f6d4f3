/* SPDX-License-Identifier: MIT */
#include "methods.h"

#include "method.h"
#include "text.h"
#include "timestamp.h"

#include <time.h>
#include <unistd.h>

#define ADMIN_GROUP "acmed-admin"

enum right {
	MAY_READ, /* everyone */
	MAY_CHANGE, /* root, the daemon's own user, the admin group */
	MAY_RULE, /* root; the vault wants a permit of root besides */
};

struct method {
	const char *name;
	enum right right;
	bool needs_more;
	void (*run)(struct methods *methods, struct call *call);
};

/* Hold and Unhold. */

static void run_hold(struct methods *methods, struct call *call)
{
	const char *date = method_parameter(call, "until");
	struct lineage *lineage = method_find_loaded(methods, call);
	int64_t until = 0;

	if (!lineage)
		return;
	if (date && (!timestamp_parse(date, &until) || until <= time(NULL))) {
		method_fail_parameter(call, "until");
		return;
	}
	schedule_hold(methods->schedule, lineage, until);
	call_end(call, NULL);
}

static void run_unhold(struct methods *methods, struct call *call)
{
	struct lineage *lineage = method_find_loaded(methods, call);

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
	method_fail(call, result->err);
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
	const char *interface = method_parameter(call, "interface");
	const char *text = NULL;

	(void)methods;
	if (!interface) {
		method_fail_parameter(call, "interface");
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
	{"org.acmed.Control.Status", MAY_READ, false, method_status},
	{"org.acmed.Control.History", MAY_READ, false, method_history},
	{"org.acmed.Control.Diagnose", MAY_READ, true, method_diagnose},
	{"org.acmed.Control.Metrics", MAY_READ, false, method_metrics},
	{"org.acmed.Control.Renew", MAY_CHANGE, false, method_renew},
	{"org.acmed.Control.Hold", MAY_CHANGE, false, run_hold},
	{"org.acmed.Control.Unhold", MAY_CHANGE, false, run_unhold},
	{"org.acmed.Control.Rollback", MAY_CHANGE, false, method_rollback},
	{"org.acmed.Control.Reload", MAY_CHANGE, false, run_reload},
	{"org.acmed.Control.Revoke", MAY_RULE, false, method_revoke},
	{"org.acmed.Control.Account", MAY_READ, false, method_account},
	{"org.acmed.Control.AccountRollover", MAY_RULE, false,
		method_account_rollover},
	{"org.acmed.Control.AccountDeactivate", MAY_RULE, false,
		method_account_deactivate},
	{"org.acmed.Control.NotifyTest", MAY_CHANGE, false, method_notify_test},
	{"org.acmed.Control.Watch", MAY_READ, true, method_watch},
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

/* Where all runs as one user that one is root for us. */
static bool may(const struct call *call, enum right right)
{
	uid_t uid = connection_uid(call->connection);

	if (right == MAY_READ || uid == 0 || uid == getuid())
		return true;
	return right == MAY_CHANGE &&
		connection_is_in_group(call->connection, ADMIN_GROUP);
}

bool method_may_change(const struct call *call)
{
	return may(call, MAY_CHANGE);
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
