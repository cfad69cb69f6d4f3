/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The table of the configuration: every section and key that acmed will ever
 * know, with the one that reads its value. A key of a later version has none
 * and is refused by name.
 */

#include "error.h"

#include <stddef.h>

enum config_section {
	SECTION_DAEMON,
	SECTION_CA,
	SECTION_CERTIFICATE,
	SECTION_CHALLENGE,
	SECTION_DEPLOY,
	SECTION_EXPORT,
};

enum config_place {
	PLACE_GLOBAL = 1, /* acmed.conf and the like */
	PLACE_CERTIFICATE = 2, /* certs.d/NAME.conf */
};

enum config_argument {
	ARGUMENT_NONE, /* [Daemon] */
	ARGUMENT_NAME, /* [CA NAME] */
	ARGUMENT_IDENTIFIER, /* [Challenge] or [Challenge www.example.com] */
};

struct config_section_row {
	const char *name;
	enum config_argument argument;
	unsigned places; /* enum config_place, or'ed */
};

enum config_shape {
	SHAPE_SCALAR, /* given once */
	SHAPE_WORDS, /* a list: cut at blanks, may repeat and append */
	SHAPE_LINES, /* a list: each line is one value */
};

struct config_key {
	enum config_section section;
	const char *name;
	enum config_shape shape;
	/* Reads one value into the field; the text of err goes on behind
	 * "'Key=value' ". */
	bool (*read)(const char *value, void *field, struct error *err);
	size_t offset; /* of the field in the section's structure */
	bool is_single; /* a list of one in this version */
	bool is_own; /* only in a certificate's file */
	bool is_of_solver; /* not inherited by another Solver= */
};

const struct config_section_row *config_section(enum config_section section);
bool config_section_find(const char *name, enum config_section *section);

const struct config_key *config_keys(size_t *count);
const struct config_key *config_key_find(
	enum config_section section, const char *name);

/* What somebody may have meant, or NULL. */
const char *config_section_near(const char *name);
const char *config_key_near(enum config_section section, const char *name);

/* The section that has a key of this name, or NULL. */
const char *config_key_home(const char *name);
