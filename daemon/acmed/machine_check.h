/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * For `acmed -t`: is there on this machine what the configuration names, the
 * programs, users, folders and secrets? What deploy or the vault will say when
 * it is too late, said before.
 */

#include "config_files.h"

/* Adds a mistake for each place that names what is not there, once; and the
 * advice to close files that others may write. */
void machine_check(const struct config_files *files,
	const struct config *config, struct mistakes *mistakes);
