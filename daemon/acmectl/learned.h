/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The endpoints that have once served a certificate. The state has them, which
 * only root can read; the daemon tells everybody.
 */

#include <jansson.h>

/* Adds "endpoints" to those of offline_certificates() that have none, by the
 * daemon's Status with these parameters. Without one that answers, nothing is
 * added. */
void learned_add(json_t *certificates, const json_t *parameters);
