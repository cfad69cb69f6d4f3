/* SPDX-License-Identifier: MIT */

/*
 * The verbs that change something through the daemon: renew, rollback, hold,
 * unhold, reload; and watch, which shows its events.
 */

#include "ask.h"
#include "duration.h"
#include "json.h"
#include "mem.h"
#include "text.h"
#include "timestamp.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static void show_end(const json_t *reply)
{
	const json_t *certificate = json_object_get(reply, "certificate");
	const json_t *installed = json_object_get(certificate, "installed");
	const char *why = member_string_or(reply, "why", NULL);

	if (why)
		printf("%s\n", why);
	if (!certificate)
		return;
	printf("%s: %s, serial %s, expires %s\n",
		member_string_or(certificate, "name", ""),
		member_string_or(certificate, "state", ""),
		member_string_or(installed, "serial", "none"),
		member_string_or(installed, "not_after", "never"));
}

static void show_step(void *data, const json_t *reply)
{
	ask_show_event(data, reply);
	show_end(reply);
}

static int renew_one(const struct arguments *arguments, const char *name)
{
	bool is_more = arguments->is_waiting || arguments->is_dry;
	json_t *parameters = json_pack("{s:s, s:b, s:b, s:b}", "name", name,
		"force", arguments->is_forced, "dry_run", arguments->is_dry,
		"ignore_limits", arguments->ignores_limits);

	return ask(arguments, "Renew", parameters, is_more, show_step, NULL);
}

static void take_names(void *data, const json_t *reply)
{
	const json_t *list = json_object_get(reply, "certificates");
	json_t *names = data;

	for (size_t i = 0; i < json_array_size(list); i++)
		json_array_append(names,
			json_object_get(json_array_get(list, i), "name"));
}

static int renew_all(const struct arguments *arguments)
{
	struct arguments quiet = *arguments;
	json_t *names cleanup(json) = json_array();

	quiet.is_json = false;
	int status =
		ask(&quiet, "Status", json_object(), true, take_names, names);
	if (!status && !json_array_size(names) && !arguments->is_json)
		puts("no certificates; acmectl add NAME makes one");
	for (size_t i = 0; i < json_array_size(names); i++) {
		int one = renew_one(
			arguments, json_string_value(json_array_get(names, i)));
		status = one ? one : status;
	}
	return status;
}

int verb_renew(const struct arguments *arguments)
{
	int status = EXIT_DONE;

	if (arguments->is_all == (arguments->count > 0))
		return ask_fail(EXIT_USE, "renew needs names, or --all");
	if (arguments->is_all)
		return renew_all(arguments);
	for (int i = 0; i < arguments->count; i++) {
		int one = renew_one(arguments, arguments->names[i]);
		status = one ? one : status;
	}
	return status;
}

int verb_rollback(const struct arguments *arguments)
{
	if (arguments->count != 1)
		return ask_fail(EXIT_USE, "rollback needs one name");
	return ask(arguments, "Rollback",
		json_pack("{s:s}", "name", arguments->names[0]), true,
		show_step, NULL);
}

/* A date, "2026-12-24", or a point in time in RFC 3339. */
static bool read_until(const char *text, char out[static TIMESTAMP_SIZE])
{
	char *whole cleanup(string) = text_format("%sT00:00:00Z", text);
	int64_t when;

	if (!timestamp_parse(text, &when) && !timestamp_parse(whole, &when))
		return false;
	if (when <= time(NULL))
		return false;
	timestamp_format(when, out);
	return true;
}

int verb_hold(const struct arguments *arguments)
{
	char until[TIMESTAMP_SIZE];

	if (arguments->count != 1)
		return ask_fail(EXIT_USE, "hold needs one name");
	json_t *parameters = json_pack("{s:s}", "name", arguments->names[0]);
	if (arguments->until && !read_until(arguments->until, until)) {
		json_decref(parameters);
		return ask_fail(EXIT_USE,
			"'%s' is no date to come, such as 2027-12-24",
			arguments->until);
	}
	if (arguments->until)
		json_object_set_new(parameters, "until", json_string(until));
	return ask(arguments, "Hold", parameters, false, NULL, NULL);
}

int verb_unhold(const struct arguments *arguments)
{
	if (arguments->count != 1)
		return ask_fail(EXIT_USE, "unhold needs one name");
	return ask(arguments, "Unhold",
		json_pack("{s:s}", "name", arguments->names[0]), false, NULL,
		NULL);
}

static void show_mistakes(void *data, const json_t *reply)
{
	const json_t *mistakes = json_object_get(reply, "mistakes");
	int *status = data;

	for (size_t i = 0; i < json_array_size(mistakes); i++) {
		fprintf(stderr, "%s\n",
			json_string_value(json_array_get(mistakes, i)));
		*status = EXIT_FAILED;
	}
}

int verb_reload(const struct arguments *arguments)
{
	int status = EXIT_DONE;
	int asked = ask(arguments, "Reload", json_object(), false,
		show_mistakes, &status);

	return asked ? asked : status;
}

int reload_after(const struct arguments *arguments)
{
	int ignored;

	return ask(arguments, "Reload", json_object(), false, show_mistakes,
		&ignored);
}

int verb_watch(const struct arguments *arguments)
{
	json_t *parameters = json_object();

	if (arguments->count)
		json_object_set_new(
			parameters, "name", json_string(arguments->names[0]));
	return ask(arguments, "Watch", parameters, true, ask_show_event, NULL);
}
