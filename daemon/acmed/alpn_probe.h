/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Who answers on port 443 of this machine: asks as the CA will, before it is
 * told, where another program holds the port and is to pass acme-tls/1 on.
 * What it finds out is certain or nothing: a port that cannot be reached from
 * here is for the CA to judge.
 */

#include "alpn_answer.h"
#include "error.h"

#include <ev.h>
#include <openssl/ssl.h>

struct alpn_probe;

struct alpn_probe_wish {
	struct ev_loop *loop; /* borrowed */
	SSL_CTX *context; /* borrowed; of handshake_context() */
	const struct alpn_answer *answer; /* borrowed until the end */
	/* Once, from the loop: NULL, or err: T1 for another certificate, T2
	 * for a server that does not know the protocol, T4 for another ACME
	 * client; it names who holds the port. The probe is gone then. */
	void (*on_end)(void *data, const struct error *err);
	void *data;
};

/* NULL: nobody listens there who could be asked. */
struct alpn_probe *alpn_probe_start(const struct alpn_probe_wish *wish);
void alpn_probe_cancel(struct alpn_probe *probe);
