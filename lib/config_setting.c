/* SPDX-License-Identifier: MIT */
#include "config_setting.h"

#include "mem.h"
#include "text.h"

#define DEFAULT_SOLVER "webroot"
#define SHOWN_MAX 120 /* bytes of a value in a message */

void setting_reset(struct setting *setting)
{
	for (size_t i = 0; i < setting->count; i++)
		free(setting->values[i].text);
	free(setting->values);
	setting->values = NULL;
	setting->count = 0;
}

static void clear_setting(struct setting *setting)
{
	setting_reset(setting);
	free(setting->argument);
	free(setting->file);
}

void settings_clear(struct settings *settings)
{
	for (size_t i = 0; i < settings->count; i++)
		clear_setting(&settings->list[i]);
	free(settings->list);
	*settings = (struct settings){0};
}

void setting_add(struct setting *setting, char *text, unsigned line)
{
	setting->values = mem_resize(
		setting->values, setting->count + 1, sizeof(*setting->values));
	setting->values[setting->count++] =
		(struct setting_value){.text = text, .line = line};
}

static struct setting *add_setting(struct settings *settings)
{
	settings->list = mem_resize(
		settings->list, settings->count + 1, sizeof(*settings->list));
	struct setting *setting = &settings->list[settings->count++];
	*setting = (struct setting){0};
	return setting;
}

void settings_copy(struct settings *to, const struct settings *from)
{
	to->layers = from->layers;
	for (size_t i = 0; i < from->count; i++) {
		const struct setting *source = &from->list[i];
		struct setting *copy = add_setting(to);
		*copy = *source;
		copy->argument = mem_string(source->argument);
		copy->file = mem_string(source->file);
		copy->values = NULL;
		copy->count = 0;
		for (size_t j = 0; j < source->count; j++)
			setting_add(copy, mem_string(source->values[j].text),
				source->values[j].line);
	}
}

static bool is_of(const struct setting *setting, enum config_section section,
	const char *argument)
{
	return setting->section == section &&
		streq(setting->argument, argument);
}

static struct setting *find(const struct settings *settings,
	enum config_section section, const char *argument,
	const struct config_key *key)
{
	for (size_t i = 0; i < settings->count; i++)
		if (is_of(&settings->list[i], section, argument) &&
			settings->list[i].key == key)
			return &settings->list[i];
	return NULL;
}

const struct setting *settings_find(const struct settings *settings,
	enum config_section section, const char *argument, const char *key)
{
	return find(settings, section, argument,
		key ? config_key_find(section, key) : NULL);
}

struct setting_place setting_place(
	const struct setting *setting, const char *file)
{
	if (!setting)
		return (struct setting_place){file, 0};
	return (struct setting_place){setting->file, setting->line};
}

struct setting *settings_open(struct settings *settings,
	enum config_section section, const char *argument,
	const struct config_key *key, const char *file, unsigned line)
{
	struct setting *setting = find(settings, section, argument, key);

	if (setting && (setting->layer == settings->layers || !key))
		return setting;
	if (!setting)
		setting = add_setting(settings);
	clear_setting(setting);
	*setting = (struct setting){
		.section = section,
		.argument = mem_string(argument),
		.key = key,
		.file = mem_string(file),
		.layer = settings->layers,
		.line = line,
	};
	return setting;
}

void settings_forget_solver(
	struct settings *settings, const char *argument, const char *solver)
{
	const struct setting *before =
		settings_find(settings, SECTION_CHALLENGE, argument, "Solver");
	const char *now = before && before->count ? before->values[0].text
						  : DEFAULT_SOLVER;
	size_t kept = 0;

	if (streq(now, solver))
		return;
	for (size_t i = 0; i < settings->count; i++) {
		struct setting *setting = &settings->list[i];
		if (setting->key && setting->key->is_of_solver &&
			setting->layer < settings->layers &&
			streq(setting->argument, argument))
			clear_setting(setting);
		else
			settings->list[kept++] = *setting;
	}
	settings->count = kept;
}

/* What the values mean. */

static void apply_value(const struct setting *setting,
	const struct setting_value *value, void *target,
	struct mistakes *mistakes)
{
	const struct config_key *key = setting->key;
	char shown[SHOWN_MAX];
	struct error err = {0};

	if (key->read(value->text, (char *)target + key->offset, &err))
		return;
	text_clean(shown, sizeof(shown), value->text, strlen(value->text));
	mistakes_add(mistakes, setting->file, value->line, "'%s=%s' %s",
		key->name, shown, err.text);
}

static void apply_setting(
	const struct setting *setting, void *target, struct mistakes *mistakes)
{
	size_t count = setting->count;
	size_t most = setting->key->is_single ? 1 : count;

	for (size_t i = 0; i < count && i < most; i++)
		apply_value(setting, &setting->values[i], target, mistakes);
	for (size_t i = most; i < count; i++)
		mistakes_add(mistakes, setting->file, setting->values[i].line,
			"'%s=%s %s' is not in this version: name one",
			setting->key->name, setting->values[0].text,
			setting->values[i].text);
}

void settings_apply(const struct settings *settings,
	enum config_section section, const char *argument, void *target,
	struct mistakes *mistakes)
{
	for (size_t i = 0; i < settings->count; i++)
		if (settings->list[i].key &&
			is_of(&settings->list[i], section, argument))
			apply_setting(&settings->list[i], target, mistakes);
}
