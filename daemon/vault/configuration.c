/* SPDX-License-Identifier: MIT */
#include "configuration.h"

#include "text.h"

#include <stdio.h>
#include <stdlib.h>

#define MISTAKES_MAX 200
#define MISTAKES_BYTES (64 * 1024)

void configuration_file_clear(struct configuration_file *file)
{
	free(file->path);
	free(file->name);
	free(file->text);
	mistakes_clear(&file->mistakes);
}

void configuration_files_clear(struct configuration_file *files, size_t count)
{
	for (size_t i = 0; i < count; i++)
		configuration_file_clear(&files[i]);
	free(files);
}

void configuration_clear(struct configuration *configuration)
{
	configuration_files_clear(configuration->files, configuration->count);
	config_free(configuration->config);
	mistakes_clear(&configuration->problems);
	*configuration = (struct configuration){0};
}

static void note(struct strings *list, const char *text)
{
	for (size_t i = 0; i < list->count; i++)
		if (streq(list->items[i], text))
			return;
	strings_add(list, text);
}

void configuration_hand_out(struct configuration_file *files, size_t count,
	const struct mistakes *mistakes)
{
	for (size_t i = 0; i < mistakes->list.count; i++) {
		const char *text = mistakes->list.items[i];
		for (size_t j = 0; j < count; j++) {
			size_t length = strlen(files[j].path);
			if (strncmp(text, files[j].path, length) != 0 ||
				text[length] != ':')
				continue;
			note(&files[j].mistakes.list, text);
			break;
		}
	}
}

static bool has_file(
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

/* A lineage of a second key has one as long as the file names the key; what
 * a file without an accepted text says nobody knows. */
bool configuration_has_file(
	const struct configuration *configuration, const char *name)
{
	char base[CONFIG_NAME_MAX + 1];
	const struct config *config = configuration->config;

	if (!config_is_second(name))
		return has_file(configuration, name);
	snprintf(base, sizeof(base), "%.*s", (int)config_base_length(name),
		name);
	if (!has_file(configuration, base))
		return false;
	return !config_find(config, base) || config_find(config, name);
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
