/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What is really served, looked at from here: the same look that the daemon
 * takes, without it. An endpoint of Verify=auto is known when the daemon has
 * learned of it (root reads that in the state, others ask the daemon), or when
 * it shows one of our names.
 */

#include "config.h"

#include <jansson.h>

/* Looks at the endpoints of certificates of offline_certificates() and sets
 * their "state", "error", "endpoints" and dates by that. The configuration is
 * NULL where it cannot be read: then every name is looked at. */
void wire_look(json_t *certificates, const struct config *config);
