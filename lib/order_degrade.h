/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What an order does without when the CA refuses it: once, and then it is
 * asked again (K4, K7).
 */

#include "order_step.h"

/* Does the CA dislike what is to be replaced (RFC 9773 section 5)? */
bool order_drops_replaces(struct order *order, const struct result *result);

/* Does it refuse the profile, which is not required? */
bool order_drops_profile(struct order *order, const struct result *result);
