/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What a client and a server say to each other in the clear before TLS:
 * STARTTLS of SMTP (RFC 3207), IMAP and POP3 (RFC 2595), and the packets of
 * PostgreSQL and MySQL that ask for it. Bytes in, bytes out, no socket.
 *
 * The server is a stranger: the length of a line and of the whole talk is
 * capped, and nothing may come between its consent and TLS.
 */

#include "error.h"

#include <stddef.h>
#include <stdint.h>

#define STARTTLS_UNIT_MAX 2048 /* bytes of a line or a packet */
#define STARTTLS_TALK_MAX 16384 /* bytes of all that the server says */

enum starttls_protocol {
	STARTTLS_NONE, /* TLS at once */
	STARTTLS_SMTP,
	STARTTLS_IMAP,
	STARTTLS_POP3,
	STARTTLS_POSTGRES,
	STARTTLS_MYSQL,
};

enum starttls_step {
	STARTTLS_GREETING,
	STARTTLS_OFFER, /* the server lists what it can do */
	STARTTLS_CONSENT,
	STARTTLS_READY, /* for TLS */
};

/* One talk; a value without anything to free. */
struct starttls {
	enum starttls_protocol protocol;
	enum starttls_step step;
	bool is_offered;
	unsigned char unit[STARTTLS_UNIT_MAX]; /* what is not whole yet */
	size_t held;
	size_t total;
	const void *output; /* to be sent; static */
	size_t output_length;
};

/* The protocol of "smtp", "imap", "pop3", "postgres" or "mysql". */
bool starttls_parse(
	const char *name, size_t length, enum starttls_protocol *protocol);
/* The reverse; "" for none. */
const char *starttls_name(enum starttls_protocol protocol);
/* The port where a server of it listens. */
uint16_t starttls_port(enum starttls_protocol protocol);

void starttls_start(struct starttls *talk, enum starttls_protocol protocol);

/* What is to be sent now, once; NULL for nothing. */
const void *starttls_take_output(struct starttls *talk, size_t *length);

/* Takes in what the server says. REFUSED when that does not lead to TLS. */
bool starttls_read(struct starttls *talk, const void *bytes, size_t length,
	struct error *err);

/* Both sides go on with TLS. */
bool starttls_is_ready(const struct starttls *talk);

/* What is to be said at the end, inside TLS, so that the server does not
 * count the visit as a broken one (MySQL locks out hosts with too many); NULL
 * for nothing. */
const void *starttls_farewell(enum starttls_protocol protocol, size_t *length);
