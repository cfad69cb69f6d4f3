/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Signed requests to a CA, of the shapes that payload.h allows.
 */

#include "vault.h"

/* The verb `sign`. */
json_t *sign_request(
	struct vault *vault, const json_t *request, struct error *err);
