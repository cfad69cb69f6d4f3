/* SPDX-License-Identifier: MIT */
#include "telling_parts.h"

#include "json.h"
#include "mem.h"
#include "text.h"

#define SCHEMA 1
#define MOST_CAUSES 64
#define MOST_TROUBLES 90
#define MOST_NAME 200 /* bytes of a source, a subject or a text */

static json_t *string_of(const char *text)
{
	size_t length = 0;

	while (length < MOST_NAME && text[length]) {
		size_t next = text_character_length(
			text + length, strlen(text + length));
		if (!next || length + next > MOST_NAME)
			break;
		length += next;
	}
	return json_stringn(text, length);
}

static json_t *cause_to_json(const struct cause *cause)
{
	return json_pack("{s:o, s:o, s:s, s:b, s:I, s:I}", "code",
		string_of(cause->code), "part", string_of(cause->part), "known",
		alert_level_name(cause->known), "open", cause->is_open, "told",
		(json_int_t)cause->told, "peak", (json_int_t)cause->peak);
}

static json_t *trouble_to_json(const struct trouble *trouble)
{
	return json_pack("{s:o, s:o, s:o, s:o, s:s, s:b, s:b, s:I}", "source",
		string_of(trouble->source), "subject",
		string_of(trouble->subject), "code", string_of(trouble->code),
		"text", string_of(trouble->text), "level",
		alert_level_name(trouble->level), "logged", trouble->is_logged,
		"once", trouble->is_once, "since", (json_int_t)trouble->since);
}

/* Of one cause, from the worst but so many, to as many. */
static void add_troubles(const struct telling *telling,
	const struct cause *cause, size_t from, size_t to, json_t *list)
{
	size_t count;
	const struct trouble **troubles =
		troubles_of(&telling->troubles, cause, ALERT_WARNING, &count);

	for (size_t i = from; i < count && i < to; i++)
		if (json_array_size(list) < MOST_TROUBLES &&
			strlen(troubles[i]->subject) <= MOST_NAME)
			json_array_append_new(
				list, trouble_to_json(troubles[i]));
	free(troubles);
}

/* Nobody sets it a second time. */
static bool has_once(const struct telling *telling, const struct cause *cause)
{
	for (const struct trouble *t = telling->troubles.first; t; t = t->next)
		if (t->is_once && t->cause == cause)
			return true;
	return false;
}

static const struct cause *next_kept(
	const struct telling *telling, const struct cause *cause)
{
	while (cause && cause->known == ALERT_NOTICE && !cause->is_open &&
		!has_once(telling, cause))
		cause = cause->next;
	return cause;
}

static json_t *list_causes(const struct telling *telling)
{
	const struct cause *c = next_kept(telling, telling->causes);
	json_t *list = json_array();

	for (; c && json_array_size(list) < MOST_CAUSES;
		c = next_kept(telling, c->next))
		json_array_append_new(list, cause_to_json(c));
	return list;
}

static void add_share(
	const struct telling *telling, size_t from, size_t to, json_t *list)
{
	const struct cause *c = next_kept(telling, telling->causes);

	for (size_t i = 0; c && i < MOST_CAUSES;
		i++, c = next_kept(telling, c->next))
		add_troubles(telling, c, from, to, list);
}

/* Some of each cause, so that none seems to be over after a restart, then of
 * the others as many as there is room for. */
static json_t *list_troubles(const struct telling *telling)
{
	json_t *list = json_array();
	size_t count = 0;

	for (const struct cause *c = telling->causes; c; c = c->next)
		count += cause_count(c) > 0;
	size_t share = MOST_TROUBLES / 2 / (count + 1) + 1;
	add_share(telling, 0, share, list);
	add_share(telling, share, SIZE_MAX, list);
	return list;
}

json_t *telling_to_json(const struct telling *telling)
{
	return json_pack("{s:i, s:I, s:o, s:o}", "schema", SCHEMA, "reminded",
		(json_int_t)telling->reminded, "causes", list_causes(telling),
		"troubles", list_troubles(telling));
}

/* A word that goes into messages; "" for one that cannot be shown. */
static const char *word_of(const json_t *object, const char *name)
{
	const char *word = member_string_or(object, name, "");

	return text_is_visible(word) ? word : "";
}

static void read_cause(struct telling *telling, const json_t *object)
{
	const char *code = word_of(object, "code");
	struct cause *cause =
		telling_cause(telling, code, word_of(object, "part"));

	alert_level_parse(member_string_or(object, "known", ""), &cause->known);
	cause->is_open = member_bool_or(object, "open", false);
	cause->told = member_integer_or(object, "told", 0);
	cause->peak = member_integer_or(object, "peak", 0);
}

static void read_trouble(
	struct telling *telling, const json_t *object, int64_t now)
{
	const char *said = member_string_or(object, "text", "");
	char text[MOST_NAME + 1];
	struct alert_trouble trouble = {
		.source = word_of(object, "source"),
		.subject = member_string_or(object, "subject", ""),
		.code = word_of(object, "code"),
		.text = text,
		.is_logged = member_bool_or(object, "logged", false),
		.is_once = member_bool_or(object, "once", false),
	};

	text_clean(text, sizeof(text), said, strlen(said));
	alert_level_parse(
		member_string_or(object, "level", ""), &trouble.level);
	if (troubles_find(&telling->troubles, trouble.source, trouble.subject))
		return;
	telling_set(telling, &trouble, now);
	struct trouble *known = troubles_find(
		&telling->troubles, trouble.source, trouble.subject);
	known->is_remembered = true;
	telling->remembered++;
	known->since = member_integer_or(object, "since", now);
}

void telling_from_json(
	struct telling *telling, const json_t *state, int64_t now)
{
	const json_t *causes = json_object_get(state, "causes");
	const json_t *troubles = json_object_get(state, "troubles");

	if (member_integer_or(state, "schema", 0) != SCHEMA)
		return;
	telling->reminded = member_integer_or(state, "reminded", 0);
	for (size_t i = 0; i < json_array_size(causes); i++)
		read_cause(telling, json_array_get(causes, i));
	for (size_t i = 0; i < json_array_size(troubles); i++)
		read_trouble(telling, json_array_get(troubles, i), now);
}
