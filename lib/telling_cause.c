/* SPDX-License-Identifier: MIT */
#include "telling_cause.h"

#include "mem.h"
#include "span.h"

#define DAY 86400
#define LONG (10 * DAY)
#define GATHER 5 /* seconds in which troubles come together */

struct cause *cause_new(const char *code, const char *part)
{
	struct cause *cause = mem_new(sizeof(*cause));

	cause->code = mem_string(code);
	cause->part = mem_string(part);
	return cause;
}

void cause_free(struct cause *cause)
{
	free(cause->code);
	free(cause->part);
	free(cause);
}

enum alert_level cause_level(const struct cause *cause)
{
	unsigned level = ALERT_LEVELS - 1;

	while (level > 0 && !cause->counts[level])
		level--;
	return (enum alert_level)level;
}

size_t cause_count(const struct cause *cause)
{
	size_t count = 0;

	for (unsigned i = ALERT_WARNING; i < ALERT_LEVELS; i++)
		count += cause->counts[i];
	return count;
}

bool cause_has_passed(int64_t then, int64_t now, int64_t span)
{
	return now < then || span_between(then, now) >= span;
}

/* What comes back within a day is no news, nor what is as bad again as it was
 * in the last ten days while it lasts: what comes and goes would tell of itself
 * all day. The daily message has it. */
static void forget(struct cause *cause, enum alert_level level, int64_t now)
{
	int64_t memory = level > ALERT_NOTICE ? LONG : DAY;

	if (level >= cause->known)
		cause->peak = now;
	else if (cause_has_passed(cause->peak, now, memory))
		cause->known = level;
}

static enum cause_news gather(
	struct cause *cause, enum cause_news news, int64_t now)
{
	if (news == CAUSE_QUIET) {
		cause->news = 0;
		return news;
	}
	if (!cause->news)
		cause->news = now;
	return cause_has_passed(cause->news, now, GATHER) ? news : CAUSE_QUIET;
}

enum cause_news cause_look(struct cause *cause, int64_t now)
{
	enum alert_level level = cause_level(cause);

	if (level > cause->known)
		return gather(cause, CAUSE_NEWS, now);
	forget(cause, level, now);
	if (level == ALERT_NOTICE)
		return gather(
			cause, cause->is_open ? CAUSE_WELL : CAUSE_QUIET, now);
	cause->is_open = true;
	return gather(cause, CAUSE_QUIET, now);
}

bool cause_is_lasting(const struct cause *cause)
{
	return cause->is_open && cause_level(cause) > ALERT_NOTICE;
}

void cause_tell(struct cause *cause, int64_t now)
{
	enum alert_level level = cause_level(cause);

	cause->told = now;
	cause->news = 0;
	cause->is_open = level > ALERT_NOTICE;
	if (level < cause->known || level == ALERT_NOTICE)
		return;
	cause->known = level;
	cause->peak = now;
}

bool cause_is_over(const struct cause *cause)
{
	for (unsigned i = 0; i < ALERT_LEVELS; i++)
		if (cause->counts[i])
			return false;
	return !cause->is_open && cause->known == ALERT_NOTICE;
}
