/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The word for the state of a certificate, as status has it.
 */

#include "text.h"

/* Does it call for somebody? */
static inline bool state_is_bad(const char *state)
{
	return streq(state, "failing") || streq(state, "expired");
}
