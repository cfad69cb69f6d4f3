/* SPDX-License-Identifier: MIT */
#include "configuration.h"

#include "accepted.h"
#include "config_files.h"
#include "file.h"
#include "mem.h"
#include "text.h"

#include <stdlib.h>

#define MISTAKES_MAX 200
#define MISTAKES_BYTES (64 * 1024)

static void clear_file(struct configuration_file *file)
{
	free(file->path);
	free(file->name);
	free(file->text);
	mistakes_clear(&file->mistakes);
}

static void clear_files(struct configuration_file *files, size_t count)
{
	for (size_t i = 0; i < count; i++)
		clear_file(&files[i]);
	free(files);
}

void configuration_clear(struct configuration *configuration)
{
	clear_files(configuration->files, configuration->count);
	config_free(configuration->config);
	mistakes_clear(&configuration->problems);
	*configuration = (struct configuration){0};
}

/* What was read. */

/* The texts travel and are kept as JSON strings. */
static bool is_text(const char *bytes, size_t length)
{
	cleanup(json) json_t *string = json_stringn(bytes, length);

	return string && !memchr(bytes, '\0', length);
}

static bool copy_file(
	struct configuration_file *out, const struct config_file *file)
{
	out->path = strdup(file->path);
	out->name = file->name ? strdup(file->name) : NULL;
	out->is_known_ca = file->is_known_ca;
	if (!out->path || (file->name && !out->name))
		return false;
	if (!file->bytes) {
		mistakes_add(
			&out->mistakes, out->path, 0, "%s", file->err.text);
		return true;
	}
	if (!is_text(file->bytes, file->length)) {
		mistakes_add(&out->mistakes, out->path, 0, "is no UTF-8 text");
		return true;
	}
	out->text = strndup(file->bytes, file->length);
	out->length = file->length;
	return out->text != NULL;
}

static int compare(const void *a, const void *b)
{
	return strcmp(((const struct configuration_file *)a)->name,
		((const struct configuration_file *)b)->name);
}

static bool copy_files(
	struct configuration *configuration, const struct config_files *files)
{
	configuration->files =
		calloc(files->count + 1, sizeof(struct configuration_file));
	if (!configuration->files)
		return false;
	configuration->count = files->count;
	for (size_t i = 0; i < files->count; i++) {
		if (!copy_file(&configuration->files[i], &files->files[i]))
			return false;
		if (!files->files[i].name)
			configuration->global_count = i + 1;
	}
	qsort(configuration->files + configuration->global_count,
		configuration->count - configuration->global_count,
		sizeof(*configuration->files), compare);
	return true;
}

/* The global files. */

static struct config *parse_global(const struct configuration_file *files,
	size_t count, struct mistakes *mistakes)
{
	struct config_text *texts = calloc(count + 1, sizeof(*texts));
	size_t known = 0, i = 0;

	if (!texts)
		return NULL;
	for (; i < count && files[i].text; i++) {
		texts[i] = (struct config_text){.file = files[i].path,
			.bytes = files[i].text,
			.length = files[i].length};
		known += files[i].is_known_ca;
	}
	struct config *config =
		i == count ? config_new(texts, count, known, mistakes) : NULL;
	free(texts);
	return config;
}

/* A mistake belongs to the file whose name it begins with. */
static void hand_out(struct configuration_file *files, size_t count,
	const struct mistakes *mistakes)
{
	for (size_t i = 0; i < mistakes->list.count; i++) {
		const char *text = mistakes->list.items[i];
		for (size_t j = 0; j < count; j++) {
			size_t length = strlen(files[j].path);
			if (strncmp(text, files[j].path, length) != 0 ||
				text[length] != ':')
				continue;
			strings_add(&files[j].mistakes.list, text);
			break;
		}
	}
}

/* What the kept files had as mistakes goes with the kept texts. */
static void keep_mistakes(struct configuration_file *accepted, size_t count,
	struct configuration *configuration)
{
	for (size_t i = 0; i < configuration->global_count; i++) {
		struct mistakes *mistakes = &configuration->files[i].mistakes;
		for (size_t j = 0; j < mistakes->list.count; j++)
			strings_add(&accepted[count - 1].mistakes.list,
				mistakes->list.items[j]);
	}
}

static bool replace_global(struct configuration *configuration,
	struct configuration_file *accepted, size_t count)
{
	size_t rest = configuration->count - configuration->global_count;
	struct configuration_file *files =
		calloc(count + rest + 1, sizeof(*files));

	if (!files) {
		clear_files(accepted, count);
		return false;
	}
	keep_mistakes(accepted, count, configuration);
	memcpy(files, accepted, count * sizeof(*files));
	memcpy(files + count,
		configuration->files + configuration->global_count,
		rest * sizeof(*files));
	for (size_t i = 0; i < configuration->global_count; i++)
		clear_file(&configuration->files[i]);
	free(configuration->files);
	free(accepted);
	configuration->files = files;
	configuration->count = count + rest;
	configuration->global_count = count;
	return true;
}

static const char *first_mistake(const struct configuration *configuration)
{
	for (size_t i = 0; i < configuration->global_count; i++)
		if (configuration->files[i].mistakes.list.count)
			return configuration->files[i].mistakes.list.items[0];
	return "it cannot be read";
}

static bool fall_back(
	struct configuration *configuration, int state, struct error *err)
{
	struct configuration_file *accepted = NULL;
	size_t count = accepted_global(state, &accepted);

	struct mistakes ignored = {0};

	if (count)
		configuration->config = parse_global(accepted, count, &ignored);
	mistakes_clear(&ignored);
	if (configuration->config)
		return replace_global(configuration, accepted, count) ||
			fail_memory(err);
	clear_files(accepted, count);
	return fail(err, ERROR_REFUSED,
		"no acmed.conf was accepted before, and this one has mistakes: "
		"%s",
		first_mistake(configuration));
}

static bool take_global(
	struct configuration *configuration, int state, struct error *err)
{
	struct mistakes mistakes = {0};

	configuration->config = parse_global(
		configuration->files, configuration->global_count, &mistakes);
	hand_out(configuration->files, configuration->global_count, &mistakes);
	mistakes_clear(&mistakes);
	return configuration->config || fall_back(configuration, state, err);
}

/* The certificates. */

static bool add(struct config *config, const struct configuration_file *file,
	struct mistakes *mistakes)
{
	struct config_text text = {.file = file->path,
		.bytes = file->text,
		.length = file->length};

	return config_add_certificate(config, file->name, &text, mistakes);
}

/* Goes by the text that was accepted last, if it still can be. */
static void go_stale(
	struct configuration_file *file, struct config *config, int state)
{
	struct mistakes ignored = {0};

	free(take(file->text));
	file->is_stale = true;
	file->text = accepted_certificate(state, file->name, &file->length);
	if (file->text && !add(config, file, &ignored))
		free(take(file->text));
	if (!file->text)
		file->length = 0;
	mistakes_clear(&ignored);
}

static void take_certificate(
	struct configuration_file *file, struct config *config, int state)
{
	if (!file->text || !add(config, file, &file->mistakes))
		go_stale(file, config, state);
}

/* A certificate that the others leave no room for (the same names twice)
 * goes by its accepted text; if that has no room either, by none. True when
 * there is more to check. */
static bool check_together(struct configuration *configuration, int state)
{
	struct mistakes mistakes = {0};
	bool has_changed = false;

	config_check(configuration->config, &mistakes);
	hand_out(configuration->files + configuration->global_count,
		configuration->count - configuration->global_count, &mistakes);
	for (size_t i = configuration->global_count; i < configuration->count;
		i++) {
		struct configuration_file *file = &configuration->files[i];
		if (!file->text ||
			config_find(configuration->config, file->name))
			continue;
		if (file->is_stale)
			free(take(file->text));
		else
			go_stale(file, configuration->config, state);
		has_changed |= file->text != NULL;
	}
	mistakes_clear(&mistakes);
	return has_changed;
}

static void take_certificates(struct configuration *configuration, int state)
{
	for (size_t i = configuration->global_count; i < configuration->count;
		i++)
		take_certificate(
			&configuration->files[i], configuration->config, state);
	while (check_together(configuration, state))
		;
}

bool configuration_take_in(struct configuration *configuration, int state,
	const char *main_file, struct error *err)
{
	struct configuration fresh = {0};
	struct config_files files = {0};

	config_files_read(&files, main_file);
	bool is_taken = copy_files(&fresh, &files) || fail_memory(err);
	config_files_clear(&files);
	if (!is_taken || !take_global(&fresh, state, err)) {
		configuration_clear(&fresh);
		return false;
	}
	take_certificates(&fresh, state);
	configuration_clear(configuration);
	*configuration = fresh;
	accepted_keep(state, configuration);
	return true;
}

bool configuration_has_file(
	const struct configuration *configuration, const char *name)
{
	size_t low = configuration->global_count, high = configuration->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = strcmp(name, configuration->files[middle].name);
		if (order == 0)
			return true;
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return false;
}

json_t *configuration_mistakes(const struct configuration *configuration)
{
	json_t *list = json_array();
	size_t bytes = 0;

	for (size_t i = 0; i <= configuration->count; i++) {
		const struct strings *texts = i < configuration->count
			? &configuration->files[i].mistakes.list
			: &configuration->problems.list;
		for (size_t j = 0; j < texts->count; j++) {
			bytes += strlen(texts->items[j]);
			if (json_array_size(list) >= MISTAKES_MAX ||
				bytes > MISTAKES_BYTES)
				return list;
			json_array_append_new(
				list, json_string(texts->items[j]));
		}
	}
	return list;
}
