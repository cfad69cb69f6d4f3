/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What can be said without the daemon: the certificates in live/, and for
 * root what state/ keeps, in the form of the control interface.
 */

#include "certificate.h"

#include <jansson.h>

/* What is installed; false when it cannot be read. To be cleared. */
bool offline_facts(const char *name, struct certificate_facts *facts);
/* What the daemon saved of it, as root may read it: a new reference, or
 * NULL. */
json_t *offline_state(const char *name);

/* An array of Certificate objects with name, state, identifiers and
 * installed: a new reference, empty when nothing can be read. */
json_t *offline_certificates(void);

/* What lies in live/NAME, with the anchor of its chain; false when that cannot
 * be read. */
bool offline_facts(const char *name, struct certificate_facts *facts);
