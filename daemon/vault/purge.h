/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The end of a certificate that is no longer configured.
 */

#include "vault.h"

/* The verb `purge`: link, versions and state of a name. */
json_t *purge_name(
	struct vault *vault, const json_t *request, struct error *err);
