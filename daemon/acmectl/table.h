/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Certificates for people: a table that fits a terminal, and one certificate
 * from top to bottom. Colour only on a terminal, and not with NO_COLOR.
 */

#include <jansson.h>

/* A line each, and the one thing to do first below them. */
void table_print(const json_t *certificates);

/* Everything about one. */
void table_print_one(const json_t *certificate);

/* The CAA record that lets in this account only, if it is known; one of
 * several names of the CA will do. */
void table_print_pin(const json_t *account);
