/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * An event as the journal takes it, in its native protocol.
 */

#include "event.h"
#include "text.h"

/* Adds the fields; what does not apply is left out. */
void log_entry_build(struct text *entry, const struct event *event);
