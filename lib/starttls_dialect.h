/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * One protocol of starttls: how its units are told apart, and what is made
 * of one. Nobody but starttls includes this.
 */

#include "starttls.h"

struct starttls_dialect {
	const char *name;
	uint16_t port;
	const void *first; /* what we say before the server does, or NULL */
	size_t first_length;
	const void *farewell; /* or NULL */
	size_t farewell_length;
	/* Bytes of the first unit; 0 while that cannot be told. May be more
	 * than are there. */
	size_t (*measure)(const unsigned char *bytes, size_t length);
	bool (*read)(struct starttls *talk, const unsigned char *unit,
		size_t length, struct error *err);
};

extern const struct starttls_dialect starttls_smtp;
extern const struct starttls_dialect starttls_imap;
extern const struct starttls_dialect starttls_pop3;
extern const struct starttls_dialect starttls_postgres;
extern const struct starttls_dialect starttls_mysql;

/* The next step, and what is said for it. */
void starttls_go(struct starttls *talk, enum starttls_step step,
	const void *output, size_t length);

/* The server says no, in these words. */
bool starttls_refused(
	const unsigned char *words, size_t length, struct error *err);
