/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The vault within this process, as the loop and root ask it.
 */

#include "error.h"

#include <jansson.h>
#include <stdarg.h>
#include <stdbool.h>

/* Opens the state folder; both are paths. */
void near_open(const char *configuration, const char *state);
void near_close(void);

/* A new reference, or NULL with err. */
json_t *near_ask(const json_t *request, struct error *err);

/* {"verb": VERB, ...}: the format is jansson's, of members only. An error
 * fails the test. */
json_t *near_request(const char *verb, const char *format, va_list arguments);
json_t *near_do(const char *verb, const char *format, ...);

/* False on an error, which near_error() tells until the next one is asked. */
bool near_try(const char *verb, const char *format, ...);
const struct error *near_error(void);
