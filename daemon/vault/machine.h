/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What the loop keeps of the machine and not of one certificate: parts with a
 * name and a file of their own, as state/NAME.json has them.
 */

#include "vault.h"

/* The verbs `machine-save` and `machine-load`. */
json_t *machine_save(
	struct vault *vault, const json_t *request, struct error *err);
json_t *machine_load(
	struct vault *vault, const json_t *request, struct error *err);
