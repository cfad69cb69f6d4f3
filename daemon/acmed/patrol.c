/* SPDX-License-Identifier: MIT */
#include "patrol.h"

#include "file_round.h"
#include "mem.h"
#include "paths.h"
#include "rollout.h"
#include "tlsa_look.h"

#define DAY 86400
#define TLSA "tlsa" /* source of troubles */

/* One look; its lineage may be gone, or be another version, when it ends. */
struct round {
	struct round *next;
	struct patrol *patrol;
	char *name; /* owned */
	unsigned version;
	struct deployment *deployment; /* what is under way, or NULL */
	struct tlsa_look *records;
};

struct patrol {
	struct fleet *fleet;
	struct round *rounds;
	struct file_rounds *files; /* owned */
};

static void drop(struct round *round)
{
	struct round **link = &round->patrol->rounds;

	while (*link != round)
		link = &(*link)->next;
	*link = round->next;
	deploy_cancel(round->deployment);
	tlsa_look_cancel(round->records);
	free(round->name);
	free(round);
}

/* What is deployed right now is looked at by its deployment. */
static bool is_at_rest(const struct lineage *lineage)
{
	return lineage->certificate && lineage->job == JOB_NONE &&
		lineage->deploy.step == DEPLOY_DONE &&
		lineage_has_certificate(lineage);
}

static void note_well(struct fleet *fleet, struct lineage *lineage,
	const struct deploy_result *result)
{
	bool is_news = result->outcome == DEPLOY_SERVED &&
		lineage->deploy.outcome != DEPLOY_SERVED;

	if (!is_news)
		return;
	lineage->deploy.outcome = DEPLOY_SERVED;
	fleet_tell(fleet, lineage,
		&(struct event){.name = "verified", .priority = LOG_INFO},
		"seen on the wire by the daily look");
}

static void note(struct fleet *fleet, struct lineage *lineage,
	const struct deploy_result *result)
{
	bool is_same = json_equal(lineage->endpoints, result->endpoints);

	if (result->endpoints && !is_same) {
		json_decref(lineage->endpoints);
		lineage->endpoints = json_deep_copy(result->endpoints);
	}
	if (result->outcome == DEPLOY_FAILED)
		rollout_reopen(fleet, lineage, result);
	else
		note_well(fleet, lineage, result);
	if (!is_same || result->outcome == DEPLOY_FAILED)
		fleet_save(fleet, lineage, NULL, NULL);
	fleet_changed(fleet, lineage);
}

/* NULL when it is gone, or is no more what was looked at. */
static struct lineage *lineage_of(const struct round *round)
{
	struct lineage *lineage = fleet_find(round->patrol->fleet, round->name);

	return lineage && is_at_rest(lineage) &&
			lineage->version == round->version
		? lineage
		: NULL;
}

static void end(struct round *round)
{
	struct lineage *lineage = fleet_find(round->patrol->fleet, round->name);

	if (lineage)
		lineage->is_looked_at = false;
	drop(round);
}

/* TLSA records: of another key than the one that is served. */

static void on_records(
	void *data, enum finding_verdict verdict, const struct error *err)
{
	struct round *round = data;
	struct alert *alert = round->patrol->fleet->alert;

	round->records = NULL;
	if (lineage_of(round) && verdict == FINDING_GOOD)
		alert_clear(alert, TLSA, round->name);
	if (lineage_of(round) && verdict == FINDING_BAD)
		alert_set(alert,
			&(struct alert_trouble){
				.source = TLSA,
				.subject = round->name,
				.code = err->code,
				.level = ALERT_WARNING,
				.text = err->text,
			});
	end(round);
}

static void look_at_records(struct round *round, const struct lineage *lineage)
{
	struct fleet *fleet = round->patrol->fleet;
	cleanup(string) char *leaf =
		mem_format("%s/live/%s/cert.pem", paths_state(), round->name);

	round->records = tlsa_look_start(&(struct tlsa_look_wish){
		.tools = solvers_tools(fleet->solvers),
		.endpoints = lineage->endpoints,
		.leaf = leaf,
		.on_end = on_records,
		.data = round,
	});
}

/* The wire. */

static void on_end(void *data, const struct deploy_result *result)
{
	struct round *round = data;
	struct lineage *lineage = lineage_of(round);

	round->deployment = NULL;
	if (lineage)
		note(round->patrol->fleet, lineage, result);
	if (lineage && result->outcome == DEPLOY_SERVED)
		look_at_records(round, lineage);
	else
		end(round);
}

static void start(struct patrol *patrol, struct lineage *lineage)
{
	struct round *round = mem_new(sizeof(*round));

	round->patrol = patrol;
	round->name = mem_string(lineage->name);
	round->version = lineage->version;
	round->next = patrol->rounds;
	patrol->rounds = round;
	lineage->is_looked_at = true;
	round->deployment = deploy_look(patrol->fleet->deployer,
		&(struct deploy_wish){
			.certificate = lineage->certificate,
			.version = lineage->version,
			.facts = &lineage->facts,
			.issued = lineage->issued[0],
			.was_served = lineage_was_served(lineage),
			.endpoints = lineage->endpoints,
			.on_end = on_end,
			.data = round,
		});
}

int64_t patrol_time(double seed, int64_t now)
{
	int64_t when = now - now % DAY + (int64_t)(seed * DAY);

	return when > now ? when : when + DAY;
}

void patrol_look(struct patrol *patrol, struct lineage *lineage, int64_t now)
{
	bool is_due = lineage->look && now >= lineage->look;
	bool is_astray = lineage->look > now + DAY; /* the clock went back */

	if (!lineage->is_loaded || lineage->is_looked_at ||
		(is_due && lineage->job != JOB_NONE))
		return;
	if (is_due || is_astray || !lineage->look)
		lineage->look = patrol_time(lineage->seed, now);
	if (!is_due || !is_at_rest(lineage))
		return;
	file_rounds_start(patrol->files, lineage);
	if (lineage->certificate->deploy.verify != VERIFY_NO)
		start(patrol, lineage);
}

struct patrol *patrol_new(struct fleet *fleet)
{
	struct patrol *patrol = mem_new(sizeof(*patrol));

	patrol->fleet = fleet;
	patrol->files = file_rounds_new(fleet);
	return patrol;
}

void patrol_free(struct patrol *patrol)
{
	if (!patrol)
		return;
	while (patrol->rounds)
		drop(patrol->rounds);
	file_rounds_free(patrol->files);
	free(patrol);
}
