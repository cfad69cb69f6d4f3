/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What libcrypto says of its failures, as one of ours.
 */

#include "error.h"

/* Writes `what` and the reason that libcrypto gave, and empties its queue of
 * errors. Returns false, for `return fail_crypto(...)`. */
bool fail_crypto(struct error *err, enum error_kind kind, const char *what);
