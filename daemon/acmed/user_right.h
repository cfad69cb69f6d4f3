/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What a helper will be allowed, told by root before it tries.
 */

#include "error.h"

#include <pwd.h>
#include <stdbool.h>

/* May this user, of no other group than its own, do with the file what `access`
 * says (of R_OK, W_OK, X_OK)? The folders above it are not looked at. Yes for a
 * user that is not there (NULL), and for what cannot be seen. */
bool user_may(const struct passwd *user, const char *path, int access);

/* May it read this secret? Else err says how it will (L4). */
bool user_may_read(
	const struct passwd *user, const char *path, struct error *err);
