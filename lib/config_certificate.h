/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * One certificate of the configuration, from settings to structure.
 */

#include "config_setting.h"

/* Reads all settings of a certificate. With mistakes it is incomplete, but
 * can be checked for more. Its CA is not looked up yet. Owned. */
struct config_certificate *config_certificate_make(const char *name,
	const char *file, const struct settings *settings,
	struct mistakes *mistakes);

/* The lineage of the key of that index (1 or more), from the same settings.
 * Owned; its CA is not looked up yet. */
struct config_certificate *config_certificate_second(
	const struct config_certificate *first, size_t index,
	const struct settings *settings);

/* Forgets what belongs to its solver (config_challenge.c). */
void config_challenge_forget(struct config_challenge *challenge);

/* Notes where [Challenge NAME], or [Challenge] for "", names files. */
void config_challenge_note_places(struct config_challenge *challenge,
	const struct settings *settings, const char *name);

void config_certificate_free(struct config_certificate *certificate);
