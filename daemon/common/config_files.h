/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The configuration as it lies on disk: reads the files in their order, with
 * caps (regular files only, CONFIG_FILE_MAX each, 100 000 of them), and hands
 * them to lib/config.
 */

#include "config.h"

struct config_file {
	char *path; /* owned, as shown in messages */
	char *name; /* owned; of a certificate, NULL for a global file */
	bool is_known_ca;
	char *bytes; /* owned, with what CSR= names (csr_file.h); NULL when it
		      * could not be read */
	size_t length;
	struct error err; /* why it could not be read */
};

/* Known CAs, acmed.conf, acmed.conf.d, certs.d, in that order, each sorted. */
struct config_files {
	struct config_file *files;
	size_t count;
	size_t unlisted; /* certs.d itself, counted from 1, when it could not
			  * be listed */
};

/* Lists and reads everything. `main_file` is -c FILE, or NULL for
 * acmed.conf of paths_configuration(); the folders are looked for beside it.
 * A file that cannot be read is in the list with its err. A missing
 * acmed.conf is an empty one, a missing FILE a mistake. */
void config_files_read(struct config_files *files, const char *main_file);
/* The two halves of it, for who has other things to do in between. */
void config_files_list(struct config_files *files, const char *main_file);
void config_file_read(struct config_file *file);
/* Lists acmed.conf and acmed.conf.d only. */
void config_files_list_global(
	struct config_files *files, const char *main_file);
/* Where certs.d could not be listed: a certificate that is known to have had
 * a file, which is one that cannot be read now. */
void config_files_add_unlisted(struct config_files *files, const char *name);
void config_files_clear(struct config_files *files);

/* All of a file that was opened; false with its err. */
bool config_file_read_from(struct config_file *file, int fd);

/* Parses what was read. NULL when a global file has mistakes. Certificates
 * with mistakes are left out and named in mistakes. */
struct config *config_files_parse(
	const struct config_files *files, struct mistakes *mistakes);

/* Both in one, for hand and deploy. With `only` (a certificate's name) the
 * other certificates are not parsed. */
struct config *config_files_load(
	const char *main_file, const char *only, struct mistakes *mistakes);
