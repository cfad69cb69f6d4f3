/* SPDX-License-Identifier: MIT */
#include "ari.h"

#include "duration.h"
#include "mem.h"
#include "plan.h"
#include "random.h"
#include "text.h"
#include "timestamp.h"

#include <stdio.h>
#include <sys/queue.h>
#include <time.h>

#define MOST_QUESTIONS 16

/* By its name: the lineage may be gone when the answer comes. */
struct question {
	LIST_ENTRY(question) entry;
	struct ari *ari;
	char *name; /* owned */
	char id[RENEWAL_INFO_ID_MAX]; /* of the certificate it is about */
	struct ca *ca; /* one user */
	struct exchange_call *call;
};

struct ari {
	struct fleet *fleet;
	LIST_HEAD(, question) questions;
	unsigned count;
};

static void free_question(struct question *question)
{
	LIST_REMOVE(question, entry);
	question->ari->count--;
	if (question->call)
		exchange_cancel(question->call);
	ca_unref(question->ca);
	free(question->name);
	free(question);
}

/* NULL when another certificate is installed by now: what was said is of no
 * use to it (R7). */
static struct lineage *lineage_of(const struct question *question)
{
	struct lineage *lineage =
		fleet_find(question->ari->fleet, question->name);

	if (lineage)
		lineage->is_asked = false;
	return lineage && streq(lineage->info.id, question->id) ? lineage
								: NULL;
}

/* Answers. */

/* All of the window lies behind us: now, says the CA. */
static bool is_over(const struct renewal_info *info, int64_t now)
{
	return info->selected && info->end <= now;
}

/* A window that is over says that the certificate is about to be revoked
 * (RFC 9773 section 4.1), unless its time has come anyway; and is not obeyed
 * right after a renewal. */
static const char *code_of(const struct lineage *lineage, int64_t now)
{
	if (!is_over(&lineage->info, now))
		return "";
	if (plan_earliest_issuance(lineage, now) > now)
		return "R7";
	return plan_undisturbed(lineage) > now ? "K3" : "";
}

static void tell_window(
	struct fleet *fleet, struct lineage *lineage, int64_t now)
{
	const struct renewal_info *info = &lineage->info;
	const char *code = code_of(lineage, now);
	char start[TIMESTAMP_SIZE];
	char end[TIMESTAMP_SIZE];
	bool is_early = streq(code, "R7");
	struct error err;

	timestamp_format(info->start, start);
	timestamp_format(info->end, end);
	fail_cause(&err, ERROR_TRANSIENT, code,
		"its CA wants it renewed between %s and %s%s%s%s", start, end,
		is_early        ? ", though it was issued only just now"
			: *code ? ", so it is to be replaced now"
				: "",
		*info->explanation ? ": " : "", info->explanation);
	fleet_tell(fleet, lineage,
		&(struct event){.name = "renewal-moved",
			.priority = LOG_NOTICE,
			.err = *code ? &err : NULL,
			.next = is_early ? plan_earliest_issuance(lineage, now)
					 : info->selected},
		"%s", err.text);
}

static bool has_moved(const struct renewal_info *before,
	const struct renewal_info *info, int64_t now)
{
	if (!before->selected)
		return *info->explanation || is_over(info, now);
	return before->start != info->start || before->end != info->end ||
		!streq(before->explanation, info->explanation);
}

/* Not worth a line in the journal: the certificate is renewed in its time. */
static void tell_miss(struct fleet *fleet, struct lineage *lineage,
	const struct error *err, int64_t now)
{
	char wait[DURATION_SIZE];

	duration_format(lineage->info.next - now, wait);
	fleet_tell(fleet, lineage,
		&(struct event){.name = "step", .priority = LOG_DEBUG},
		"no renewal information: %s; asked again in %s", err->text,
		wait);
}

static void take_answer(struct fleet *fleet, struct lineage *lineage,
	const struct reply *reply, const struct error *failed)
{
	struct renewal_info before = lineage->info;
	int64_t now = time(NULL);
	double random = random_real();
	struct error err;

	if (failed)
		err = *failed;
	bool is_read = !failed &&
		renewal_info_read(&lineage->info, reply, random, now, &err);
	if (!is_read) {
		renewal_info_miss(&lineage->info, &err, random, now);
		tell_miss(fleet, lineage, &err, now);
	} else if (has_moved(&before, &lineage->info, now)) {
		tell_window(fleet, lineage, now);
	}
	fleet_save(fleet, lineage, NULL, NULL);
	fleet_changed(fleet, lineage);
}

static void end(struct question *question, const struct reply *reply,
	const struct error *err)
{
	struct lineage *lineage = lineage_of(question);

	if (lineage)
		take_answer(question->ari->fleet, lineage, reply, err);
	free_question(question);
}

static void on_reply(
	void *data, const struct reply *reply, const struct error *err)
{
	struct question *question = data;

	question->call = NULL;
	end(question, reply, err);
}

static void on_directory(
	void *data, const struct directory *directory, const struct error *err)
{
	struct question *question = data;
	struct exchange *exchange = ca_exchange(question->ca);
	struct error none;

	question->call = NULL;
	if (!err && !directory->renewal_info) {
		fail(&none, ERROR_REFUSED, "CA '%s' has none",
			ca_name(question->ca));
		err = &none;
	} else if (!err) {
		cleanup(string) char *url =
			renewal_info_url(directory->renewal_info, question->id);
		question->call =
			exchange_get(exchange, url, on_reply, question);
	}
	if (directory)
		exchange_directory_release(exchange, directory);
	if (err)
		end(question, NULL, err);
}

/* Questions. */

/* Who issued it, when that CA is still configured. */
static struct ca *take_issuer(
	struct fleet *fleet, const struct lineage *lineage)
{
	const struct config *config = fleet->snapshot->config;

	for (size_t i = 0; lineage->directory && i < config->ca_count; i++)
		if (streq(config->cas[i]->directory, lineage->directory))
			return fleet_take_ca(fleet, config->cas[i], false);
	return NULL;
}

static void ask(struct ari *ari, struct lineage *lineage, int64_t now)
{
	struct ca *ca = take_issuer(ari->fleet, lineage);
	struct error err;

	if (!ca) {
		fail(&err, ERROR_REFUSED, "who issued it is not configured");
		renewal_info_miss(&lineage->info, &err, random_real(), now);
		return;
	}
	struct question *question = mem_new(sizeof(*question));
	LIST_INSERT_HEAD(&ari->questions, question, entry);
	ari->count++;
	question->ari = ari;
	question->ca = ca;
	question->name = mem_string(lineage->name);
	snprintf(question->id, sizeof(question->id), "%s", lineage->info.id);
	lineage->is_asked = true;
	question->call =
		exchange_directory(ca_exchange(ca), on_directory, question);
}

/* Never for what has expired, or is managed no more (RFC 9773 section 4.3). */
static int64_t due_of(const struct lineage *lineage, int64_t now)
{
	if (!lineage_has_certificate(lineage) || !lineage->certificate ||
		!lineage->is_loaded || lineage->is_asked ||
		lineage->facts.not_after <= now)
		return INT64_MAX;
	return renewal_info_due(&lineage->info, lineage->facts.not_after, now);
}

int64_t ari_look(struct ari *ari, int64_t now)
{
	const struct fleet *fleet = ari->fleet;
	int64_t next = INT64_MAX;

	for (size_t i = 0; i < fleet->count; i++) {
		struct lineage *lineage = fleet->lineages[i];
		int64_t due = due_of(lineage, now);
		if (due <= now && ari->count < MOST_QUESTIONS)
			ask(ari, lineage, now);
		else if (due > now && due < next)
			next = due;
	}
	return next;
}

struct ari *ari_new(struct fleet *fleet)
{
	struct ari *ari = mem_new(sizeof(*ari));

	ari->fleet = fleet;
	LIST_INIT(&ari->questions);
	return ari;
}

void ari_free(struct ari *ari)
{
	if (!ari)
		return;
	while (!LIST_EMPTY(&ari->questions))
		free_question(LIST_FIRST(&ari->questions));
	free(ari);
}
