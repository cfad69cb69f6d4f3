/* SPDX-License-Identifier: MIT */
#include "rehearsal_run.h"

#include "mem.h"
#include "outlook.h"
#include "path_book.h"
#include "text.h"

#include <time.h>

#define MOST_PROBES 8 /* at a time */

/* One path. */
struct step {
	struct rehearsal_run *run; /* borrowed */
	const struct identifier *identifier; /* borrowed */
	struct probe *probe; /* NULL: over, or not begun */
	struct path_sum sum;
};

struct rehearsal_run {
	struct rehearsal_run_wish wish;
	char *name; /* owned, of the lineage: it may go meanwhile */
	struct snapshot *snapshot;
	const struct config_certificate *certificate; /* of it */
	struct step *steps; /* owned, of each identifier */
	size_t next;
	unsigned running;
	struct preflight *caa; /* under way, or NULL */
	struct path_sum caa_sum;
};

void rehearsal_run_free(struct rehearsal_run *run)
{
	if (!run)
		return;
	for (size_t i = 0; i < run->certificate->identifier_count; i++)
		probe_cancel(run->steps[i].probe);
	preflight_cancel(run->caa);
	snapshot_unref(run->snapshot);
	free(run->steps);
	free(run->name);
	free(run);
}

/* The lineage may be gone, or speak of other names and solvers by now. */
static bool is_current(
	const struct rehearsal_run *run, const struct lineage *lineage)
{
	return lineage && lineage->certificate &&
		run->wish.fleet->snapshot == run->snapshot;
}

/* Lineages with another key have the same CAA records. */
static bool is_of_file(const struct lineage *lineage, const char *name)
{
	size_t length = config_base_length(name);

	return config_base_length(lineage->name) == length &&
		strncmp(lineage->name, name, length) == 0;
}

static void note_caa(struct rehearsal_run *run, int64_t now)
{
	struct fleet *fleet = run->wish.fleet;

	for (size_t i = 0; i < fleet->count; i++) {
		struct lineage *lineage = fleet->lineages[i];
		if (is_of_file(lineage, run->name) && is_current(run, lineage))
			path_book_look(fleet, lineage, PATH_BOOK_CAA,
				&run->caa_sum, now);
	}
}

/* Whoever has the same name by the same way has the same path; else NULL. */
static struct lineage *find_by_path(const struct rehearsal_run *run,
	const struct config_name *name, const struct identifier *identifier)
{
	struct lineage *lineage =
		fleet_find(run->wish.fleet, name->certificate->name);

	return is_current(run, lineage) &&
			config_has_path(lineage->certificate, run->certificate,
				identifier)
		? lineage
		: NULL;
}

static void note_path(
	struct rehearsal_run *run, const struct step *step, int64_t now)
{
	const char *name = step->identifier->value;
	const struct config_name *first;
	size_t count =
		config_names_find(snapshot_names(run->snapshot), name, &first);

	for (size_t i = 0; i < count; i++) {
		struct lineage *lineage =
			find_by_path(run, &first[i], step->identifier);
		if (lineage)
			path_book_look(run->wish.fleet, lineage, name,
				&step->sum, now);
	}
}

/* The end. */

static void note_all(struct rehearsal_run *run)
{
	struct fleet *fleet = run->wish.fleet;
	struct lineage *lineage = fleet_find(fleet, run->name);
	int64_t now = time(NULL);

	for (size_t i = 0; i < run->certificate->identifier_count; i++)
		if (run->steps[i].sum.is_seen)
			note_path(run, &run->steps[i], now);
	if (run->caa_sum.is_seen)
		note_caa(run, now);
	if (!lineage)
		return;
	lineage->is_walked = false;
	if (is_current(run, lineage)) {
		lineage->rehearsed = now;
		if (run->wish.writes_records)
			lineage->recorded = now;
		fleet_save(fleet, lineage, NULL, NULL);
	}
	fleet_changed(fleet, lineage);
}

static void end(struct rehearsal_run *run)
{
	struct rehearsal_run_wish wish = run->wish;

	note_all(run);
	wish.on_end(wish.data, run);
}

/* CAA, when the paths are done. */

static void on_caa_finding(void *data, const struct finding *finding)
{
	path_sum_add(&((struct rehearsal_run *)data)->caa_sum, finding);
}

static void on_caa_end(void *data, enum finding_verdict verdict)
{
	struct rehearsal_run *run = data;

	(void)verdict;
	run->caa = NULL;
	end(run);
}

static void look_at_caa(struct rehearsal_run *run)
{
	const struct lineage *lineage = fleet_find(run->wish.fleet, run->name);
	bool is_wanted = !run->wish.is_quick && is_current(run, lineage);
	cleanup(json) json_t *issuers =
		is_wanted ? outlook_issuers(run->wish.fleet->outlook) : NULL;

	run->caa = preflight_start(&(struct preflight_wish){
		.tools = outlook_tools(run->wish.fleet->outlook),
		.certificate = run->certificate,
		.daemon = &run->snapshot->config->daemon,
		.account = is_wanted ? lineage->account : NULL,
		.issuers = issuers,
		.looks = is_wanted ? PREFLIGHT_CAA : 0,
		.listener = {on_caa_finding, on_caa_end, run},
	});
}

/* Paths. */

static void on_finding(void *data, const struct finding *finding)
{
	path_sum_add(&((struct step *)data)->sum, finding);
}

static bool is_left(const struct rehearsal_run *run)
{
	return run->running > 0 ||
		run->next < run->certificate->identifier_count;
}

static void on_probed(void *data, enum finding_verdict verdict)
{
	struct step *step = data;
	struct rehearsal_run *run = step->run;

	(void)verdict;
	step->probe = NULL;
	run->running--;
	if (!is_left(run))
		look_at_caa(run);
}

/* One probe a path: the first of those that have it walks it for all. */
static bool is_first(
	const struct rehearsal_run *run, const struct identifier *identifier)
{
	const struct config_name *first;
	size_t count = config_names_find(
		snapshot_names(run->snapshot), identifier->value, &first);

	for (size_t i = 0; i < count; i++) {
		if (streq(first[i].certificate->name, run->name))
			return true;
		const struct lineage *lineage =
			find_by_path(run, &first[i], identifier);
		if (lineage && rehearsal_run_is_for(lineage))
			return false;
	}
	return true;
}

static bool is_wanted(
	const struct rehearsal_run *run, const struct identifier *identifier)
{
	const struct lineage *lineage = fleet_find(run->wish.fleet, run->name);

	if (!run->wish.is_quick)
		return is_first(run, identifier);
	return lineage &&
		path_state_get(lineage->paths, identifier->value).colour ==
		PATH_RED;
}

bool rehearsal_run_step(struct rehearsal_run *run)
{
	const struct config_certificate *certificate = run->certificate;
	struct step *step;

	while (run->next < certificate->identifier_count &&
		!is_wanted(run, run->steps[run->next].identifier))
		run->next++;
	if (run->next == certificate->identifier_count && !run->running &&
		!run->caa)
		look_at_caa(run);
	if (run->next == certificate->identifier_count ||
		run->running == MOST_PROBES)
		return false;
	step = &run->steps[run->next++];
	run->running++;
	step->probe = probe_start(&(struct probe_wish){
		.tools = &outlook_tools(run->wish.fleet->outlook)->probe,
		.path = {certificate->name, step->identifier,
			config_challenge_for(certificate, step->identifier)},
		.writes_records = run->wish.writes_records,
		.runs_hooks = !run->wish.is_quick,
		.listener = {on_finding, on_probed, step},
	});
	return true;
}

/* One of another key goes with its file's first. */
bool rehearsal_run_is_for(const struct lineage *lineage)
{
	return lineage->certificate && lineage->is_loaded &&
		!config_is_second(lineage->name);
}

struct rehearsal_run *rehearsal_run_start(const struct rehearsal_run_wish *wish)
{
	struct rehearsal_run *run = mem_new(sizeof(*run));
	size_t count = wish->lineage->certificate->identifier_count;

	run->wish = *wish;
	run->wish.lineage = NULL;
	run->name = mem_string(wish->lineage->name);
	run->snapshot = snapshot_ref(wish->fleet->snapshot);
	run->certificate = wish->lineage->certificate;
	run->steps = mem_new(count * sizeof(*run->steps));
	for (size_t i = 0; i < count; i++)
		run->steps[i] = (struct step){
			.run = run,
			.identifier = &run->certificate->identifiers[i],
		};
	return run;
}
