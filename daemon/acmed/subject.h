/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What attempts and their failures speak of: CA, names, key, solvers. When it
 * changes, backoff starts anew.
 */

#include "config.h"

#define SUBJECT_SIZE 65

/* A SHA-256 over all of that, in lower-case hex. */
void subject_of(const struct config_certificate *certificate,
	char out[static SUBJECT_SIZE]);
