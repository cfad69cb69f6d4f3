/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The texts of the configuration in pieces that fit into a message.
 */

#include "configuration.h"

/* The reply to `configuration` from a file's index and an offset in its text
 * on. NULL with err when they lie outside. */
json_t *configuration_page(const struct configuration *configuration,
	int64_t index, int64_t offset, struct error *err);
