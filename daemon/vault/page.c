/* SPDX-License-Identifier: MIT */
#include "page.h"

#include "mem.h"

#define PAGE_MAX (112 * 1024) /* of JSON: leaves room for the frame */
#define PIECE_MAX (64 * 1024) /* of text */
#define FILE_MISTAKES_MAX 20

static json_t *first_mistakes(const struct strings *texts)
{
	json_t *list = json_array();

	for (size_t i = 0; i < texts->count && i < FILE_MISTAKES_MAX; i++)
		json_array_append_new(list, json_string(texts->items[i]));
	return list;
}

/* Of a character of UTF-8, behind its first byte. */
static bool is_inside(const char *text)
{
	return ((unsigned char)*text & 0xc0) == 0x80;
}

/* A cut inside a character would be no UTF-8. */
static size_t whole_characters(const char *text, size_t length, size_t most)
{
	if (length <= most)
		return length;
	while (is_inside(text + most))
		most--;
	return most;
}

static json_t *describe(const struct configuration_file *file, size_t index,
	size_t offset, size_t length)
{
	json_t *object = json_pack("{s:I, s:s, s:s?, s:b, s:b, s:b, s:I, s:I}",
		"index", (json_int_t)index, "path", file->path, "name",
		file->name, "known", file->is_known_ca, "stale", file->is_stale,
		"missing", file->text == NULL, "offset", (json_int_t)offset,
		"total", (json_int_t)file->length);

	json_object_set_new(object, "mistakes",
		offset ? json_array() : first_mistakes(&file->mistakes.list));
	json_object_set_new(object, "text",
		json_stringn(file->text ? file->text + offset : "", length));
	return object;
}

/* The longest piece from offset on whose JSON is at most `room`; NULL when
 * there is none. */
static json_t *cut_piece(const struct configuration_file *file, size_t index,
	size_t offset, size_t room, size_t *length)
{
	size_t rest = file->length - offset;

	for (size_t most = PIECE_MAX; most; most /= 2) {
		*length = rest
			? whole_characters(file->text + offset, rest, most)
			: 0;
		json_t *piece = describe(file, index, offset, *length);
		if (json_dumpb(piece, NULL, 0, JSON_COMPACT) <= room &&
			(*length || !rest))
			return piece;
		json_decref(piece);
	}
	return NULL;
}

static json_t *fill(const struct configuration *configuration, json_t *list,
	size_t index, size_t offset)
{
	size_t room = PAGE_MAX;

	while (index < configuration->count) {
		const struct configuration_file *file =
			&configuration->files[index];
		size_t length = 0;
		json_t *piece = cut_piece(file, index, offset, room, &length);
		if (!piece)
			break;
		room -= json_dumpb(piece, NULL, 0, JSON_COMPACT);
		json_array_append_new(list, piece);
		offset += length;
		if (offset < file->length)
			continue;
		offset = 0;
		index++;
	}
	if (index >= configuration->count)
		return json_null();
	return json_pack("{s:I, s:I}", "index", (json_int_t)index, "offset",
		(json_int_t)offset);
}

static bool has_place(const struct configuration *configuration, int64_t index,
	int64_t offset)
{
	if (index < 0 || offset < 0 || (size_t)index > configuration->count)
		return false;
	if ((size_t)index == configuration->count || offset == 0)
		return offset == 0;
	const struct configuration_file *file = &configuration->files[index];
	return (size_t)offset <= file->length &&
		!is_inside(file->text + offset);
}

json_t *configuration_page(const struct configuration *configuration,
	int64_t index, int64_t offset, struct error *err)
{
	if (!has_place(configuration, index, offset)) {
		fail(err, ERROR_REFUSED, "there is no such page");
		return NULL;
	}
	json_t *list = json_array();
	json_t *next = fill(configuration, list, (size_t)index, (size_t)offset);
	return json_pack("{s:o, s:o}", "files", list, "next", next);
}
