/* SPDX-License-Identifier: MIT */

/*
 * remove: the reverse of add; what was issued is revoked and deleted only
 * when that is said.
 */

#include "ask.h"
#include "config.h"
#include "json.h"
#include "lineages.h"
#include "mem.h"
#include "paths.h"
#include "permit.h"
#include "text.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

/* What is left of the lineage goes by the vault's own hand. */
static bool purge(const char *name, struct error *err)
{
	return permit_ask_vault(
		json_pack("{s:s, s:s}", "verb", "purge", "name", name), err);
}

/* That of a second key goes first: the name stands for both. */
static int purge_all(const struct arguments *arguments, const char *name)
{
	cleanup(json) json_t *found = json_array();
	int status = lineages_find(arguments, name, found);
	struct error err;

	if (status)
		return status;
	for (size_t i = json_array_size(found); i-- > 0;) {
		const json_t *one = json_array_get(found, i);
		const char *lineage = member_string_or(one, "name", name);
		if (!streq(lineage, name) && !purge(lineage, &err))
			return ask_fail(EXIT_FAILED, "%s", err.text);
	}
	return purge(name, &err) ? EXIT_DONE
				 : ask_fail(EXIT_FAILED, "%s", err.text);
}

/* Of an orphan it is gone already. */
static bool may_be_gone(const struct arguments *arguments)
{
	return arguments->is_purge || arguments->is_revoke;
}

static bool remove_file(const struct arguments *arguments, const char *path)
{
	if (unlink(path) == 0) {
		ask_say(arguments, "removed %s", path);
		return true;
	}
	int number = errno;
	bool is_gone = number == ENOENT;
	if (!is_gone)
		ask_fail(EXIT_FAILED, "%scannot remove '%s': %s",
			number == EACCES && geteuid() != 0 ? "this needs root: "
							   : "",
			path, strerror(number));
	else if (!may_be_gone(arguments))
		ask_fail(EXIT_FAILED,
			"there is no '%s'; acmectl status lists the names, "
			"and --purge removes what is left of an orphan",
			path);
	return is_gone && may_be_gone(arguments);
}

static bool is_sure(const struct arguments *arguments, const char *name)
{
	bool is_both = arguments->is_purge && arguments->is_revoke;

	if (!may_be_gone(arguments))
		return true;
	return permit_is_sure(arguments, "%s of %s for good?",
		is_both ? "Revoke the certificate and delete all keys"
			: arguments->is_purge ? "Delete keys and certificates"
					      : "Revoke the certificate",
		name);
}

/* Behind the removal of the file, so that no other one is ordered. */
static int finish(const struct arguments *arguments, const char *name)
{
	int status = reload_after(arguments);

	if (!status && arguments->is_revoke)
		status = revoke_at_once(arguments, name);
	if (!arguments->is_purge)
		ask_say(arguments,
			"what was issued stays in %s/live/%s; 'acmectl remove "
			"%s --purge' deletes it",
			paths_state(), name, name);
	if (status || !arguments->is_purge)
		return status;
	status = purge_all(arguments, name);
	if (status)
		return status;
	ask_say(arguments, "deleted all that was issued for %s", name);
	return reload_after(arguments);
}

int verb_remove(const struct arguments *arguments)
{
	if (arguments->count != 1 || !config_name_is_valid(arguments->names[0]))
		return ask_fail(EXIT_USE,
			"remove needs the name of a certificate, as status "
			"shows it");
	if (arguments->reason && !arguments->is_revoke)
		return ask_fail(EXIT_USE, "'--reason' goes with --revoke");
	const char *name = arguments->names[0];
	char *path cleanup(string) = certificate_path(name);
	int status = EXIT_DONE;
	if (!is_sure(arguments, name))
		return EXIT_FAILED;
	if (arguments->is_revoke)
		status = revoke_prepare(arguments, name);
	if (status)
		return status;
	return remove_file(arguments, path) ? finish(arguments, name)
					    : EXIT_FAILED;
}
