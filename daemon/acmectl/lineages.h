/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What stands behind one name: the certificate, and that of a second key,
 * NAME+TYPE, which goes with it.
 */

#include "verbs.h"

#include <jansson.h>

/* Appends both, as status shows them, to an array; none where there is none.
 * An exit status, which has been explained. */
int lineages_find(
	const struct arguments *arguments, const char *name, json_t *list);
