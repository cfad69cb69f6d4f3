/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What of a certificate a limit counts.
 */

#include "config.h"
#include "limit.h"

/* Of the account and of the set there is one, else one for each name; what
 * several names have in common is there once. Clear it with strings_clear().
 */
struct strings budget_keys(
	enum limit_kind kind, const struct config_certificate *certificate);
