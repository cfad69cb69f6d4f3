/* SPDX-License-Identifier: MIT */
#include "path_book.h"

#include "alert.h"
#include "mem.h"
#include "text.h"

#define SOURCE "rehearsal"
#define FRESH (26 * 3600) /* seconds: a day, and some for the walk */
#define BETWEEN_EXTRA_TRIES 3600

static char *subject_of(const struct lineage *lineage, const char *name)
{
	return text_format("%s/%s", lineage->name, name);
}

static void tell_broken(struct fleet *fleet, const struct lineage *lineage,
	const char *name, const struct error *err)
{
	cleanup(string) char *subject = subject_of(lineage, name);

	if (fleet->alert)
		alert_set(fleet->alert,
			&(struct alert_trouble){
				.source = SOURCE,
				.subject = subject,
				.code = err->code,
				.level = ALERT_WARNING,
				.text = err->text,
			});
}

static void tell_mended(
	struct fleet *fleet, const struct lineage *lineage, const char *name)
{
	cleanup(string) char *subject = subject_of(lineage, name);

	if (fleet->alert)
		alert_clear(fleet->alert, SOURCE, subject);
}

static bool waits_for_validation(const struct lineage *lineage)
{
	return lineage->failures &&
		backoff_class_of(&lineage->err) == BACKOFF_Q2;
}

/* One more than the class allows (failures.md 0.1), but no storm from a path
 * that comes and goes. */
static void try_again(struct fleet *fleet, struct lineage *lineage, int64_t now)
{
	if (!waits_for_validation(lineage) || lineage->not_before <= now ||
		lineage->extra_try > now - BETWEEN_EXTRA_TRIES)
		return;
	lineage->extra_try = now;
	lineage->not_before = now;
	fleet_tell(fleet, lineage,
		&(struct event){.name = "step", .priority = LOG_INFO},
		"its path is mended: it is tried once more");
	fleet_changed(fleet, lineage);
}

void path_book_look(struct fleet *fleet, struct lineage *lineage,
	const char *name, const struct path_sum *sum, int64_t now)
{
	struct path_state state = path_state_get(lineage->paths, name);

	if (!lineage->certificate)
		return;
	enum path_news news =
		path_state_look(&state, sum->verdict, sum->err.code, now);
	path_state_put(lineage->paths, name, &state);
	if (news == PATH_BROKE)
		tell_broken(fleet, lineage, name, &sum->err);
	if (news == PATH_MENDED) {
		tell_mended(fleet, lineage, name);
		try_again(fleet, lineage, now);
	}
}

void path_book_validate(struct fleet *fleet, struct lineage *lineage,
	const char *name, bool is_valid)
{
	struct path_state state = path_state_get(lineage->paths, name);

	if (path_state_validate(&state, is_valid) == PATH_MENDED)
		tell_mended(fleet, lineage, name);
	path_state_put(lineage->paths, name, &state);
}

bool path_book_is_blind(const struct lineage *lineage, const char *name)
{
	return path_state_get(lineage->paths, name).colour == PATH_BLIND;
}

static bool is_configured(const struct lineage *lineage, const char *name)
{
	const struct config_certificate *certificate = lineage->certificate;

	for (size_t i = 0; i < certificate->identifier_count; i++)
		if (streq(certificate->identifiers[i].value, name))
			return true;
	return streq(name, PATH_BOOK_CAA);
}

void path_book_prune(struct fleet *fleet, struct lineage *lineage)
{
	const char *name;
	json_t *list;
	void *next;

	if (!lineage->certificate) {
		json_object_clear(lineage->paths);
		return;
	}
	json_object_foreach_safe(lineage->paths, next, name, list)
	{
		(void)list;
		if (is_configured(lineage, name))
			continue;
		tell_mended(fleet, lineage, name);
		json_object_del(lineage->paths, name);
	}
}

static bool is_green_between(
	const struct lineage *lineage, int64_t since, int64_t until)
{
	const struct config_certificate *certificate = lineage->certificate;

	for (size_t i = 0; i < certificate->identifier_count; i++) {
		struct path_state state = path_state_get(
			lineage->paths, certificate->identifiers[i].value);
		if (state.colour != PATH_GREEN || state.when < since ||
			state.when > until)
			return false;
	}
	return true;
}

bool path_book_was_green(const struct lineage *lineage, int64_t since)
{
	return is_green_between(lineage, since, INT64_MAX);
}

bool path_book_is_green(const struct lineage *lineage, int64_t now)
{
	return is_green_between(lineage, now - FRESH, now);
}

bool path_book_is_stuck(const struct lineage *lineage)
{
	const struct config_certificate *certificate = lineage->certificate;

	if (!waits_for_validation(lineage))
		return false;
	for (size_t i = 0; i < certificate->identifier_count; i++)
		if (path_state_get(
			    lineage->paths, certificate->identifiers[i].value)
				.colour == PATH_RED)
			return true;
	return false;
}
