/* SPDX-License-Identifier: MIT */
#include "telling_parts.h"

#include "mem.h"
#include "text.h"

#define DAY 86400
#define MEMORY (8 * DAY) /* of what was wrong before a restart */

struct telling *telling_new(void)
{
	return mem_new(sizeof(struct telling));
}

void telling_free(struct telling *telling)
{
	if (!telling)
		return;
	troubles_clear(&telling->troubles);
	while (telling->causes) {
		struct cause *cause = telling->causes;
		telling->causes = cause->next;
		cause_free(cause);
	}
	free(telling);
}

/* Troubles and their causes. */

struct cause *telling_cause(
	struct telling *telling, const char *code, const char *part)
{
	struct cause **link = &telling->causes;

	while (*link &&
		!(streq((*link)->code, code) && streq((*link)->part, part)))
		link = &(*link)->next;
	if (!*link)
		*link = cause_new(code, part);
	return *link;
}

static void leave_cause(const struct trouble *trouble)
{
	if (trouble->cause)
		trouble->cause->counts[trouble->level]--;
}

/* Each way to tell people is a cause of its own: when one fails while another
 * has for hours, that is news (M7). */
static const char *part_of(const struct trouble *trouble)
{
	return streq(trouble->code, "M7") ? trouble->subject : "";
}

static void join_cause(struct telling *telling, struct trouble *trouble)
{
	trouble->cause = telling_cause(telling,
		*trouble->code ? trouble->code : trouble->source,
		part_of(trouble));
	trouble->cause->counts[trouble->level]++;
}

static void fill(struct trouble *known, const struct alert_trouble *trouble)
{
	if (!known->code || !streq(known->code, trouble->code)) {
		free(known->code);
		known->code = mem_string(trouble->code);
	}
	if (!known->text || !streq(known->text, trouble->text)) {
		free(known->text);
		known->text = mem_string(trouble->text);
	}
	known->level = trouble->level;
	known->is_logged = trouble->is_logged;
	known->is_once = trouble->is_once;
}

bool telling_set(struct telling *telling, const struct alert_trouble *trouble,
	int64_t now)
{
	struct trouble *known = troubles_find(
		&telling->troubles, trouble->source, trouble->subject);
	bool is_news = !known || !streq(known->code, trouble->code) ||
		known->level < trouble->level;

	if (!known) {
		known = troubles_add(
			&telling->troubles, trouble->source, trouble->subject);
		known->since = now;
	}
	leave_cause(known);
	fill(known, trouble);
	join_cause(telling, known);
	telling->remembered -= known->is_remembered;
	known->is_remembered = false;
	known->seen = now;
	return is_news;
}

static void remove_trouble(struct telling *telling, struct trouble *trouble)
{
	leave_cause(trouble);
	telling->remembered -= trouble->is_remembered;
	troubles_remove(&telling->troubles, trouble);
}

bool telling_clear(struct telling *telling, const char *source,
	const char *subject, struct alert_trouble *out)
{
	struct trouble *known =
		troubles_find(&telling->troubles, source, subject);

	if (!known)
		return false;
	*out = (struct alert_trouble){
		.source = source,
		.subject = subject,
		.code = *known->code ? known->cause->code : "",
		.level = known->level,
		.text = "",
		.is_logged = known->is_logged,
	};
	remove_trouble(telling, known);
	return true;
}

/* Without a word: it has not become well. */
static void drop_trouble(struct telling *telling, struct trouble *trouble)
{
	struct cause *cause = trouble->cause;
	bool was_known = trouble->level > ALERT_NOTICE;

	remove_trouble(telling, trouble);
	if (was_known && !cause_count(cause))
		cause->is_open = false;
}

void telling_sweep(struct telling *telling,
	bool (*is_there)(void *data, const char *source, const char *subject),
	void *data)
{
	struct trouble *next;

	for (struct trouble *t = telling->troubles.first; t; t = next) {
		next = t->next;
		if (*t->subject && !t->is_once &&
			!is_there(data, t->source, t->subject))
			drop_trouble(telling, t);
	}
}

static void drop_told(struct telling *telling, const struct cause *cause)
{
	struct trouble *next;

	for (struct trouble *t = telling->troubles.first; t; t = next) {
		next = t->next;
		if (t->is_once && t->cause == cause)
			drop_trouble(telling, t);
	}
}

/* What was read and is not seen again is over, or nobody looks any more. */
static void drop_forgotten(struct telling *telling, int64_t now)
{
	struct trouble *next;

	if (!telling->remembered)
		return;
	for (struct trouble *t = telling->troubles.first; t; t = next) {
		next = t->next;
		if (t->is_remembered && cause_has_passed(t->seen, now, MEMORY))
			remove_trouble(telling, t);
	}
}

static void drop_causes(struct telling *telling)
{
	struct cause **link = &telling->causes;

	while (*link) {
		struct cause *cause = *link;
		if (!cause_is_over(cause)) {
			link = &cause->next;
			continue;
		}
		*link = cause->next;
		cause_free(cause);
	}
}

/* Messages. */

struct causes {
	struct cause **list;
	size_t count;
};

static void add(struct causes *causes, struct cause *cause)
{
	causes->list = mem_resize(
		causes->list, causes->count + 1, sizeof(struct cause *));
	causes->list[causes->count++] = cause;
}

static void collect(struct telling *telling, enum cause_news wanted,
	int64_t now, struct causes *causes)
{
	for (struct cause *c = telling->causes; c; c = c->next)
		if (cause_look(c, now) == wanted)
			add(causes, c);
}

static void collect_lasting(
	struct telling *telling, int64_t now, struct causes *causes)
{
	bool is_due = false;

	if (!cause_has_passed(telling->reminded, now, DAY))
		return;
	for (struct cause *c = telling->causes; c; c = c->next) {
		if (!cause_is_lasting(c))
			continue;
		add(causes, c);
		is_due |= cause_has_passed(c->told, now, DAY);
	}
	if (!is_due)
		causes->count = 0;
	else
		telling->reminded = now;
}

static enum telling_kind choose(
	struct telling *telling, int64_t now, struct causes *causes)
{
	collect(telling, CAUSE_NEWS, now, causes);
	if (causes->count)
		return TELLING_NEWS;
	collect(telling, CAUSE_WELL, now, causes);
	if (causes->count)
		return TELLING_WELL;
	collect_lasting(telling, now, causes);
	return TELLING_LASTING;
}

static int by_level(const void *a, const void *b)
{
	const struct cause *one = *(struct cause *const *)a;
	const struct cause *other = *(struct cause *const *)b;
	enum alert_level left = cause_level(one), right = cause_level(other);

	if (left != right)
		return left < right ? 1 : -1;
	int order = strcmp(one->code, other->code);
	return order ? order : strcmp(one->part, other->part);
}

bool telling_next(struct telling *telling, const char *host, int64_t now,
	struct telling_message *message)
{
	struct causes causes = {0};

	drop_forgotten(telling, now);
	*message =
		(struct telling_message){.kind = choose(telling, now, &causes)};
	if (causes.count) {
		qsort(causes.list, causes.count, sizeof(*causes.list),
			by_level);
		telling_write(
			telling, causes.list, causes.count, host, now, message);
	}
	for (size_t i = 0; i < causes.count; i++) {
		cause_tell(causes.list[i], now);
		drop_told(telling, causes.list[i]);
	}
	free(causes.list);
	drop_causes(telling);
	return message->subject != NULL;
}

bool telling_is_gathering(const struct telling *telling)
{
	for (const struct cause *c = telling->causes; c; c = c->next)
		if (c->news)
			return true;
	return false;
}

size_t telling_count(const struct telling *telling)
{
	size_t count = 0;

	for (const struct cause *c = telling->causes; c; c = c->next)
		count += cause_count(c);
	return count;
}

void telling_message_clear(struct telling_message *message)
{
	free(message->subject);
	free(message->text);
	json_decref(message->causes);
	*message = (struct telling_message){0};
}
