/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * With what a path is walked in the daemon: its solvers, and the name server
 * of Resolver=, or those of the machine.
 */

#include "preflight.h"

struct fleet;
struct outlook;

/* The fleet is borrowed, and filled by then. Never NULL. */
struct outlook *outlook_new(struct fleet *fleet);
void outlook_free(struct outlook *outlook);

/* For what the configuration says now; borrowed, and good until the outlook
 * is freed. */
const struct preflight_tools *outlook_tools(struct outlook *outlook);

/* What CAs go by in CAA records, of those whose directory is known: CA ->
 * names. A new reference. */
json_t *outlook_issuers(const struct outlook *outlook);
