/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The date that a server says (RFC 9110 section 6.6.1), and whether the clock
 * of this machine agrees with it (C1). No input or output.
 */

#include "error.h"

/* The moments are seconds of a clock that nobody sets and that goes on while
 * the machine sleeps: the server said it somewhere between them. */
struct server_date {
	int64_t date; /* 0: none that can be believed */
	double asked;
	double received;
};

/* From the headers Date and Age, each NULL where there is none. No date is
 * read from nonsense, from a reply that lay in a cache, nor one at which the
 * server cannot be: that is no fault of our clock. */
void server_date_read(struct server_date *date, const char *date_header,
	const char *age_header, double asked, double received);

/* Is the date that our clock shows (`wall`) at the moment `now` within five
 * minutes of the server's? False with LOCAL C1, which quotes both. True where
 * nothing can be said. */
bool server_date_agrees(const struct server_date *date, int64_t wall,
	double now, struct error *err);
