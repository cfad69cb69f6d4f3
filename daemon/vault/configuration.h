/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The configuration by which vault and loop go: of each file its text, or,
 * where it has mistakes now, the text that was accepted last. The accepted
 * texts lie in state/config/ and so survive a restart.
 *
 * The global files (known CAs, acmed.conf, acmed.conf.d) are accepted
 * together or not at all; each certificate's file by itself.
 */

#include "config.h"

#include <jansson.h>

struct configuration_file {
	char *path; /* owned, as shown in messages */
	char *name; /* owned; of a certificate, NULL for a global file */
	char *text; /* owned; NULL: there is none to go by */
	size_t length;
	bool is_known_ca;
	bool is_stale; /* the file has mistakes: this is the accepted text */
	struct mistakes mistakes;
};

struct configuration {
	struct configuration_file *files; /* owned, global ones first */
	size_t count;
	size_t global_count;
	struct config *config; /* owned; NULL: nothing was taken in yet */
	/* A file could not be read for want of what comes back, or the
	 * accepted texts not be kept: another taking may. */
	bool is_unfinished;
	struct mistakes problems; /* accepted texts that could not be kept */
};

void configuration_clear(struct configuration *configuration);

/* What owns nothing but itself, and an array of it. */
void configuration_file_clear(struct configuration_file *file);
void configuration_files_clear(struct configuration_file *files, size_t count);

/* Each mistake to the file whose name it begins with. */
void configuration_hand_out(struct configuration_file *files, size_t count,
	const struct mistakes *mistakes);

/* Is there a file of that certificate, whatever it says? */
bool configuration_has_file(
	const struct configuration *configuration, const char *name);

/* All mistakes as an array, at most 200 and 64 KiB: a new reference. */
json_t *configuration_mistakes(const struct configuration *configuration);
