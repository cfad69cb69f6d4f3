/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * From a downloaded chain to a version on disk that may be switched in. All
 * checks stand before the first byte is written.
 */

#include "vault.h"

/* The verb `stage`. */
json_t *stage_chain(
	struct vault *vault, const json_t *request, struct error *err);
