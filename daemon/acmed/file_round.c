/* SPDX-License-Identifier: MIT */
#include "file_round.h"

#include "finding.h"
#include "json.h"
#include "mem.h"
#include "text.h"

#define SOURCE "files"
#define VAULT_DEADLINE 30.0

/* One look; its lineage may be gone when it ends. */
struct round {
	struct round *next;
	struct file_rounds *rounds;
	char *name; /* owned */
	unsigned version;
	struct helper_call *call;
};

struct file_rounds {
	struct fleet *fleet; /* borrowed */
	struct round *first; /* owned list */
};

static void drop(struct round *round)
{
	struct round **link = &round->rounds->first;

	while (*link != round)
		link = &(*link)->next;
	*link = round->next;
	if (round->call)
		helper_cancel(round->call);
	free(round->name);
	free(round);
}

const json_t *file_rounds_fault(const json_t *findings)
{
	size_t i;
	const json_t *finding;

	json_array_foreach (findings, i, finding)
		if (streq(member_string_or(finding, "verdict", ""),
			    finding_verdict_name(FINDING_BAD)) &&
			!streq(member_string_or(finding, "check", ""),
				"expiry"))
			return finding;
	return NULL;
}

static void tell(const struct round *round, const json_t *findings)
{
	struct alert *alert = round->rounds->fleet->alert;
	const json_t *fault = file_rounds_fault(findings);
	cleanup(string) char *subject = mem_format("%s/files", round->name);

	if (!fault) {
		alert_clear(alert, SOURCE, subject);
		return;
	}
	alert_set(alert,
		&(struct alert_trouble){
			.source = SOURCE,
			.subject = subject,
			.code = member_string_or(fault, "code", ""),
			.level = ALERT_WARNING,
			.text = member_string_or(fault, "text", ""),
		});
}

/* A version that was switched in meanwhile was just written, and nobody looks
 * at an orphan again. */
static bool is_current(const struct round *round)
{
	const struct lineage *lineage =
		fleet_find(round->rounds->fleet, round->name);

	return lineage && lineage->certificate &&
		lineage->version == round->version;
}

/* A vault that does not answer is told by who watches it. */
static void on_reply(void *data, const json_t *reply, const struct error *err)
{
	struct round *round = data;

	round->call = NULL;
	if (!err && is_current(round))
		tell(round, json_object_get(reply, "findings"));
	drop(round);
}

void file_rounds_start(
	struct file_rounds *rounds, const struct lineage *lineage)
{
	struct round *round = mem_new(sizeof(*round));

	round->rounds = rounds;
	round->name = mem_string(lineage->name);
	round->version = lineage->version;
	round->next = rounds->first;
	rounds->first = round;
	round->call = helper_call(rounds->fleet->vault,
		json_pack("{s:s, s:s, s:I}", "verb", "look", "name",
			lineage->name, "version", (json_int_t)lineage->version),
		VAULT_DEADLINE, on_reply, round);
}

struct file_rounds *file_rounds_new(struct fleet *fleet)
{
	struct file_rounds *rounds = mem_new(sizeof(*rounds));

	rounds->fleet = fleet;
	return rounds;
}

void file_rounds_free(struct file_rounds *rounds)
{
	if (!rounds)
		return;
	while (rounds->first)
		drop(rounds->first);
	free(rounds);
}
