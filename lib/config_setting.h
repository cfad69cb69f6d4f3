/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What the files say, before it means anything: settings by section, name of
 * the section and key, with the lines they stand in. Each text that is read is
 * a layer on top of those before: a key replaces theirs, lists too; within a
 * layer lists append.
 */

#include "config.h"
#include "config_table.h"

struct setting_value {
	char *text; /* owned */
	unsigned line;
};

struct setting {
	enum config_section section;
	char *argument; /* owned; of [CA NAME], or "" */
	const struct config_key *key; /* NULL: the section itself */
	struct setting_value *values; /* owned; none after "Key=" */
	size_t count;
	char *file; /* owned */
	unsigned line;
	unsigned layer; /* of the text, from 1 */
};

/* Zeroed is empty. */
struct settings {
	struct setting *list; /* owned */
	size_t count;
	unsigned layers;
};

/* Reads a text as the next layer (config_reading.c). */
void settings_read(struct settings *settings, const struct config_text *text,
	enum config_place place, struct mistakes *mistakes);

/* Makes `to`, which is empty, a copy. */
void settings_copy(struct settings *to, const struct settings *from);
void settings_clear(struct settings *settings);

/* The setting of a key, or with NULL that of the section; NULL if none. */
const struct setting *settings_find(const struct settings *settings,
	enum config_section section, const char *argument, const char *key);

/* Where a mistake in a setting is; where there is none, the file as a whole.
 * Borrowed. */
struct setting_place {
	const char *file;
	unsigned line; /* 0: none */
};
struct setting_place setting_place(
	const struct setting *setting, const char *file);

/* The setting of the layer on top, new or emptied when it was of one below;
 * that of a section stays the first. Borrowed until the next call. */
struct setting *settings_open(struct settings *settings,
	enum config_section section, const char *argument,
	const struct config_key *key, const char *file, unsigned line);

/* Appends a value; it owns the text. */
void setting_add(struct setting *setting, char *text, unsigned line);
void setting_reset(struct setting *setting);

/* Before Solver= of a [Challenge] is set to this one: when it is another than
 * before, what the layers below say for the old one goes. */
void settings_forget_solver(
	struct settings *settings, const char *argument, const char *solver);

/* Reads the values of one section into its structure. */
void settings_apply(const struct settings *settings,
	enum config_section section, const char *argument, void *target,
	struct mistakes *mistakes);
