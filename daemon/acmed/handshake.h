/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * One TLS handshake as a client, on the loop, to see the certificate that is
 * shown; after STARTTLS where the server wants that. Nothing is trusted and nothing validated; no session is resumed.
 * The other side may say, or not say, what it likes.
 */

#include "dns.h"
#include "starttls.h"

#include <ev.h>
#include <openssl/ssl.h>

struct handshake;

/* A context for handshakes: TLS 1.2 or newer, no verification, no tickets,
 * a cap on the size of a chain. Owned by the caller. */
SSL_CTX *handshake_context(void);

struct handshake_wish {
	SSL_CTX *context; /* borrowed; of handshake_context() */
	const struct dns_address *address; /* borrowed for the call */
	uint16_t port;
	enum starttls_protocol starttls; /* said before TLS */
	const char *sni; /* or NULL; borrowed for the call */
	/* For a server with two: show that of an RSA key, or one of the other
	 * kinds; as certificate_facts has it; or NULL. */
	const char *key_type; /* borrowed for the call */
	const char *protocol; /* for ALPN, or NULL; borrowed for the call */
	double deadline; /* seconds */
	/* May be NULL; before on_end: what was shown, the leaf first,
	 * borrowed. */
	void (*on_chain)(void *data, STACK_OF(X509) * chain);
	/* Exactly once, from the loop: the leaf (borrowed), or err:
	 * REFUSED when the other side does not shake hands, TRANSIENT when
	 * nobody was reached in time. The handshake is gone then. */
	void (*on_end)(void *data, X509 *leaf, const struct error *err);
	void *data;
};

/* Never NULL. */
struct handshake *handshake_start(
	struct ev_loop *loop, const struct handshake_wish *wish);
void handshake_cancel(struct handshake *handshake);
