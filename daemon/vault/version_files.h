/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The files of a version, as they are on the disk. They say the same several
 * times: cert.pem and chain.pem are fullchain.pem, privkey.pem and that are
 * combined.pem. So a disk that changed one of them is found out.
 */

#include "error.h"

struct version_files {
	char *full, *cert, *chain; /* owned */
	char *key, *combined; /* owned; NULL: the key is elsewhere */
};

/* Reads each once; false with err when one is missing. Clear it anyway. */
bool version_files_read(
	int folder, struct version_files *out, struct error *err);

/* Wipes the keys. */
void version_files_clear(struct version_files *files);
#define cleanup_version_files __attribute__((__cleanup__(version_files_clear)))

/* False with err when one contradicts the others. */
bool version_files_agree(const struct version_files *files, struct error *err);
