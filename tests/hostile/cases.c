/* SPDX-License-Identifier: MIT */
#include "cases.h"

#include "bytes.h"
#include "document.h"
#include "mem.h"
#include "text.h"

#include <stdio.h>

struct table {
	json_t *lists; /* name -> values */
	json_t *bases; /* kind -> document */
	json_t *list; /* borrowed: the one that is being read */
	size_t step; /* every so many */
	size_t count;
	hostile_on_case *on_case;
	void *data;
};

static _Noreturn void give_up(const char *what, const char *line)
{
	fprintf(stderr, "hostile/rows: %s: %.200s\n", what, line);
	abort();
}

static char *expand(const char *from, size_t *length)
{
	struct text out = {.limit = HOSTILE_BYTES_MAX};

	hostile_bytes_add(&out, from, from + strlen(from));
	if (out.failed)
		give_up("cannot be expanded", from);
	*length = out.length;
	return text_take(&out);
}

/* PATH=VALUE of a kind with a base; what begins with ":" is the whole. */
static char *spoil(const json_t *base, const char *how, char **without)
{
	size_t length = strcspn(how, "=");
	cleanup(string) char *path = strndup(how, length);

	if (!base || *how == ':')
		return mem_string(base ? how + 1 : how);
	*without = hostile_document(base, path, "");
	char *made = how[length]
		? hostile_document(base, path, how + length + 1)
		: NULL;
	if (!made || !*without)
		give_up("there is no such member", how);
	return made;
}

static void run_case(
	struct table *table, struct hostile_case *each, const char *how)
{
	cleanup(string) char *without = NULL;
	cleanup(string) char *text =
		spoil(json_object_get(table->bases, each->kind), how, &without);
	cleanup(string) char *bytes = expand(text, &each->length);

	each->bytes = bytes;
	each->without = without;
	table->on_case(table->data, each);
}

static const json_t *find_list(
	const struct table *table, const char *dollar, size_t *length)
{
	*length = strspn(dollar + 1, "abcdefghijklmnopqrstuvwxyz-") + 1;
	cleanup(string) char *name = strndup(dollar + 1, *length - 1);
	const json_t *list = json_object_get(table->lists, name);

	if (!list)
		give_up("there is no such list", dollar);
	return list;
}

/* One case for each value of its first list, and so on. */
static void run_all(
	struct table *table, const struct hostile_case *row, const char *how)
{
	const char *dollar = strchr(how, '$');
	struct hostile_case each = *row;
	const json_t *value;
	size_t length;
	size_t i;

	if (!dollar) {
		if (table->count++ % table->step == 0)
			run_case(table, &each, how);
		return;
	}
	json_array_foreach (find_list(table, dollar, &length), i, value) {
		cleanup(string) char *one =
			text_format("%.*s%s%s", (int)(dollar - how), how,
				json_string_value(value), dollar + length);
		snprintf(each.name, sizeof(each.name), "%.50s.%zu", row->name,
			i + 1);
		run_all(table, &each, one);
	}
}

/* Cuts the next word off. */
static char *word(char **line)
{
	char *start = *line;
	size_t length = strcspn(start, " ");

	*line = start + length + strspn(start + length, " ");
	start[length] = '\0';
	return start;
}

static void read_base(struct table *table, char *line)
{
	const char *kind = word(&line);
	json_t *base = json_loads(line, JSON_REJECT_DUPLICATES, NULL);

	if (!base)
		give_up("is no JSON", line);
	json_object_set_new(table->bases, kind, base);
}

static void read_row(struct table *table, char *line)
{
	struct hostile_case row = {0};
	const char *first = word(&line);

	if (streq(first, "list")) {
		table->list = json_array();
		json_object_set_new(table->lists, line, table->list);
		return;
	}
	if (streq(first, "base"))
		return read_base(table, line);
	snprintf(row.name, sizeof(row.name), "%s", first);
	row.kind = word(&line);
	row.verdict = word(&line);
	run_all(table, &row, line);
}

static void read_line(struct table *table, char *line)
{
	line[strcspn(line, "\n")] = '\0';
	if (*line == '\t' && table->list)
		json_array_append_new(table->list, json_string(line + 1));
	else if (*line && *line != '#')
		read_row(table, line);
}

size_t hostile_table_run(
	const char *path, size_t step, hostile_on_case *on_case, void *data)
{
	struct table table = {.lists = json_object(),
		.bases = json_object(),
		.step = step,
		.on_case = on_case,
		.data = data};
	FILE *file = fopen(path, "re");
	char *line = NULL;
	size_t size = 0;

	if (!file)
		give_up("cannot be read", path);
	while (getline(&line, &size, file) > 0)
		read_line(&table, line);
	fclose(file);
	free(line);
	json_decref(table.lists);
	json_decref(table.bases);
	return table.count;
}
