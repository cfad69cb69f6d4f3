/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * One [Export]: certificate and key for a service that does not run as root.
 */

#include "config.h"
#include "material.h"
#include "turn.h"

/* In the turn of its certificate. The user or group of an export does not
 * exist: nothing is written then. Errors have the code P6 if they have no
 * closer one. */
bool export_write(const struct config_export *export,
	const struct material *material, const struct turn *turn,
	struct error *err);
