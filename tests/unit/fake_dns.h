/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * A name server played inside the test, on the test's own loop (UDP, port
 * 0), with a resolv.conf of its own. The first label of a name says how it
 * is answered: see fake_dns.c.
 */

#include <ev.h>
#include <stdint.h>

struct fake_dns {
	struct ev_loop *loop; /* borrowed */
	int socket;
	uint16_t port;
	char resolv_conf[64]; /* path */
	unsigned queries;
	ev_io readable;
};

void fake_dns_start(struct fake_dns *server, struct ev_loop *loop);
void fake_dns_stop(struct fake_dns *server);

/* Replaces resolv.conf by a new file, as DHCP does. */
void fake_dns_write_resolv_conf(const struct fake_dns *server);
