/* SPDX-License-Identifier: MIT */
#include "unit_job.h"

#include "diagnosis_unit.h"
#include "text.h"

#define DBUS_ERROR "org.freedesktop.DBus.Error."
#define SYSTEMD_ERROR "org.freedesktop.systemd1."
#define QUOTE 200 /* of what a stranger says */

static const struct {
	const char *method;
	const char *infinitive; /* "nginx.service refused to reload" */
} VERBS[] = {
	[BUS_RELOAD] = {"ReloadUnit", "reload"},
	[BUS_START] = {"StartUnit", "start"},
	[BUS_RESTART] = {"RestartUnit", "restart"},
};

/* A name that ends in a dot is a prefix. */
static const struct {
	const char *name;
	enum bus_result result;
} REFUSALS[] = {
	{SYSTEMD_ERROR "NoSuchUnit", BUS_NO_UNIT},
	{SYSTEMD_ERROR "LoadFailed", BUS_NO_UNIT},
	{SYSTEMD_ERROR "UnitMasked", BUS_NO_UNIT},
	{SYSTEMD_ERROR "JobTypeNotApplicable", BUS_CANNOT_RELOAD},
	{DBUS_ERROR "InteractiveAuthorizationRequired", BUS_DENIED},
	{DBUS_ERROR "AccessDenied", BUS_DENIED},
	{DBUS_ERROR "AuthFailed", BUS_DENIED},
	{DBUS_ERROR "ServiceUnknown", BUS_ABSENT},
	{DBUS_ERROR "NameHasNoOwner", BUS_ABSENT},
	{DBUS_ERROR "FileNotFound", BUS_ABSENT},
	{DBUS_ERROR "NoServer", BUS_ABSENT},
	{DBUS_ERROR "Spawn.", BUS_ABSENT},
};

static const char *code_of_job(enum bus_verb verb, const char *result)
{
	return diagnosis_of_job(result, verb == BUS_RELOAD, verb == BUS_START);
}

static enum bus_result classify(const char *name)
{
	for (size_t i = 0; i < sizeof(REFUSALS) / sizeof(*REFUSALS); i++)
		if (streq(name, REFUSALS[i].name) ||
			(text_ends_with(REFUSALS[i].name, ".") &&
				text_starts_with(name, REFUSALS[i].name)))
			return REFUSALS[i].result;
	return BUS_FAILED;
}

/* Where polkit's own unit is masked or broken, systemd hands that error on as
 * if it were about ours. */
static bool is_of_another(const char *unit, const char *text)
{
	return text && *text && !strstr(text, unit);
}

static enum bus_result look_at(
	const char *unit, const char *name, const char *text)
{
	enum bus_result result = classify(name);

	if (result == BUS_NO_UNIT && is_of_another(unit, text))
		return BUS_DENIED;
	return result;
}

const char *unit_job_method(enum bus_verb verb)
{
	return VERBS[verb].method;
}

enum bus_result unit_job_result(enum bus_verb verb, const char *unit,
	const char *result, struct error *err)
{
	const char *code = code_of_job(verb, result);

	if (streq(result, "done"))
		return BUS_DONE;
	/* A reload of a stopped unit is dropped when its turn comes. */
	if (verb == BUS_RELOAD &&
		(streq(result, "invalid") || streq(result, "skipped"))) {
		fail_cause(err, ERROR_LOCAL, code, "'%s' is not running", unit);
		return BUS_NOT_RUNNING;
	}
	fail_cause(err, ERROR_LOCAL, code,
		"'%s' refused to %s (job result '%.40s'); see journalctl -u %s",
		unit, VERBS[verb].infinitive, result, unit);
	return BUS_FAILED;
}

enum bus_result unit_job_refusal(enum bus_verb verb, const char *unit,
	const char *name, const char *text, struct error *err)
{
	const char *what = VERBS[verb].infinitive;
	const char *code = diagnosis_of_bus_error(name, verb == BUS_START);
	char quote[QUOTE];

	text_clean(quote, sizeof(quote), text ? text : "",
		text ? strlen(text) : 0);
	switch (look_at(unit, name, text)) {
	case BUS_NO_UNIT:
		fail_cause(err, ERROR_REFUSED, code,
			"there is no unit '%s' to %s: %s", unit, what, quote);
		return BUS_NO_UNIT;
	case BUS_CANNOT_RELOAD:
		fail_cause(err, ERROR_REFUSED, code,
			"'%s' cannot %s, use Restart= for it: %s", unit, what,
			quote);
		return BUS_CANNOT_RELOAD;
	case BUS_DENIED:
		fail_cause(err, ERROR_REFUSED, code, "may not %s '%s': %s",
			what, unit, quote);
		return BUS_DENIED;
	case BUS_ABSENT:
		fail_cause(err, ERROR_LOCAL, code,
			"cannot %s '%s', no systemd answers on the system "
			"bus: %s",
			what, unit, quote);
		return BUS_ABSENT;
	case BUS_DONE:
	case BUS_NOT_RUNNING:
	case BUS_FAILED:
		break;
	}
	fail_cause(err, ERROR_LOCAL, code, "cannot %s '%s': %s (%s)", what,
		unit, quote, name);
	return BUS_FAILED;
}

enum bus_result unit_job_timeout(
	enum bus_verb verb, const char *unit, struct error *err)
{
	fail_cause(err, ERROR_LOCAL, code_of_job(verb, "timeout"),
		"'%s' did not %s within %g s; see journalctl -u %s", unit,
		VERBS[verb].infinitive, UNIT_JOB_DEADLINE, unit);
	return BUS_FAILED;
}
