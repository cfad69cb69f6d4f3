/* SPDX-License-Identifier: MIT */

/*
 * What has happened, over all certificates by time: the daemon tells it page
 * by page, so it is kept until the last one.
 */

#include "ask.h"
#include "json.h"
#include "mem.h"
#include "timestamp.h"

#include <stdio.h>

/* A fleet has many, and text is the smaller half of JSON. */
struct entry {
	char time[TIMESTAMP_SIZE];
	size_t place; /* as many happen in the same second */
	char *text; /* owned: the event */
};

struct history {
	struct entry *entries;
	size_t count;
	size_t room;
};

static void clear(struct history *history)
{
	for (size_t i = 0; i < history->count; i++)
		free(history->entries[i].text);
	free(history->entries);
}

static void keep(struct history *history, const json_t *event)
{
	if (history->count == history->room) {
		history->room = 2 * history->room + 64;
		history->entries = mem_resize(history->entries, history->room,
			sizeof(*history->entries));
	}
	struct entry *entry = &history->entries[history->count];
	*entry = (struct entry){
		.place = history->count++, .text = json_write(event)};
	snprintf(entry->time, sizeof(entry->time), "%s",
		member_string_or(event, "time", ""));
}

static void take_page(void *data, const json_t *reply)
{
	size_t index;
	const json_t *event;

	json_array_foreach (json_object_get(reply, "events"), index, event)
		keep(data, event);
}

static int by_time(const void *a, const void *b)
{
	const struct entry *left = a;
	const struct entry *right = b;
	int order = strcmp(left->time, right->time);

	if (order)
		return order;
	return left->place < right->place ? -1 : 1;
}

static void print_json(const struct history *history)
{
	fputs("{\"events\":[", stdout);
	for (size_t i = 0; i < history->count; i++)
		printf("%s%s", i ? "," : "", history->entries[i].text);
	puts("]}");
}

static void print_lines(const struct history *history)
{
	for (size_t i = 0; i < history->count; i++) {
		const char *text = history->entries[i].text;
		json_t *event = json_read(text, strlen(text), "event", NULL);
		json_t *line cleanup(json) = json_pack("{s:o}", "event", event);
		ask_show_event(NULL, line);
	}
	if (!history->count)
		puts("nothing has happened yet");
}

int verb_history(const struct arguments *arguments)
{
	struct arguments quiet = *arguments;
	struct history history = {0};
	json_t *parameters = json_object();

	/* Of one certificate there is a single reply, which is printed. */
	quiet.is_json = arguments->is_json && arguments->count;
	if (arguments->count)
		json_object_set_new(
			parameters, "name", json_string(arguments->names[0]));
	int status =
		ask(&quiet, "History", parameters, true, take_page, &history);
	if (history.count)
		qsort(history.entries, history.count, sizeof(*history.entries),
			by_time);
	if (!status && !arguments->is_json)
		print_lines(&history);
	else if (!status && !quiet.is_json)
		print_json(&history);
	clear(&history);
	return status;
}
