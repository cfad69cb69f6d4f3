/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Where the terms of a CA were when they were seen last: kept beside the URL
 * of the account, so that a change of them can be told.
 */

#include "vault.h"

/* The verb `account-terms`, of an account whose URL is known. */
json_t *account_keep_terms(
	struct vault *vault, const json_t *request, struct error *err);
