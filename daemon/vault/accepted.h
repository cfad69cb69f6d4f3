/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The accepted texts on disk: state/config/global.json, which holds all
 * global files together, and state/config/NAME.conf, byte by byte.
 */

#include "configuration.h"

/* The global texts that were accepted last, into an owned array; 0 when
 * there are none that can be read. */
size_t accepted_global(int state, struct configuration_file **out);

/* The certificates of which there are texts. False with err when that cannot
 * be seen. */
bool accepted_names(int state, struct strings *out, struct error *err);

/* The text of a certificate, or NULL; free it with free(). */
char *accepted_certificate(int state, const char *name, size_t *length);

/* Is a text of this length accepted? Cheap: it is not read. */
bool accepted_has(int state, const char *name, size_t length);

/* Keeps what is accepted now and forgets the texts of files that are gone,
 * a file with each call of accepted_keep_on(), until that says false; what
 * cannot be kept is named in problems. The configuration is borrowed. */
struct accepted_keeping;
struct accepted_keeping *accepted_keep(
	int state, struct configuration *configuration);
bool accepted_keep_on(struct accepted_keeping *keeping);
void accepted_keeping_free(struct accepted_keeping *keeping);
