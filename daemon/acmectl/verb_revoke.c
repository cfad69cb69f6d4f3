/* SPDX-License-Identifier: MIT */

/*
 * revoke: root permits it to the vault, for one version of one certificate,
 * and of that with the second key; the daemon does it.
 */

#include "ask.h"
#include "json.h"
#include "lineages.h"
#include "mem.h"
#include "permit.h"
#include "revocation.h"
#include "text.h"

#include <stdio.h>

#define SERIALS_MAX 512

/* What is to be revoked: of each key one. */
struct subjects {
	enum revocation_reason reason;
	json_t *list; /* owned: {"name", "version", "serial"} */
};

static void clear_subjects(struct subjects *subjects)
{
	json_decref(subjects->list);
}

#define cleanup_subjects __attribute__((__cleanup__(clear_subjects)))

static int refuse_reason(const char *name)
{
	struct text names = {.limit = 1024};

	for (int i = 0; i < 16; i++) {
		const char *known =
			revocation_reason_name((enum revocation_reason)i);
		if (*known)
			text_addf(&names, "%s%s", names.length ? ", " : "",
				known);
	}
	char *list cleanup(string) = text_take(&names);
	return ask_fail(EXIT_USE, "'%s' is no reason; there are %s", name,
		list ? list : "");
}

static bool read_reason(
	const struct arguments *arguments, struct subjects *subjects)
{
	subjects->reason = arguments->is_revoke
		? REVOCATION_CESSATION_OF_OPERATION
		: arguments->is_now ? REVOCATION_UNSPECIFIED
				    : REVOCATION_SUPERSEDED;
	return !arguments->reason ||
		revocation_reason_parse(arguments->reason, &subjects->reason);
}

/* One that was wanted before goes first. */
static void add(struct subjects *subjects, const json_t *certificate)
{
	const json_t *installed = json_object_get(certificate, "installed");
	const json_t *pending = json_object_get(certificate, "revoking");

	if (!installed || member_bool_or(installed, "placeholder", false))
		return;
	if (!pending)
		pending = installed;
	json_array_append_new(subjects->list,
		json_pack("{s:s, s:I, s:s}", "name",
			member_string_or(certificate, "name", ""), "version",
			(json_int_t)member_integer_or(pending, "version", 0),
			"serial", member_string_or(pending, "serial", "")));
}

static int look(const struct arguments *arguments, const char *name,
	struct subjects *subjects)
{
	cleanup(json) json_t *found = json_array();
	int status = lineages_find(arguments, name, found);
	size_t i;
	const json_t *one;

	subjects->list = json_array();
	json_array_foreach (found, i, one)
		add(subjects, one);
	if (status || json_array_size(subjects->list))
		return status;
	return json_array_size(found)
		? ask_fail(EXIT_FAILED, "'%s' has no certificate to revoke",
			  name)
		: ask_fail(EXIT_FAILED, "there is no certificate '%s'", name);
}

static char *list_serials(const struct subjects *subjects)
{
	struct text text = {.limit = SERIALS_MAX};
	size_t i;
	const json_t *one;

	json_array_foreach (subjects->list, i, one)
		text_addf(&text, "%sserial %s of %s", i ? " and " : "",
			member_string_or(one, "serial", ""),
			member_string_or(one, "name", ""));
	return text_take(&text);
}

static int permit(const struct subjects *subjects)
{
	struct error err;
	size_t i;
	const json_t *one;

	json_array_foreach (subjects->list, i, one) {
		json_t *request = json_pack("{s:s, s:s, s:s, s:O, s:i}", "verb",
			"permit", "what", "revoke", "name",
			member_string_or(one, "name", ""), "version",
			json_object_get(one, "version"), "reason",
			(int)subjects->reason);
		if (!permit_ask_vault(request, &err))
			return ask_fail(EXIT_FAILED, "%s", err.text);
	}
	return EXIT_DONE;
}

static void show(void *data, const json_t *reply)
{
	const json_t *revoked = json_object_get(reply, "revoked");

	(void)data;
	ask_show_event(NULL, reply);
	if (revoked)
		printf("revoked: serial %s (%s)\n",
			member_string_or(revoked, "serial", ""),
			member_string_or(revoked, "reason", ""));
}

/* All of them, also when one fails. */
static int do_revoke(const struct arguments *arguments,
	const struct subjects *subjects, bool is_now)
{
	int status = EXIT_DONE;
	size_t i;
	const json_t *one;

	json_array_foreach (subjects->list, i, one) {
		json_t *parameters = json_pack("{s:s, s:s, s:b}", "name",
			member_string_or(one, "name", ""), "reason",
			revocation_reason_name(subjects->reason), "now",
			is_now);
		int ended =
			ask(arguments, "Revoke", parameters, true, show, NULL);
		if (ended)
			status = ended;
	}
	return status;
}

int verb_revoke(const struct arguments *arguments)
{
	struct subjects cleanup_subjects subjects = {0};

	if (arguments->count != 1)
		return ask_fail(EXIT_USE, "revoke needs one name");
	if (!read_reason(arguments, &subjects))
		return refuse_reason(arguments->reason);
	int status = look(arguments, arguments->names[0], &subjects);
	if (status)
		return status;
	cleanup(string) char *serials = list_serials(&subjects);
	if (!permit_is_sure(arguments, "Revoke %s (%s)%s for good?",
		    serials ? serials : "all",
		    revocation_reason_name(subjects.reason),
		    arguments->is_now ? " at once" : ""))
		return EXIT_FAILED;
	status = permit(&subjects);
	return status ? status
		      : do_revoke(arguments, &subjects, arguments->is_now);
}

int revoke_prepare(const struct arguments *arguments, const char *name)
{
	struct subjects cleanup_subjects subjects = {0};

	if (!read_reason(arguments, &subjects))
		return refuse_reason(arguments->reason);
	int status = look(arguments, name, &subjects);
	return status ? status : permit(&subjects);
}

int revoke_at_once(const struct arguments *arguments, const char *name)
{
	struct subjects cleanup_subjects subjects = {0};

	read_reason(arguments, &subjects);
	int status = look(arguments, name, &subjects);
	return status ? status : do_revoke(arguments, &subjects, true);
}
