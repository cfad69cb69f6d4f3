/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * A TLS server with two certificates, an old and a new one, in a process of
 * its own on 127.0.0.1. Which one a connection sees is the manner.
 */

#include <openssl/x509.h>
#include <stdint.h>
#include <sys/types.h>

enum fake_tls_manner {
	FAKE_TLS_NEW,
	FAKE_TLS_OLD,
	FAKE_TLS_ALTERNATES, /* a worker of each */
	FAKE_TLS_SWITCHES, /* to the new one after switch_after connections */
	FAKE_TLS_ASKS_US, /* for a certificate, and refuses without one */
	FAKE_TLS_GARBAGE,
	FAKE_TLS_MUTE,
	FAKE_TLS_HANGS_UP,
	FAKE_TLS_HUGE, /* a chain of a thousand certificates */
};

struct fake_tls {
	enum fake_tls_manner manner;
	unsigned switch_after;
	X509 *old; /* borrowed, as all below */
	X509 *new;
	EVP_PKEY *key; /* of both */
	/* Said before TLS, the client's words awaited in between; NULL ends
	 * them. */
	const char *const *words;

	/* Filled in by fake_tls_start(). */
	uint16_t port;
	pid_t pid;
	unsigned *connections; /* so far; shared with the process */
};

void fake_tls_start(struct fake_tls *server);
void fake_tls_stop(struct fake_tls *server);
