/* SPDX-License-Identifier: MIT */
#include "intake.h"

#include "json.h"
#include "mem.h"
#include "text.h"

#include <stdlib.h>

#define VAULT_DEADLINE 60.0

/* A crash that repeats itself is not resumed at once for ever (R6). */
#define MOST_RESUMED 3

/* One text by which to go, in pieces until it is whole. */
struct received {
	char *path;
	char *name; /* of a certificate, or NULL */
	bool is_known_ca;
	bool is_stale;
	char *mistake; /* the first one of the file as it is now, or NULL */
	struct text text;
};

struct intake {
	struct fleet *fleet;
	struct helper_call *call;
	struct received *files;
	size_t count;
	struct mistakes mistakes;
	struct config *config;
	void (*on_end)(void *data, const struct intake_result *result);
	void *data;
};

static void clear_received(struct received *file)
{
	free(file->path);
	free(file->name);
	free(file->mistake);
	text_clear(&file->text);
}

static void free_intake(struct intake *intake)
{
	if (intake->call)
		helper_cancel(intake->call);
	for (size_t i = 0; i < intake->count; i++)
		clear_received(&intake->files[i]);
	free(intake->files);
	mistakes_clear(&intake->mistakes);
	config_free(intake->config);
	free(intake);
}

static void end(struct intake *intake, const struct error *err)
{
	struct intake_result result = {
		.mistakes = &intake->mistakes, .err = err};

	intake->on_end(intake->data, &result);
	free_intake(intake);
}

static void ask(struct intake *intake, json_t *request,
	void (*on_reply)(
		void *data, const json_t *reply, const struct error *err))
{
	intake->call = helper_call(intake->fleet->vault, request,
		VAULT_DEADLINE, on_reply, intake);
}

/* Third: every lineage. */

static void on_loaded(void *data, const json_t *reply, const struct error *err);

static void load_after(struct intake *intake, const char *name)
{
	ask(intake, json_pack("{s:s, s:s}", "verb", "load", "after", name),
		on_loaded);
}

/* Once in a run; from then on memory is the newer one. What the state says of
 * its subject may be older than the configuration. */
static bool load_state(
	struct lineage *lineage, const json_t *state, struct error *err)
{
	char *subject cleanup(string) = NULL;

	if (lineage->is_loaded)
		return true;
	lineage->is_loaded = true;
	if (!json_is_object(state))
		return true;
	subject = take(lineage->subject);
	bool is_fine = lineage_from_state(lineage, state, err);
	if (subject)
		lineage_set_subject(lineage, subject);
	lineage->is_interrupted = lineage->is_running && lineage->order &&
		lineage->failures <= MOST_RESUMED;
	return is_fine;
}

static void take_lineage(struct intake *intake, const json_t *object)
{
	struct fleet *fleet = intake->fleet;
	const char *name = member_string_or(object, "name", "");
	struct error err = {0};

	if (!config_name_is_valid(name))
		return;
	struct lineage *lineage = fleet_add(fleet, name);
	lineage->is_listed = true;
	if (lineage->job != JOB_NONE)
		return;
	if (!lineage_from_vault(lineage, object, &err) ||
		!load_state(lineage, json_object_get(object, "state"), &err))
		fleet_tell(fleet, lineage,
			&(struct event){.name = "error",
				.priority = LOG_ERR,
				.err = &err},
			"%s", err.text);
}

/* What is neither configured nor on disk is forgotten. */
static void finish(struct intake *intake)
{
	struct fleet *fleet = intake->fleet;

	for (size_t i = fleet->count; i-- > 0;) {
		struct lineage *lineage = fleet->lineages[i];
		if (lineage->certificate || lineage->is_listed ||
			lineage->job != JOB_NONE || lineage->watchers)
			fleet_changed(fleet, lineage);
		else
			fleet_remove(fleet, lineage);
	}
	end(intake, NULL);
}

static void on_loaded(void *data, const json_t *reply, const struct error *err)
{
	struct intake *intake = data;
	const json_t *list = json_object_get(reply, "certificates");
	const char *next = member_string_or(reply, "next", NULL);

	intake->call = NULL;
	if (err) {
		end(intake, err);
		return;
	}
	for (size_t i = 0; i < json_array_size(list); i++)
		take_lineage(intake, json_array_get(list, i));
	if (next)
		load_after(intake, next);
	else
		finish(intake);
}

static void add_ca(struct text *subject, const struct config_ca *ca)
{
	text_addf(subject, "%s %s %d %d %s %s %s", ca->name, ca->directory,
		ca->agree_to_terms, ca->account_key,
		ca->trust_file ? ca->trust_file : "",
		ca->root_file ? ca->root_file : "", ca->proxy ? ca->proxy : "");
	for (size_t i = 0; i < ca->contacts.count; i++)
		text_addf(subject, ",%s", ca->contacts.items[i]);
}

/* What attempts and their failures speak of: when it changes, they start
 * anew. */
static char *subject_of(const struct config_certificate *certificate)
{
	struct text subject = {.limit = 32768};

	add_ca(&subject, certificate->ca);
	text_addf(&subject, " %s", key_type_name(certificate->key));
	for (size_t i = 0; i < certificate->identifier_count; i++) {
		const struct config_challenge *challenge = config_challenge_for(
			certificate, &certificate->identifiers[i]);
		text_addf(&subject, " %s/%d/%d/%s",
			certificate->identifiers[i].value, challenge->type,
			challenge->solver,
			challenge->webroot ? challenge->webroot : "");
		for (size_t l = 0; l < challenge->listen.count; l++)
			text_addf(&subject, ",%s", challenge->listen.items[l]);
	}
	return text_take(&subject);
}

static const char *mistake_of(const struct intake *intake, const char *name)
{
	for (size_t i = 0; i < intake->count; i++)
		if (intake->files[i].name && intake->files[i].is_stale &&
			streq(intake->files[i].name, name))
			return intake->files[i].mistake;
	return NULL;
}

static void take_certificate(
	struct intake *intake, const struct config_certificate *certificate)
{
	struct lineage *lineage = fleet_add(intake->fleet, certificate->name);
	const char *mistake = mistake_of(intake, certificate->name);
	char *subject cleanup(string) = subject_of(certificate);

	lineage->certificate = certificate;
	free(lineage->waits_for_file);
	lineage->waits_for_file = mistake ? strdup(mistake) : NULL;
	if (subject)
		lineage_set_subject(lineage, subject);
}

static const char *main_mistake(const struct intake *intake)
{
	for (size_t i = 0; i < intake->count; i++)
		if (!intake->files[i].name && intake->files[i].mistake)
			return intake->files[i].mistake;
	return NULL;
}

/* A lineage whose file is gone stays as an orphan while it has anything on
 * disk or a job. */
static void drop_certificates(struct fleet *fleet)
{
	for (size_t i = 0; i < fleet->count; i++) {
		fleet->lineages[i]->certificate = NULL;
		fleet->lineages[i]->is_listed = false;
	}
}

static void adopt(struct intake *intake)
{
	struct fleet *fleet = intake->fleet;
	struct snapshot *before = fleet->snapshot;
	const char *mistake = main_mistake(intake);

	fleet->snapshot = snapshot_new(take(intake->config));
	drop_certificates(fleet);
	for (size_t i = 0; i < fleet->snapshot->config->certificate_count; i++)
		take_certificate(
			intake, fleet->snapshot->config->certificates[i]);
	snapshot_unref(before);
	free(fleet->main_mistake);
	fleet->main_mistake = mistake ? strdup(mistake) : NULL;
	deployer_configure(fleet->deployer,
		fleet->snapshot->config->daemon.reload_interval);
}

/* Second: the texts. */

static struct config *parse_global(struct intake *intake, struct mistakes *own)
{
	struct config_text *texts = calloc(intake->count + 1, sizeof(*texts));
	size_t count = 0;
	size_t known = 0;

	if (!texts)
		abort();
	for (size_t i = 0; i < intake->count; i++) {
		struct received *file = &intake->files[i];
		if (file->name)
			continue;
		known += file->is_known_ca;
		texts[count++] = (struct config_text){.file = file->path,
			.bytes = file->text.data ? file->text.data : "",
			.length = file->text.length};
	}
	struct config *config = config_new(texts, count, known, own);
	free(texts);
	return config;
}

static void parse_certificate(struct intake *intake,
	const struct received *file, struct mistakes *own)
{
	struct config_text text = {
		.file = file->path,
		.bytes = file->text.data ? file->text.data : "",
		.length = file->text.length,
	};

	config_add_certificate(intake->config, file->name, &text, own);
}

/* The vault accepted these texts; that they do not parse here means that one
 * of us is of another version. */
static bool parse(struct intake *intake, struct error *err)
{
	struct mistakes own = {0};

	intake->config = parse_global(intake, &own);
	if (!intake->config) {
		fail(err, ERROR_LOCAL, "%s",
			own.list.count ? own.list.items[0]
				       : "no configuration");
		mistakes_clear(&own);
		return false;
	}
	for (size_t i = 0; i < intake->count; i++)
		if (intake->files[i].name)
			parse_certificate(intake, &intake->files[i], &own);
	config_check(intake->config, &own);
	mistakes_clear(&own);
	return true;
}

static char *copy_member(const json_t *object, const char *name)
{
	const char *value = member_string_or(object, name, NULL);

	return value ? strdup(value) : NULL;
}

static struct received *add_file(struct intake *intake, const json_t *object)
{
	const json_t *mistakes = json_object_get(object, "mistakes");
	struct received *files =
		reallocarray(intake->files, intake->count + 1, sizeof(*files));

	if (!files)
		abort();
	intake->files = files;
	struct received *file = &files[intake->count++];
	*file = (struct received){
		.path = copy_member(object, "path"),
		.name = copy_member(object, "name"),
		.is_known_ca = member_bool_or(object, "known", false),
		.is_stale = member_bool_or(object, "stale", false),
		.text = {.limit = CONFIG_FILE_MAX},
	};
	const char *first = json_string_value(json_array_get(mistakes, 0));
	file->mistake = first ? strdup(first) : NULL;
	return file;
}

static void take_piece(struct intake *intake, const json_t *object)
{
	const char *text = member_string_or(object, "text", "");
	struct received *file;

	if (member_integer_or(object, "offset", 0) == 0)
		file = add_file(intake, object);
	else if (intake->count)
		file = &intake->files[intake->count - 1];
	else
		return;
	text_add(&file->text, text);
}

static void on_texts(void *data, const json_t *reply, const struct error *err);

static void ask_texts(struct intake *intake, int64_t index, int64_t offset)
{
	ask(intake,
		json_pack("{s:s, s:I, s:I}", "verb", "configuration", "index",
			(json_int_t)index, "offset", (json_int_t)offset),
		on_texts);
}

static void on_texts(void *data, const json_t *reply, const struct error *err)
{
	struct intake *intake = data;
	const json_t *files = json_object_get(reply, "files");
	const json_t *next = json_object_get(reply, "next");
	struct error failed;

	intake->call = NULL;
	if (err) {
		end(intake, err);
		return;
	}
	for (size_t i = 0; i < json_array_size(files); i++)
		take_piece(intake, json_array_get(files, i));
	if (json_is_object(next)) {
		ask_texts(intake, member_integer_or(next, "index", 0),
			member_integer_or(next, "offset", 0));
		return;
	}
	if (!parse(intake, &failed)) {
		end(intake, &failed);
		return;
	}
	adopt(intake);
	load_after(intake, "");
}

/* First: the vault reads the files. */

static void on_configured(
	void *data, const json_t *reply, const struct error *err)
{
	struct intake *intake = data;
	const json_t *list = json_object_get(reply, "mistakes");

	intake->call = NULL;
	for (size_t i = 0; i < json_array_size(list); i++)
		strings_add(&intake->mistakes.list,
			json_string_value(json_array_get(list, i)));
	if (err)
		end(intake, err);
	else
		ask_texts(intake, 0, 0);
}

struct intake *intake_start(struct fleet *fleet,
	void (*on_end)(void *data, const struct intake_result *result),
	void *data)
{
	struct intake *intake = calloc(1, sizeof(*intake));

	if (!intake)
		abort();
	intake->fleet = fleet;
	intake->on_end = on_end;
	intake->data = data;
	ask(intake, json_pack("{s:s}", "verb", "configure"), on_configured);
	return intake;
}

void intake_cancel(struct intake *intake)
{
	if (intake)
		free_intake(intake);
}
