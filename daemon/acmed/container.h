/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Does acmed run in a container, and where is the host that it would have to
 * publish its ports on (H13)?
 */

#include "dns.h"

/* Looks; before the walls are up. */
void container_learn(void);

/* The host, as this container's network sees it: its gateway. False outside
 * of a container, and in one that shares the network of its host. */
bool container_host(struct dns_address *host);
