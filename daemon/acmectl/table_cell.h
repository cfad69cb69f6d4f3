/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What the table of all certificates and the page of one share. Only table.c
 * and table_one.c include this.
 */

#include "duration.h"

#include <jansson.h>

/* Columns of the terminal. */
int table_width(void);
/* Prints lines that end at blanks before the terminal does. */
void table_fold(int indent, const char *text);

/* What switches the colour of a state on, and off again; "" without any. */
const char *table_colour(const char *state);
const char *table_colour_end(const char *state);

/* Why it is not well, borrowed; or NULL. */
const json_t *table_error(const json_t *certificate);

/* "renew in 29d 4h" */
void table_next(const json_t *certificate, char *out, size_t size);

/* The time left, "" for a placeholder, which is no certificate. */
void table_left(const json_t *certificate, char out[static DURATION_SIZE]);
