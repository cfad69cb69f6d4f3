/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The link live/NAME -> ../archive/NAME/N that says which version is
 * installed. A renamed certificate's old link points to the new one's.
 */

#include "vault.h"

/* The version that live/NAME points to; 0 when there is none, with err when
 * something else stands there (L7) and of kind ERROR_NONE when nothing does.
 */
unsigned live_read(struct vault *vault, const char *name, struct error *err);

/* Points live/NAME to a version. */
bool live_write(struct vault *vault, const char *name, unsigned number,
	struct error *err);
