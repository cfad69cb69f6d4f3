/* SPDX-License-Identifier: MIT */
#include "method.h"

#include "json.h"
#include "status.h"

const char *method_parameter(const struct call *call, const char *name)
{
	return member_string_or(call->parameters, name, NULL);
}

void method_fail_parameter(struct call *call, const char *name)
{
	call_fail(call, "org.varlink.service.InvalidParameter",
		json_pack("{s:s}", "parameter", name));
}

void method_refuse(struct call *call, const struct error *why)
{
	call_fail(call, "org.acmed.Control.Refused",
		json_pack("{s:s}", "text", why->text));
}

void method_fail(struct call *call, const struct error *err)
{
	call_fail(call, "org.acmed.Control.Failed",
		json_pack("{s:o}", "failure", status_of_error(err)));
}

struct lineage *method_find(struct methods *methods, struct call *call)
{
	const char *name = method_parameter(call, "name");

	if (!name) {
		method_fail_parameter(call, "name");
		return NULL;
	}
	struct lineage *lineage =
		fleet_find(schedule_fleet(methods->schedule), name);
	if (!lineage)
		call_fail(call, "org.acmed.Control.NoSuchCertificate",
			json_pack("{s:s}", "name", name));
	return lineage;
}

struct lineage *method_find_loaded(struct methods *methods, struct call *call)
{
	struct lineage *lineage = method_find(methods, call);
	struct error why;

	if (!lineage || lineage->is_loaded)
		return lineage;
	if (lineage->unread)
		fail(&why, ERROR_REFUSED,
			"the state of '%s' cannot be read: %s", lineage->name,
			lineage->unread->text);
	else
		fail(&why, ERROR_REFUSED,
			"'%s' is being loaded, try again in a moment",
			lineage->name);
	method_refuse(call, &why);
	return NULL;
}
