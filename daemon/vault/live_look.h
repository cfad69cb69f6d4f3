/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The daily look at what a server would read of one certificate, and the
 * mending of what can be mended without harm: a link that is gone, and keys
 * that everybody could read.
 */

#include "vault.h"

/* The verb `look`. */
json_t *live_look(
	struct vault *vault, const json_t *request, struct error *err);
