/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * A secret that the configuration names: a file, or a credential of systemd,
 * of which the configuration made a path.
 */

#include "error.h"

#include <stddef.h>

#define SECRET_MAX 16384

/* Its text without white space at the end; wipe it with secret_free(). NULL
 * with err, which names the command that mends it: others may not read it
 * (L4 where we cannot, who run as `user`). */
char *secret_read(const char *path, const char *user, struct error *err);
void secret_free(char *secret);
