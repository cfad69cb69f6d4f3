/* SPDX-License-Identifier: MIT */
#include "telling_parts.h"

#include "diagnosis.h"
#include "duration.h"
#include "mem.h"
#include "span.h"
#include "text.h"

#define MOST_CAUSES 20 /* in one message */
#define MOST_SUBJECTS 10 /* of one cause */
#define MOST_LINE 240
#define ROOM 512 /* for what stands at the end of a text */

static const char *const KINDS[] = {
	[TELLING_NEWS] = "news",
	[TELLING_LASTING] = "lasting",
	[TELLING_WELL] = "well",
	[TELLING_TEST] = "test",
};

const char *telling_kind_name(enum telling_kind kind)
{
	return KINDS[kind];
}

/* What is wrong where no cause is known: the CA's own words follow. */
static const char *sentence_of(const char *code)
{
	static const char *const SOURCES[][2] = {
		{"renewal", "A renewal fails"},
		{"deploy", "A certificate is not deployed"},
		{"expiry", "A certificate comes to its end"},
		{"damage", "What is installed is damaged"},
		{"placeholder", "There is no placeholder"},
		{"orphan", "A certificate is served and not renewed"},
		{"journal", "The journal takes no messages"},
		{"rehearsal", "A renewal would fail"},
		{"retired", "A certificate is retired"},
		{"served", "Something else is served"},
		{"config", "A configuration file has a mistake"},
		{"files", "What servers read is damaged"},
		{"state", "What acmed keeps cannot be read or saved"},
		{"machine", "Something is wrong with this machine"},
	};
	const struct diagnosis *cause = diagnosis_find(code);

	if (cause)
		return cause->sentence;
	for (size_t i = 0; i < sizeof(SOURCES) / sizeof(*SOURCES); i++)
		if (streq(SOURCES[i][0], code))
			return SOURCES[i][1];
	return code;
}

static void add_title(struct text *text, const struct cause *cause)
{
	const char *sentence = sentence_of(cause->code);

	text_add(text, sentence);
	if (diagnosis_find(cause->code))
		text_addf(text, " (%s)", cause->code);
}

/* Subjects. */

static size_t count_all(struct cause *const *causes, size_t count)
{
	size_t all = 0;

	for (size_t i = 0; i < count; i++)
		all += cause_count(causes[i]);
	return all;
}

static void write_subject(struct telling_message *message,
	struct cause *const *causes, size_t count, const char *host)
{
	struct text text cleanup_text_value = {0};
	size_t all = count_all(causes, count);

	text_addf(&text, "acmed on %.64s: ", host);
	if (message->kind == TELLING_WELL)
		text_add(&text, "well again: ");
	else if (message->kind == TELLING_LASTING)
		text_addf(
			&text, "%s, still: ", alert_level_name(message->level));
	else
		text_addf(&text, "%s: ", alert_level_name(message->level));
	add_title(&text, causes[0]);
	if (count > 1)
		text_addf(&text, ", and %zu more", count - 1);
	else if (all > 1)
		text_addf(&text, ", %zu times", all);
	if (text.length > TELLING_SUBJECT_MAX)
		text.data[TELLING_SUBJECT_MAX] = '\0';
	message->subject = text_take(&text);
}

/* Texts. */

static void add_trouble(
	struct text *text, const struct trouble *trouble, int64_t now)
{
	char line[MOST_LINE], since[DURATION_SIZE];

	text_clean(line, sizeof(line), trouble->text, strlen(trouble->text));
	duration_format(
		now > trouble->since ? span_between(trouble->since, now) : 0,
		since);
	text_addf(text, "  %s: %s: %s (since %s)\n",
		alert_level_name(trouble->level),
		strcspn(trouble->subject, "/") ? trouble->subject
					       : "this machine",
		line, since);
}

static void add_troubles(struct text *text, const struct telling *telling,
	const struct cause *cause, int64_t now)
{
	size_t count;
	const struct trouble **list =
		troubles_of(&telling->troubles, cause, ALERT_WARNING, &count);

	for (size_t i = 0; i < count && i < MOST_SUBJECTS; i++)
		add_trouble(text, list[i], now);
	if (count > MOST_SUBJECTS)
		text_addf(text, "  and %zu more\n", count - MOST_SUBJECTS);
	free(list);
}

static void add_cause(struct text *text, const struct telling *telling,
	const struct cause *cause, int64_t now)
{
	const struct diagnosis *row = diagnosis_find(cause->code);

	add_title(text, cause);
	text_add(text, "\n");
	add_troubles(text, telling, cause, now);
	if (row && cause_count(cause))
		text_addf(text, "  What to do: %s\n", row->remedy);
	text_add(text, "\n");
}

/* As many whole ones as there is room for. */
static void add_causes(struct text *text, const struct telling *telling,
	struct cause *const *causes, size_t count, int64_t now)
{
	size_t i = 0;

	for (; i < count && i < MOST_CAUSES; i++) {
		struct text part cleanup_text_value = {0};
		add_cause(&part, telling, causes[i], now);
		if (text->length + part.length > TELLING_TEXT_MAX - ROOM)
			break;
		text_add(text, part.data);
	}
	if (i < count)
		text_addf(text, "And %zu more.\n\n", count - i);
}

static void write_text(const struct telling *telling,
	struct telling_message *message, struct cause *const *causes,
	size_t count, const char *host, int64_t now)
{
	struct text text cleanup_text_value = {.limit = TELLING_TEXT_MAX};

	add_causes(&text, telling, causes, count, now);
	if (message->kind == TELLING_WELL)
		text_addf(&text, "Nothing is to be done on %.64s.\n", host);
	else
		text_addf(&text,
			"On %.64s 'acmectl status --failing' lists all, and "
			"what is to be done first.\n",
			host);
	message->text = text_take(&text);
}

/* For machines. */

static json_t *subjects_of(
	const struct telling *telling, const struct cause *cause)
{
	json_t *list = json_array();
	size_t count;
	const struct trouble **troubles =
		troubles_of(&telling->troubles, cause, ALERT_WARNING, &count);

	for (size_t i = 0; i < count && i < MOST_SUBJECTS; i++)
		json_array_append_new(list, json_string(troubles[i]->subject));
	free(troubles);
	return list;
}

static json_t *describe(const struct telling *telling,
	struct cause *const *causes, size_t count)
{
	json_t *list = json_array();

	for (size_t i = 0; i < count && i < MOST_CAUSES; i++)
		json_array_append_new(list,
			json_pack("{s:s, s:s, s:I, s:o}", "code",
				causes[i]->code, "level",
				alert_level_name(cause_level(causes[i])),
				"count", (json_int_t)cause_count(causes[i]),
				"subjects", subjects_of(telling, causes[i])));
	return list;
}

void telling_write(const struct telling *telling, struct cause *const *causes,
	size_t count, const char *host, int64_t now,
	struct telling_message *message)
{
	message->level = cause_level(causes[0]);
	write_subject(message, causes, count, host);
	write_text(telling, message, causes, count, host, now);
	message->causes = describe(telling, causes, count);
	if (!message->subject || !message->text)
		abort();
}
