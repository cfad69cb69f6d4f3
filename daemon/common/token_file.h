/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The file that answers an http-01 challenge in a document root (RFC 8555
 * section 8.3), for the loop and the hand. The folders below the root and the
 * file are never reached through a symbolic link; modes are 0755 and 0644
 * from birth, whatever the umask.
 */

#include "error.h"

#include <sys/types.h>

#define TOKEN_FOLDER ".well-known/acme-challenge"

/* Opens TOKEN_FOLDER below `root`, making what is missing of it (the root
 * itself too, when makes_root). -1 with err: LOCAL with H16 for a read-only
 * place, L4 without permission, REFUSED with H5 when the root is missing. */
int token_folder_open(const char *root, bool makes_root, struct error *err);

/* Is this 1 to CHALLENGE_TOKEN_MAX characters of base64url? */
bool token_is_valid(const char *token);

/* Writes `answer` to the file `token` of the folder below `root`: whole or not
 * at all; then the folder is swept. Its inode comes back for
 * token_file_remove(). */
bool token_file_write(int folder, const char *root, const char *token,
	const char *answer, ino_t *inode, struct error *err);

/* Removes the file, if it is still the one that was written; one that is gone
 * is fine. */
bool token_file_remove(
	int folder, const char *token, ino_t inode, struct error *err);

/* An answer that is older than this was left by one that was killed. */
#define TOKEN_LIFE 86400

/* Removes answers of ours that old, by the clock of the file system: the last
 * change of the folder, which one of ours was written to just now. The clock of
 * the machine may have been set meanwhile, or be another than its server's. */
void token_folder_sweep(int folder);
