/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Where the record of a challenge is really to be written: a CNAME at
 * "_acme-challenge.example.com" delegates it (RFC 8555 section 8.4 lets CAs
 * follow it). The owner looks each name up and tells the answer; nothing is
 * asked from here.
 */

#include "dns_message.h"

#define DNS_DELEGATION_MAX 8 /* CNAMEs, one behind the other */

/* A value: copy it as you like. */
struct dns_delegation {
	unsigned hops;
	char names[DNS_DELEGATION_MAX + 1][DNS_NAME_SIZE];
};

/* Begins at a name. False for one that is none. */
bool dns_delegation_start(
	struct dns_delegation *delegation, const char *name, struct error *err);

/* The name to look up next, and in the end the one to write to; borrowed. */
const char *dns_delegation_name(const struct dns_delegation *delegation);

/* It is an alias of that name. False with err (D5) for a loop, too many, or
 * a target that is no name. */
bool dns_delegation_follow(struct dns_delegation *delegation,
	const char *target, struct error *err);
