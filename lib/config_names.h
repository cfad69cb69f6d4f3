/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The identifiers of all certificates of a configuration, sorted: who has
 * this one? Made once, for fleets of tens of thousands.
 */

#include "config.h"

/* Everything is borrowed from the configuration. */
struct config_name {
	const char *value; /* of the identifier */
	const struct config_certificate *certificate;
};

struct config_names {
	struct config_name *items; /* owned; by value, then certificate */
	size_t count;
};

/* Never NULL; the configuration outlives it. */
struct config_names *config_names_new(const struct config *config);
void config_names_free(struct config_names *names); /* NULL is fine */

/* The first that has it, in the order of the certificates' names, and how many
 * follow each other: 0 when nobody has. */
size_t config_names_find(const struct config_names *names, const char *value,
	const struct config_name **first);
