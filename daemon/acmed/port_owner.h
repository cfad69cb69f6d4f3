/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Who holds a TCP port that we wanted: the kernel's socket diagnosis tells
 * anybody the uid and the control group of a listening socket, and the folder
 * of the control group bears the name of the unit. Needs no privilege.
 */

#include "dns.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct port_owner {
	uid_t uid;
	uint64_t cgroup; /* 0: the kernel does not say */
	char unit[128]; /* "nginx.service", or "" */
	/* Where it can be asked from here; family 0: it listens on the
	 * loopback only. */
	struct dns_address address;
};

/* Looks for a socket that listens on `port` in this network namespace, IPv4
 * first. False when there is none, or the kernel does not tell. */
bool port_owner_find(uint16_t port, struct port_owner *owner);

/* "nginx.service (uid 0)", "a program of uid 33". */
void port_owner_describe(
	const struct port_owner *owner, char *out, size_t size);
