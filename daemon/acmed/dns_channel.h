/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * A c-ares channel on the loop, and the resolv.conf that it was made from.
 *
 * c-ares calls back from inside its own functions, so nothing here may be
 * freed from those callbacks. No search list is used: every name is whole.
 */

#include "dns.h"

#include <ares.h>
#include <ev.h>
#include <stdbool.h>
#include <stdint.h>

struct dns_channel;

/* `resolv_conf` is copied; 0 is the port of DNS. */
struct dns_channel *dns_channel_new(
	struct ev_loop *loop, const char *resolv_conf, uint16_t port);
/* Look-ups under way are called back with ARES_EDESTRUCTION. */
void dns_channel_free(struct dns_channel *channel);

/* Made anew when resolv.conf changed: true then. Look-ups under way were
 * called back with ARES_EDESTRUCTION, and can be started again. */
bool dns_channel_refresh(struct dns_channel *channel);

/* The errno with which resolv.conf could not be read, or 0. Only the hosts
 * file is asked then. */
int dns_channel_unreadable(const struct dns_channel *channel);

/* Starts a look-up for addresses of one family. May call back at once. */
void dns_channel_ask(struct dns_channel *channel, const char *name, int family,
	ares_addrinfo_callback on_answer, void *data);

/* The servers of resolv.conf: how many. */
size_t dns_channel_servers(const struct dns_channel *channel,
	struct dns_server servers[DNS_SERVERS]);
