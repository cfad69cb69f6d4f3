/* SPDX-License-Identifier: MIT */
#include "configuration_global.h"

#include "accepted.h"
#include "text.h"

#include <stdlib.h>

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
		configuration_files_clear(accepted, count);
		return false;
	}
	keep_mistakes(accepted, count, configuration);
	memcpy(files, accepted, count * sizeof(*files));
	memcpy(files + count,
		configuration->files + configuration->global_count,
		rest * sizeof(*files));
	for (size_t i = 0; i < configuration->global_count; i++)
		configuration_file_clear(&configuration->files[i]);
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
	configuration_files_clear(accepted, count);
	return fail(err, ERROR_REFUSED,
		"no acmed.conf was accepted before, and this one has mistakes: "
		"%s",
		first_mistake(configuration));
}

bool configuration_take_global(
	struct configuration *configuration, int state, struct error *err)
{
	struct mistakes mistakes = {0};

	configuration->config = parse_global(
		configuration->files, configuration->global_count, &mistakes);
	configuration_hand_out(
		configuration->files, configuration->global_count, &mistakes);
	mistakes_clear(&mistakes);
	return configuration->config || fall_back(configuration, state, err);
}
