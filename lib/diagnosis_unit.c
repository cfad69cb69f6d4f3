/* SPDX-License-Identifier: MIT */
#include "diagnosis_unit.h"

#include "text.h"

/* systemd was not willing, or not there: the unit was not even told. A name
 * that ends in a dot is a prefix. */
static const char *const UNTOLD[] = {
	"org.freedesktop.systemd1.NoSuchUnit",
	"org.freedesktop.systemd1.LoadFailed",
	"org.freedesktop.systemd1.UnitMasked",
	"org.freedesktop.systemd1.JobTypeNotApplicable",
	"org.freedesktop.DBus.Error.InteractiveAuthorizationRequired",
	"org.freedesktop.DBus.Error.AccessDenied",
	"org.freedesktop.DBus.Error.AuthFailed",
	"org.freedesktop.DBus.Error.ServiceUnknown",
	"org.freedesktop.DBus.Error.NameHasNoOwner",
	"org.freedesktop.DBus.Error.FileNotFound",
	"org.freedesktop.DBus.Error.NoServer",
	"org.freedesktop.DBus.Error.Disconnected",
	"org.freedesktop.DBus.Error.NoReply",
	"org.freedesktop.DBus.Error.Timeout",
	"org.freedesktop.DBus.Error.Spawn.",
};

const char *diagnosis_of_job(const char *result, bool is_reload, bool is_hook)
{
	if (streq(result, "done"))
		return "";
	/* A reload of a stopped unit is dropped when its turn comes. */
	if (is_reload && (streq(result, "invalid") || streq(result, "skipped")))
		return "P1";
	return is_hook ? "P5" : "P3";
}

static bool is_named(const char *pattern, const char *name)
{
	return text_ends_with(pattern, ".") ? text_starts_with(name, pattern)
					    : streq(name, pattern);
}

const char *diagnosis_of_bus_error(const char *name, bool is_hook)
{
	for (size_t i = 0; i < sizeof(UNTOLD) / sizeof(*UNTOLD); i++)
		if (is_named(UNTOLD[i], name))
			return "P1";
	return is_hook ? "P5" : "P3";
}
