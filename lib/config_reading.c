/* SPDX-License-Identifier: MIT */
#include "config_setting.h"

#include "config_csr.h"
#include "ini.h"
#include "mem.h"
#include "text.h"

#include <stdarg.h>

#define MISTAKES_MAX 100 /* of one file */
#define SETTINGS_MAX 10000
#define SHOWN_MAX 120 /* bytes of a word in a message */

/* One text on its way into the settings. */
struct reading {
	struct settings *settings;
	const struct config_text *text;
	enum config_place place;
	struct mistakes *mistakes;
	unsigned found; /* mistakes */
	enum config_section section;
	char *argument; /* owned */
	bool is_ignored; /* the section is unknown, or not ours */
};

/* One mistake in this file, unless there were enough. */
static void report(struct reading *reading, unsigned line, const char *format,
	...) __attribute__((format(printf, 3, 4)));

static void report(
	struct reading *reading, unsigned line, const char *format, ...)
{
	const char *file = reading->text->file;
	va_list arguments;

	if (++reading->found == MISTAKES_MAX + 1)
		mistakes_add(reading->mistakes, file, 0,
			"more mistakes are not shown");
	if (reading->found > MISTAKES_MAX)
		return;
	va_start(arguments, format);
	mistakes_add_list(reading->mistakes, file, line, format, arguments);
	va_end(arguments);
}

static void show(const char *value, char out[static SHOWN_MAX])
{
	text_clean(out, SHOWN_MAX, value, strlen(value));
}

static void report_unknown(struct reading *reading, unsigned line,
	const char *what, const char *name, const char *near)
{
	char shown[SHOWN_MAX];

	show(name, shown);
	if (near)
		report(reading, line, "unknown %s '%s': did you mean '%s'?",
			what, shown, near);
	else
		report(reading, line, "unknown %s '%s'", what, shown);
}

/* The name of a section in the form that is compared; NULL when wrong. */
static char *read_argument(struct reading *reading,
	const struct config_section_row *row, const struct ini_line *line)
{
	struct identifier identifier;
	struct error err = {0};
	char shown[SHOWN_MAX];

	show(line->argument, shown);
	if (row->argument == ARGUMENT_NONE && *line->argument)
		report(reading, line->number, "'[%s]' takes no name, not '%s'",
			row->name, shown);
	else if (row->argument == ARGUMENT_NAME &&
		!config_name_is_valid(line->argument))
		report(reading, line->number,
			"'[%s%s%s]' needs a name of letters, digits, '.', '_' "
			"and '-', as in '[%s mine]'",
			row->name, *shown ? " " : "", shown, row->name);
	else if (row->argument != ARGUMENT_IDENTIFIER || !*line->argument)
		return mem_string(line->argument);
	else if (reading->place == PLACE_GLOBAL)
		report(reading, line->number,
			"'[%s %s]' belongs in a certificate's file", row->name,
			shown);
	else if (identifier_parse(line->argument, &identifier, &err))
		return mem_string(identifier.value);
	else
		report(reading, line->number, "%s", err.text);
	return NULL;
}

static bool find_section(struct reading *reading, const struct ini_line *line)
{
	if (text_starts_with(line->section, "X-"))
		return false;
	if (!config_section_find(line->section, &reading->section)) {
		report_unknown(reading, line->number, "section", line->section,
			config_section_near(line->section));
		return false;
	}
	const struct config_section_row *row = config_section(reading->section);
	if (row->places & reading->place)
		return true;
	report(reading, line->number, "'[%s]' belongs in %s", row->name,
		reading->place == PLACE_GLOBAL ? "a certificate's file"
					       : "acmed.conf");
	return false;
}

static void read_section(struct reading *reading, const struct ini_line *line)
{
	reading->is_ignored = !find_section(reading, line);
	if (reading->is_ignored)
		return;
	free(reading->argument);
	reading->argument =
		read_argument(reading, config_section(reading->section), line);
	reading->is_ignored = !reading->argument;
	if (!reading->is_ignored)
		settings_open(reading->settings, reading->section,
			reading->argument, NULL, reading->text->file,
			line->number);
}

static const struct config_key *find_key(
	struct reading *reading, const struct ini_line *line)
{
	const struct config_key *key =
		config_key_find(reading->section, line->key);
	const char *near = config_key_near(reading->section, line->key);
	const char *home = config_key_home(line->key);
	const char *name = config_section(reading->section)->name;

	if (key && key->is_own && reading->place == PLACE_GLOBAL)
		report(reading, line->number,
			"'%s=' belongs in a certificate's file", key->name);
	else if (key)
		return key;
	else if (home)
		report(reading, line->number,
			"'%s=' belongs in '[%s]', not in '[%s]'", line->key,
			home, name);
	else
		report_unknown(reading, line->number, "key", line->key, near);
	return NULL;
}

static void add_values(struct setting *setting, const struct ini_line *line)
{
	struct strings words = {0};

	if (!*line->value) {
		setting_reset(setting);
		return;
	}
	if (setting->key->shape != SHAPE_WORDS) {
		setting_add(setting, mem_string(line->value), line->number);
		return;
	}
	strings_add_words(&words, line->value);
	for (size_t i = 0; i < words.count; i++)
		setting_add(setting, take(words.items[i]), line->number);
	strings_clear(&words);
}

/* Contract, "Configuration": a scalar given twice is an error. */
static bool is_again(struct reading *reading, const struct config_key *key,
	const struct ini_line *line)
{
	const struct setting *setting = settings_find(reading->settings,
		reading->section, reading->argument, key->name);

	if (key->shape != SHAPE_SCALAR || !setting ||
		setting->layer != reading->settings->layers)
		return false;
	report(reading, line->number, "'%s=' is given twice, first in line %u",
		key->name, setting->line);
	return true;
}

static void read_key(struct reading *reading, const struct ini_line *line)
{
	struct settings *settings = reading->settings;
	const struct config_key *key = find_key(reading, line);

	if (!key || is_again(reading, key, line))
		return;
	if (settings->count >= SETTINGS_MAX) {
		report(reading, line->number, "too many settings");
		return;
	}
	/* Another Solver= inherits no solver key. */
	if (streq(key->name, "Solver"))
		settings_forget_solver(
			settings, reading->argument, line->value);
	add_values(settings_open(settings, reading->section, reading->argument,
			   key, reading->text->file, line->number),
		line);
}

static void on_line(void *data, const struct ini_line *line)
{
	struct reading *reading = data;

	if (!line->key)
		read_section(reading, line);
	else if (!reading->is_ignored && !text_starts_with(line->key, "X-"))
		read_key(reading, line);
}

static void on_mistake(void *data, unsigned number, const char *message)
{
	struct reading *reading = data;

	report(reading, number, "%s", message);
}

void settings_read(struct settings *settings, const struct config_text *text,
	enum config_place place, struct mistakes *mistakes)
{
	struct reading reading = {.settings = settings,
		.text = text,
		.place = place,
		.mistakes = mistakes};

	settings->layers++;
	if (text->length > CONFIG_FILE_MAX)
		report(&reading, 0, "is larger than 1 MiB");
	else
		ini_read(text->bytes, config_csr_cut(text), on_line, on_mistake,
			&reading);
	free(reading.argument);
}
