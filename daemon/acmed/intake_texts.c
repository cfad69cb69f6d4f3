/* SPDX-License-Identifier: MIT */
#include "intake_texts.h"

#include "json.h"
#include "mem.h"

#include <stdlib.h>

static char *copy_member(const json_t *object, const char *name)
{
	return mem_string(member_string_or(object, name, NULL));
}

static struct intake_text *add_file(
	struct intake_texts *texts, const json_t *piece)
{
	const json_t *mistakes = json_object_get(piece, "mistakes");
	struct intake_text *files =
		reallocarray(texts->files, texts->count + 1, sizeof(*files));

	if (!files)
		abort();
	texts->files = files;
	struct intake_text *file = &files[texts->count++];
	*file = (struct intake_text){
		.path = copy_member(piece, "path"),
		.name = copy_member(piece, "name"),
		.is_known_ca = member_bool_or(piece, "known", false),
		.is_stale = member_bool_or(piece, "stale", false),
		.mistake = mem_string(
			json_string_value(json_array_get(mistakes, 0))),
		.text = {.limit = CONFIG_FILE_MAX},
	};
	return file;
}

void intake_texts_add(struct intake_texts *texts, const json_t *piece)
{
	const char *text = member_string_or(piece, "text", "");
	struct intake_text *file;

	if (member_integer_or(piece, "offset", 0) == 0)
		file = add_file(texts, piece);
	else if (texts->count)
		file = &texts->files[texts->count - 1];
	else
		return;
	text_add(&file->text, text);
}

void intake_texts_clear(struct intake_texts *texts)
{
	for (size_t i = 0; i < texts->count; i++) {
		free(texts->files[i].path);
		free(texts->files[i].name);
		free(texts->files[i].mistake);
		text_clear(&texts->files[i].text);
	}
	free(texts->files);
	config_free(texts->config);
	mistakes_clear(&texts->mistakes);
	*texts = (struct intake_texts){0};
}

static struct config_text view(const struct intake_text *file)
{
	return (struct config_text){
		.file = file->path ? file->path : "",
		.bytes = file->text.data ? file->text.data : "",
		.length = file->text.length,
	};
}

static size_t count_global(const struct intake_texts *texts)
{
	size_t count = 0;

	while (count < texts->count && !texts->files[count].name)
		count++;
	return count;
}

/* The vault accepted these texts; that they do not parse here means that one
 * of us is of another version. */
static bool parse_global(struct intake_texts *texts, struct error *err)
{
	size_t count = count_global(texts);
	struct config_text *list = mem_new((count + 1) * sizeof(*list));
	struct mistakes mistakes = {0};
	size_t known = 0;

	for (size_t i = 0; i < count; i++) {
		known += texts->files[i].is_known_ca;
		list[i] = view(&texts->files[i]);
	}
	texts->config = config_new(list, count, known, &mistakes);
	texts->parsed = count;
	if (!texts->config)
		fail(err, ERROR_LOCAL, "%s",
			mistakes.list.count ? mistakes.list.items[0]
					    : "no configuration");
	mistakes_clear(&mistakes);
	free(list);
	return texts->config != NULL;
}

bool intake_texts_parse(
	struct intake_texts *texts, bool is_last, struct error *err)
{
	size_t whole = texts->count - (is_last || !texts->count ? 0 : 1);

	if (!is_last && count_global(texts) == texts->count)
		return true;
	if (!texts->config && !parse_global(texts, err))
		return false;
	for (; texts->parsed < whole; texts->parsed++) {
		const struct intake_text *file = &texts->files[texts->parsed];
		struct config_text text = view(file);
		if (file->name)
			config_add_certificate(texts->config, file->name, &text,
				&texts->mistakes);
	}
	if (is_last)
		config_check(texts->config, &texts->mistakes);
	return true;
}
