/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * For `acmed -t`: the two commands that open a document root which is not
 * acmed's own (contract, solver webroot), where they have not been run yet.
 */

#include "config.h"

/* Prints them to standard output, once for each document root. */
void webroot_advice_print(const struct config *config);
