/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Tells people of a configuration that was not taken in as it stands: what was
 * accepted before goes on, and nobody may look at the journal for weeks.
 */

#include "alert.h"
#include "intake.h"

#define CONFIG_TROUBLE_SIZE 600

/* To be called after each intake; an alert of NULL is nobody to tell. */
void config_trouble_note(
	struct alert *alert, const struct intake_result *result);

/* In one line; false when nothing is wrong. */
bool config_trouble_describe(const struct intake_result *result,
	char out[static CONFIG_TROUBLE_SIZE]);
