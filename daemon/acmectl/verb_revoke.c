/* SPDX-License-Identifier: MIT */

/*
 * revoke: root permits it to the vault, for one version of one certificate;
 * the daemon does it.
 */

#include "ask.h"
#include "json.h"
#include "mem.h"
#include "permit.h"
#include "revocation.h"
#include "text.h"

#include <stdio.h>

/* What is to be revoked. */
struct subject {
	json_t *certificate; /* owned, as status shows it */
	enum revocation_reason reason;
	unsigned version;
	const char *serial; /* borrowed from the certificate */
};

static void clear_subject(struct subject *subject)
{
	json_decref(subject->certificate);
}

#define cleanup_subject __attribute__((__cleanup__(clear_subject)))

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
	const struct arguments *arguments, struct subject *subject)
{
	subject->reason = arguments->is_revoke
		? REVOCATION_CESSATION_OF_OPERATION
		: arguments->is_now ? REVOCATION_UNSPECIFIED
				    : REVOCATION_SUPERSEDED;
	return !arguments->reason ||
		revocation_reason_parse(arguments->reason, &subject->reason);
}

static void keep(void *data, const json_t *reply)
{
	const json_t *list = json_object_get(reply, "certificates");
	struct subject *subject = data;

	if (!subject->certificate && json_array_size(list))
		subject->certificate = json_incref(json_array_get(list, 0));
}

/* One that was wanted before goes first. */
static int look(const struct arguments *arguments, const char *name,
	struct subject *subject)
{
	struct arguments quiet = *arguments;

	quiet.is_json = false;
	int status = ask(&quiet, "Status", json_pack("{s:s}", "pattern", name),
		true, keep, subject);
	if (status)
		return status;
	const json_t *found = subject->certificate;
	const json_t *installed = json_object_get(found, "installed");
	const json_t *pending = json_object_get(found, "revoking");
	if (!found)
		return ask_fail(
			EXIT_FAILED, "there is no certificate '%s'", name);
	if (!installed || member_bool_or(installed, "placeholder", false))
		return ask_fail(
			EXIT_FAILED, "'%s' has no certificate to revoke", name);
	if (!pending)
		pending = installed;
	subject->version = (unsigned)member_integer_or(pending, "version", 0);
	subject->serial = member_string_or(pending, "serial", "");
	return EXIT_DONE;
}

static int permit(const char *name, const struct subject *subject)
{
	struct error err;
	json_t *request = json_pack("{s:s, s:s, s:s, s:i, s:i}", "verb",
		"permit", "what", "revoke", "name", name, "version",
		(int)subject->version, "reason", (int)subject->reason);

	return permit_ask_vault(request, &err)
		? EXIT_DONE
		: ask_fail(EXIT_FAILED, "%s", err.text);
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

static int do_revoke(const struct arguments *arguments, const char *name,
	const struct subject *subject, bool is_now)
{
	json_t *parameters =
		json_pack("{s:s, s:s, s:b}", "name", name, "reason",
			revocation_reason_name(subject->reason), "now", is_now);

	return ask(arguments, "Revoke", parameters, true, show, NULL);
}

int verb_revoke(const struct arguments *arguments)
{
	struct subject cleanup_subject subject = {0};
	const char *name = arguments->names[0];

	if (arguments->count != 1)
		return ask_fail(EXIT_USE, "revoke needs one name");
	if (!read_reason(arguments, &subject))
		return refuse_reason(arguments->reason);
	int status = look(arguments, name, &subject);
	if (status)
		return status;
	if (!permit_is_sure(arguments,
		    "Revoke serial %s of %s (%s)%s for good?", subject.serial,
		    name, revocation_reason_name(subject.reason),
		    arguments->is_now ? " at once" : ""))
		return EXIT_FAILED;
	status = permit(name, &subject);
	return status ? status
		      : do_revoke(arguments, name, &subject, arguments->is_now);
}

int revoke_prepare(const struct arguments *arguments, const char *name)
{
	struct subject cleanup_subject subject = {0};

	if (!read_reason(arguments, &subject))
		return refuse_reason(arguments->reason);
	int status = look(arguments, name, &subject);
	return status ? status : permit(name, &subject);
}

int revoke_at_once(const struct arguments *arguments, const char *name)
{
	struct subject cleanup_subject subject = {0};

	read_reason(arguments, &subject);
	return do_revoke(arguments, name, &subject, true);
}
