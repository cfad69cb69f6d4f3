/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The kinds of what comes from outside, each with the real function that
 * reads it.
 */

#include "text.h"

#include <stdint.h>

/* False: refused. Else `seen` is what was understood of it: text of which
 * two inputs with the same meaning have the same. */
typedef bool hostile_reader(
	struct text *seen, const char *bytes, size_t length);

#define HOSTILE_KINDS(X) \
	X(directory) \
	X(account) \
	X(order) \
	X(authorization) \
	X(challenge) \
	X(persist) \
	X(issue) \
	X(problem) \
	X(renewal) \
	X(retry) \
	X(location) \
	X(links) \
	X(nonce) \
	X(head) \
	X(url) \
	X(chain) \
	X(der) \
	X(dns) \
	X(caa) \
	X(http01) \
	X(payload) \
	X(wish) \
	X(lineage) \
	X(message) \
	X(hook) \
	X(config) \
	X(site) \
	X(timestamp) \
	X(duration) \
	X(hello) \
	X(control) \
	X(vault)

#define HOSTILE_DECLARE(name) hostile_reader hostile_##name;
HOSTILE_KINDS(HOSTILE_DECLARE)

/* The reader of a kind, or NULL. */
hostile_reader *hostile_kind(const char *name);

/* Hands the bytes to the harness of tests/fuzz for that kind too, which checks
 * its invariants and ends the program where one is broken; false: none. */
bool hostile_fuzz(const char *kind, const char *bytes, size_t length);
