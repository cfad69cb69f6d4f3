/* SPDX-License-Identifier: MIT */

/* Attempts: none too early, none unknown after a restart. */

#include "watch.h"

#include "authority.h"
#include "event.h"
#include "helpers.h"
#include "lineage_state.h"
#include "machine.h"
#include "mem.h"
#include "plan.h"
#include "renewal_time.h"
#include "text.h"
#include "world.h"

#define LONGEST_WAIT (9 * DAY)
#define A_WINDOW (7 * DAY)

static struct {
	int64_t next; /* not before, as was told; 0: nothing was */
	bool is_excused; /* since then */
	char *subject; /* owned: what had failed then */
	int64_t installed; /* the last time, in true time; 0: never */
	bool may_be_early; /* a human has asked since, or a clock was wrong */
	json_t *state; /* owned: before a restart */
	bool is_corrected; /* the record of issues, by what is installed */
} attempts[SITES];

static size_t site_of(const char *name)
{
	for (size_t i = 0; name && i < SITES; i++)
		if (streq(machine.sites[i].name, name))
			return i;
	return SITES;
}

const char *watch_subject(const char *name)
{
	const struct lineage *lineage = fleet_find(&machine.fleet, name);

	return lineage && lineage->subject ? lineage->subject : "";
}

/* A wait is as long as the CA wants it, never under a minute, and never for
 * ever. */
static void note_failure(size_t site, const struct event *event)
{
	int64_t now = (int64_t)world_wall();
	int64_t wait = event->next - now;

	attempts[site].next = 0;
	if (!event->next || attempts[site].is_excused) {
		attempts[site].is_excused = false;
		return;
	}
	hold(wait >= MINUTE, "%s: the next try in %lld s", event->certificate,
		(long long)wait);
	hold(wait <= LONGEST_WAIT + A_WINDOW, "%s: the next try in %lld s",
		event->certificate, (long long)wait);
	/* The others have a second CA. */
	hold(site || wait >= (int64_t)event->err->retry_after,
		"%s: in %lld s, and its CA said %g s", event->certificate,
		(long long)wait, event->err->retry_after);
	attempts[site].next = event->next;
	free(attempts[site].subject);
	attempts[site].subject = mem_string(watch_subject(event->certificate));
}

/* A changed file begins anew, whenever the change is taken in. */
static void note_attempt(size_t site, const struct event *event)
{
	int64_t early = attempts[site].next - (int64_t)world_wall();

	if (early > 0 &&
		!streq(attempts[site].subject,
			watch_subject(event->certificate)))
		return;
	hold(attempts[site].is_excused || early <= 0,
		"%s: %lld s too early: %s", event->certificate,
		(long long)early, event->text);
}

/* The gap between two issuances (I9). */
static void note_installed(size_t site, const struct event *event)
{
	const struct lineage *lineage =
		fleet_find(&machine.fleet, event->certificate);
	int64_t now = world_truth();
	int64_t since = now - attempts[site].installed;

	if (attempts[site].installed && !attempts[site].may_be_early)
		hold(since >= renewal_minimum_gap(
				      certificate_lifetime(&lineage->facts)) -
					MINUTE,
			"%s: issued again after %lld s", event->certificate,
			(long long)since);
	attempts[site].installed = now;
	attempts[site].may_be_early = false;
	attempts[site].next = 0;
}

/* A start looks whether what it finds agrees (hindsight.h), which with a clock
 * that is days ahead it may not. */
static bool is_hindsight(const struct error *err)
{
	return err && (streq(err->code, "L9") || streq(err->code, "L14"));
}

void watch_attempts_event(const struct event *event)
{
	size_t site = site_of(event->certificate);

	hold(!event->err || !streq(event->err->code, "N11"),
		"it was forgotten: %s", event->text);
	if (site == SITES)
		return;
	if (is_hindsight(event->err)) {
		attempts[site].is_corrected = true;
		attempts[site].may_be_early = true; /* by what is forgotten */
	}
	if (streq(event->name, "failed"))
		note_failure(site, event);
	else if (streq(event->name, "attempt"))
		note_attempt(site, event);
	else if (streq(event->name, "installed"))
		note_installed(site, event);
}

void watch_attempts_excuse(size_t site)
{
	attempts[site].is_excused = true;
	attempts[site].may_be_early = true;
}

/* An order is made: the state says so already (I2), and the disk is fine. */
void authority_on_order(const char *name)
{
	const char *path = machine_state_path("state/%s.json", name);
	cleanup(json) json_t *state = json_load_file(path, 0, NULL);

	hold(json_is_true(json_object_get(state, "running")),
		"%s is ordered, and %s does not know", name, path);
	hold(!local_faults.disk ||
			world_truth() < local_faults.disk_since + 10 * MINUTE,
		"%s is ordered on a full disk", name);
}

/* Restarts. */

void watch_remember(void)
{
	for (size_t i = 0; i < machine.fleet.count; i++) {
		const struct lineage *lineage = machine.fleet.lineages[i];
		size_t site = site_of(lineage->name);
		if (lineage->is_loaded && lineage->job == JOB_NONE &&
			!local_faults.disk && !local_faults.vault)
			attempts[site].state = lineage_to_state(lineage);
		attempts[site].is_corrected = false;
	}
}

static void expect_same(const char *name, const json_t *before, json_t *after)
{
	static const char *const KEPT[] = {"seed", "failures", "class_failures",
		"running", "issued", "deploy", "held", "version",
		"last_attempt", "not_before", "held_until", "error", "failover",
		"counted", "limited", "directory", "account", "asked", "dead",
		"tried_all", "retired"};

	for (size_t i = 0; i < sizeof(KEPT) / sizeof(*KEPT); i++) {
		json_t *old = json_object_get(before, KEPT[i]);
		json_t *new = json_object_get(after, KEPT[i]);
		if (!old && !new)
			continue;
		cleanup(string) char *was = json_dumps(old, JSON_ENCODE_ANY);
		cleanup(string) char *is = json_dumps(new, JSON_ENCODE_ANY);
		hold(old && new &&json_equal(old, new),
			"%s: '%s' was %s before the restart, and is %s", name,
			KEPT[i], was ? was : "-", is ? is : "-");
	}
}

void watch_attempts_restarted(void)
{
	for (size_t i = 0; i < SITES; i++) {
		const char *name = machine.sites[i].name;
		const struct lineage *lineage =
			fleet_find(&machine.fleet, name);
		cleanup(json) json_t *before = take(attempts[i].state);
		if (!before || !lineage || lineage->job != JOB_NONE)
			continue;
		cleanup(json) json_t *after = lineage_to_state(lineage);
		if (attempts[i].is_corrected)
			json_object_set(before, "issued",
				json_object_get(after, "issued"));
		expect_same(name, before, after);
	}
}

void watch_attempts_begin(void)
{
	for (size_t i = 0; i < SITES; i++) {
		json_decref(attempts[i].state);
		free(attempts[i].subject);
	}
	memset(attempts, 0, sizeof(attempts));
}
