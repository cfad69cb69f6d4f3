/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What there is of every certificate, for a loop that starts; and what a
 * crash left half done is cleared away on the way.
 */

#include "vault.h"

/* The verb `load`. */
json_t *load_page(
	struct vault *vault, const json_t *request, struct error *err);
