/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * A JSON document of the table with one member spoilt.
 */

#include <jansson.h>

/* The base with the member at `path` ("meta/website", "challenges/0/url")
 * as VALUE, which need not be JSON; "" leaves the member out. Free it with
 * free(); NULL when the path leads nowhere. */
char *hostile_document(const json_t *base, const char *path, const char *value);
