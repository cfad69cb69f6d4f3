/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What can be said without the daemon: the certificates in live/, and for
 * root what state/ keeps, in the form of the control interface.
 */

#include <jansson.h>

/* An array of Certificate objects with name, state, identifiers and
 * installed: a new reference, empty when nothing can be read. */
json_t *offline_certificates(void);
