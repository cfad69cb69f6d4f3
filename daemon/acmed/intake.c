/* SPDX-License-Identifier: MIT */
#include "intake.h"

#include "attempt_mark.h"
#include "hindsight.h"
#include "intake_texts.h"
#include "json.h"
#include "lineage_state.h"
#include "mem.h"
#include "path_book.h"
#include "rollout.h"
#include "subject.h"

#define VAULT_DEADLINE 60.0

/* A crash that repeats itself is not resumed at once for ever (R6). */
#define MOST_RESUMED 3

struct intake {
	struct fleet *fleet;
	struct helper_call *call;
	/* Takes the reply that is awaited, and asks for the next. */
	void (*read)(struct intake *intake, const json_t *reply);
	struct intake_texts texts;
	struct mistakes mistakes;
	bool is_unfinished;
	void (*on_end)(void *data, const struct intake_result *result);
	void *data;
};

static void free_intake(struct intake *intake)
{
	if (intake->call)
		helper_cancel(intake->call);
	intake_texts_clear(&intake->texts);
	mistakes_clear(&intake->mistakes);
	free(intake);
}

static void end(struct intake *intake, const struct error *err)
{
	struct intake_result result = {.mistakes = &intake->mistakes,
		.err = err,
		.is_unfinished = intake->is_unfinished};

	intake->on_end(intake->data, &result);
	free_intake(intake);
}

static void on_reply(void *data, const json_t *reply, const struct error *err)
{
	struct intake *intake = data;

	intake->call = NULL;
	if (err)
		end(intake, err);
	else
		intake->read(intake, reply);
}

static void ask(struct intake *intake, json_t *request)
{
	intake->call = helper_call(intake->fleet->vault, request,
		VAULT_DEADLINE, on_reply, intake);
}

/* Third: every lineage. */

static void load_after(struct intake *intake, const char *name)
{
	ask(intake, json_pack("{s:s, s:s}", "verb", "load", "after", name));
}

/* Once in a run; from then on memory is the newer one. What cannot be read is
 * not for us to write anew. What the state says of its subject may be older
 * than the configuration. */
static bool load_state(
	struct lineage *lineage, const json_t *state, struct error *err)
{
	char *subject cleanup(string) = NULL;

	if (lineage->is_loaded || lineage->unread)
		return true;
	lineage->is_loaded = true;
	if (!json_is_object(state))
		return true;
	subject = take(lineage->subject);
	bool is_fine = lineage_from_state(lineage, state, err) &&
		lineage_state_has_dates(lineage, state, err);
	if (subject)
		lineage_set_subject(lineage, subject);
	lineage->is_interrupted = lineage->is_running && lineage->order &&
		lineage->failures <= MOST_RESUMED;
	return is_fine;
}

static void tell_unread(struct fleet *fleet, struct lineage *lineage)
{
	const struct error *err = lineage->unread;

	fleet_tell(fleet, lineage,
		&(struct event){
			.name = "trouble", .priority = LOG_ERR, .err = err},
		"'state/%s.json' cannot be read, and nothing is done until it "
		"is; it is tried again, mend this: %s",
		lineage->name, err->text);
}

static void tell_read(struct fleet *fleet, struct lineage *lineage)
{
	fleet_tell(fleet, lineage,
		&(struct event){.name = "well", .priority = LOG_NOTICE},
		"well again: 'state/%s.json' is read", lineage->name);
}

static void note_unread(
	struct intake *intake, struct lineage *lineage, bool was_unread)
{
	bool is_unread = lineage->unread != NULL;

	intake->is_unfinished |= is_unread;
	if (is_unread && !was_unread)
		tell_unread(intake->fleet, lineage);
	if (was_unread && !is_unread)
		tell_read(intake->fleet, lineage);
}

static void take_lineage(struct intake *intake, const json_t *object)
{
	struct fleet *fleet = intake->fleet;
	const char *name = member_string_or(object, "name", "");
	struct error err = {0};

	if (!config_lineage_is_valid(name))
		return;
	struct lineage *lineage = fleet_add(fleet, name);
	lineage->is_listed = true;
	if (lineage->job != JOB_NONE)
		return;
	bool was_unread = lineage->unread != NULL;
	if (!lineage_from_vault(lineage, object, &err) ||
		!load_state(lineage, json_object_get(object, "state"), &err))
		fleet_tell(fleet, lineage,
			&(struct event){.name = "error",
				.priority = LOG_ERR,
				.err = &err},
			"%s", err.text);
	else if (lineage->is_loaded &&
		(attempt_mark_unheard(fleet, lineage) ||
			hindsight_look(fleet, lineage)))
		fleet_save(fleet, lineage, NULL, NULL);
	note_unread(intake, lineage, was_unread);
}

/* What is neither configured nor on disk is forgotten. */
static void finish(struct intake *intake)
{
	struct fleet *fleet = intake->fleet;

	for (size_t i = fleet->count; i-- > 0;) {
		struct lineage *lineage = fleet->lineages[i];
		path_book_prune(fleet, lineage);
		if (lineage->certificate || lineage->is_listed ||
			lineage->job != JOB_NONE || lineage->watchers)
			fleet_changed(fleet, lineage);
		else
			fleet_remove(fleet, lineage);
	}
	end(intake, NULL);
}

static void read_lineages(struct intake *intake, const json_t *reply)
{
	const json_t *list = json_object_get(reply, "certificates");
	const char *next = member_string_or(reply, "next", NULL);

	for (size_t i = 0; i < json_array_size(list); i++)
		take_lineage(intake, json_array_get(list, i));
	if (next)
		load_after(intake, next);
	else
		finish(intake);
}

/* Second: the texts. */

static void take_certificate(
	struct fleet *fleet, const struct config_certificate *certificate)
{
	struct lineage *lineage = fleet_add(fleet, certificate->name);
	char subject[SUBJECT_SIZE];

	subject_of(certificate, subject);
	lineage->certificate = certificate;
	lineage_set_subject(lineage, subject);
	if (rollout_can_tell(lineage))
		lineage->deploy.next = 0;
}

/* A lineage whose file is gone stays as an orphan while it has anything on
 * disk or a job. */
static void drop_certificates(struct fleet *fleet)
{
	for (size_t i = 0; i < fleet->count; i++) {
		fleet->lineages[i]->certificate = NULL;
		fleet->lineages[i]->is_listed = false;
		free(take(fleet->lineages[i]->waits_for_file));
	}
}

static void wait_for(struct lineage *lineage, const char *mistake)
{
	free(lineage->waits_for_file);
	lineage->waits_for_file = mem_string(mistake);
}

static void note_mistakes(struct fleet *fleet, const struct intake_texts *texts)
{
	free(take(fleet->main_mistake));
	for (size_t i = 0; i < texts->count; i++) {
		const struct intake_text *file = &texts->files[i];
		if (file->name && file->is_stale &&
			config_name_is_valid(file->name))
			wait_for(fleet_add(fleet, file->name), file->mistake);
		if (!file->name && file->mistake && !fleet->main_mistake)
			fleet->main_mistake = mem_string(file->mistake);
	}
}

static void adopt(struct intake *intake, struct config *config)
{
	struct fleet *fleet = intake->fleet;
	struct snapshot *before = fleet->snapshot;

	fleet->snapshot = snapshot_new(config);
	drop_certificates(fleet);
	for (size_t i = 0; i < config->certificate_count; i++)
		take_certificate(fleet, config->certificates[i]);
	note_mistakes(fleet, &intake->texts);
	snapshot_unref(before);
	deployer_configure(fleet->deployer, config->daemon.reload_interval);
}

static void ask_texts(struct intake *intake, int64_t index, int64_t offset)
{
	ask(intake,
		json_pack("{s:s, s:I, s:I}", "verb", "configuration", "index",
			(json_int_t)index, "offset", (json_int_t)offset));
}

static void read_texts(struct intake *intake, const json_t *reply)
{
	const json_t *files = json_object_get(reply, "files");
	const json_t *next = json_object_get(reply, "next");
	struct error err;

	for (size_t i = 0; i < json_array_size(files); i++)
		intake_texts_add(&intake->texts, json_array_get(files, i));
	if (!intake_texts_parse(&intake->texts, !json_is_object(next), &err)) {
		end(intake, &err);
		return;
	}
	if (json_is_object(next)) {
		ask_texts(intake, member_integer_or(next, "index", 0),
			member_integer_or(next, "offset", 0));
		return;
	}
	struct config *config = take(intake->texts.config);
	intake->mistakes.advice = intake->texts.mistakes.advice;
	intake->texts.mistakes.advice = (struct strings){0};
	adopt(intake, config);
	intake->read = read_lineages;
	load_after(intake, "");
}

/* First: the vault reads the files. */

static void read_mistakes(struct intake *intake, const json_t *reply)
{
	const json_t *list = json_object_get(reply, "mistakes");

	if (member_bool_or(reply, "more", false)) {
		ask(intake,
			json_pack("{s:s, s:b}", "verb", "configure", "more",
				true));
		return;
	}
	intake->is_unfinished = member_bool_or(reply, "unfinished", false);
	for (size_t i = 0; i < json_array_size(list); i++)
		strings_add(&intake->mistakes.list,
			json_string_value(json_array_get(list, i)));
	intake->read = read_texts;
	ask_texts(intake, 0, 0);
}

struct intake *intake_start(struct fleet *fleet,
	void (*on_end)(void *data, const struct intake_result *result),
	void *data)
{
	struct intake *intake = mem_new(sizeof(*intake));

	intake->fleet = fleet;
	intake->on_end = on_end;
	intake->data = data;
	intake->read = read_mistakes;
	ask(intake, json_pack("{s:s}", "verb", "configure"));
	return intake;
}

void intake_cancel(struct intake *intake)
{
	if (intake)
		free_intake(intake);
}
