/* SPDX-License-Identifier: MIT */

/*
 * diagnose: every check of one certificate, from top to bottom. Files are
 * looked at here, where root sees more than the daemon; the rest is asked of
 * the daemon, or done here when it is down.
 */

#include "ask.h"
#include "config_files.h"
#include "diagnose.h"
#include "diagnose_offline.h"
#include "diagnose_print.h"
#include "file_look.h"
#include "json.h"
#include "paths.h"
#include "seen.h"
#include "text.h"

#include <sys/stat.h>

struct run {
	const struct arguments *arguments;
	const char *name;
	struct diagnose_print print;
};

static void on_finding(void *data, const struct finding *finding)
{
	struct run *run = data;
	json_t *object cleanup(json) = diagnose_to_json(finding);

	diagnose_print_finding(&run->print, object);
}

/* The daemon's, but for those that were looked at here. */
static void on_reply(void *data, const json_t *reply)
{
	struct run *run = data;
	const json_t *finding = json_object_get(reply, "finding");

	if (finding &&
		!diagnose_is_of_files(member_string_or(finding, "check", "")))
		diagnose_print_finding(&run->print, finding);
}

/* Configuration and files. */

/* Only mistakes of this file and of those that all share count. */
static void tell_mistakes(struct run *run, const struct mistakes *mistakes,
	const struct finding_listener *listener)
{
	for (size_t i = 0; i < mistakes->list.count; i++)
		diagnose_mistake(run->name, mistakes->list.items[i], listener);
}

static bool is_installed(const char *name)
{
	char *path cleanup(string) =
		text_format("%s/live/%s", paths_state(), name);
	struct stat status;

	return path && lstat(path, &status) == 0;
}

/* False when nobody knows that name. */
static bool look_at_files(
	struct run *run, struct config *config, const struct mistakes *mistakes)
{
	const struct finding_listener listener = {
		.on_finding = on_finding, .data = run};
	const struct config_certificate *certificate =
		config ? config_find(config, run->name) : NULL;

	if (!certificate && !mistakes->list.count && !is_installed(run->name))
		return false;
	if (mistakes->list.count)
		tell_mistakes(run, mistakes, &listener);
	else
		diagnose_configuration(certificate, run->name, &listener);
	file_look(run->name, certificate, &listener);
	return true;
}

static struct config *load(const char *name, struct mistakes *mistakes)
{
	char *base cleanup(string) =
		text_format("%.*s", (int)config_base_length(name), name);

	return config_files_load(NULL, base, mistakes);
}

/* The rest. */

static int ask_daemon(struct run *run)
{
	struct arguments quiet = *run->arguments;
	const struct finding finding = {"daemon", run->name, FINDING_GOOD, "",
		"it answers on its control socket"};

	on_finding(run, &finding);
	quiet.is_json = false;
	return ask(&quiet, "Diagnose", json_pack("{s:s}", "name", run->name),
		true, on_reply, run);
}

static int do_without(struct run *run, struct config *config)
{
	const struct finding_listener listener = {
		.on_finding = on_finding, .data = run};
	const struct finding finding = {"daemon", run->name, FINDING_BAD, "M1",
		"no daemon answers: systemctl enable --now acmed"};

	on_finding(run, &finding);
	if (config)
		diagnose_offline(config, run->name, &listener);
	return EXIT_NO_DAEMON;
}

static int diagnose(struct run *run)
{
	struct mistakes mistakes = {0};
	struct config *config = load(run->name, &mistakes);
	bool is_known = look_at_files(run, config, &mistakes);
	int status = EXIT_FAILED;

	if (!is_known)
		ask_fail(status,
			"there is no certificate '%s'; acmectl status lists "
			"them",
			run->name);
	else if (seen_daemon_is_up())
		status = ask_daemon(run);
	else
		status = do_without(run, config);
	if (is_known)
		diagnose_print_end(&run->print);
	config_free(config);
	mistakes_clear(&mistakes);
	return status;
}

int verb_diagnose(const struct arguments *arguments)
{
	struct run run = {
		.arguments = arguments,
		.print = {.is_json = arguments->is_json},
	};

	if (arguments->count != 1)
		return ask_fail(EXIT_USE, "diagnose needs one name");
	run.name = arguments->names[0];
	if (!config_lineage_is_valid(run.name))
		return ask_fail(
			EXIT_USE, "'%s' is no name of a certificate", run.name);
	run.print.name = run.name;
	int status = diagnose(&run);
	return status == EXIT_DONE && run.print.bad ? EXIT_FAILED : status;
}
