/* SPDX-License-Identifier: MIT */

/*
 * The texts of the configuration as the vault gives them to the loop, piece by
 * piece, and which the loop does not trust more than any: each part of the
 * input is a page of them.
 */

#include "fuzz.h"
#include "intake_texts.h"
#include "json.h"
#include "mem.h"

static void check(const struct intake_texts *texts, bool is_last)
{
	fuzz_check(texts->parsed <= texts->count);
	fuzz_check(texts->config || !is_last);
	fuzz_check(texts->parsed == texts->count || !is_last);
	for (size_t i = 0; texts->config && i < texts->parsed; i++)
		if (texts->files[i].name)
			config_find(texts->config, texts->files[i].name);
	for (size_t i = 0; i < texts->mistakes.list.count; i++)
		fuzz_check_text(texts->mistakes.list.items[i]);
}

static void take_page(struct intake_texts *texts, const json_t *page)
{
	const json_t *files = json_object_get(page, "files");

	for (size_t i = 0; i < json_array_size(files); i++)
		intake_texts_add(texts, json_array_get(files, i));
	for (size_t i = 0; i < texts->count; i++)
		fuzz_check(texts->files[i].text.length <= CONFIG_FILE_MAX);
}

void fuzz_answers(const uint8_t *bytes, size_t length)
{
	struct fuzz_parts parts = {bytes, length};
	struct intake_texts texts = {0};
	bool is_well = true;

	while (is_well && parts.left) {
		struct error err = {0};
		cleanup(string) char *part = fuzz_part(&parts, &length);
		cleanup(json) json_t *page =
			fuzz_object((const uint8_t *)part, length);
		take_page(&texts, page);
		is_well = intake_texts_parse(&texts, !parts.left, &err);
		if (is_well)
			check(&texts, !parts.left);
		else
			fuzz_check_error(&err);
	}
	intake_texts_clear(&texts);
}
