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

static struct config *parse_global(
	const struct intake_texts *texts, struct mistakes *mistakes)
{
	struct config_text *list = mem_new((texts->count + 1) * sizeof(*list));
	size_t count = 0;
	size_t known = 0;

	for (size_t i = 0; i < texts->count; i++) {
		if (texts->files[i].name)
			continue;
		known += texts->files[i].is_known_ca;
		list[count++] = view(&texts->files[i]);
	}
	struct config *config = config_new(list, count, known, mistakes);
	free(list);
	return config;
}

/* The vault accepted these texts; that they do not parse here means that one
 * of us is of another version. */
struct config *intake_texts_parse(
	const struct intake_texts *texts, struct error *err)
{
	struct mistakes mistakes = {0};
	struct config *config = parse_global(texts, &mistakes);

	if (!config)
		fail(err, ERROR_LOCAL, "%s",
			mistakes.list.count ? mistakes.list.items[0]
					    : "no configuration");
	for (size_t i = 0; config && i < texts->count; i++) {
		struct config_text text = view(&texts->files[i]);
		if (texts->files[i].name)
			config_add_certificate(
				config, texts->files[i].name, &text, &mistakes);
	}
	if (config)
		config_check(config, &mistakes);
	mistakes_clear(&mistakes);
	return config;
}
