/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * A name server played inside the test, on the test's own loop: over UDP and
 * TCP at one port of 127.0.0.1, and a resolv.conf that names it. The test says
 * what is answered.
 */

#include "dns_call.h"
#include "dns_message.h"

#include <ev.h>

/* What a query asks. */
struct fake_query {
	bool is_stream;
	struct dns_header header;
	char name[DNS_NAME_SIZE];
	uint16_t type;
};

struct fake_zone {
	struct ev_loop *loop; /* borrowed */
	int udp;
	int tcp;
	int connection; /* -1: none */
	uint16_t port;
	char resolv_conf[64]; /* path */
	unsigned datagrams;
	unsigned streams;
	ev_io readable[3];
	struct dns *dns; /* owned; asks this server */
	/* Writes the reply behind its head and question, with the counts of
	 * its sections; false: no reply. */
	bool (*on_query)(
		const struct fake_query *query, struct dns_message *reply);
};

void fake_zone_start(struct fake_zone *zone, struct ev_loop *loop);
void fake_zone_stop(struct fake_zone *zone);

/* What on_query writes: a head with code and number of answers, then them. */
void fake_zone_head(struct dns_message *reply, const struct fake_query *query,
	unsigned code, unsigned answers);
void fake_zone_name(struct dns_message *reply, unsigned type, const char *name);
void fake_zone_bytes(struct dns_message *reply, unsigned type,
	const void *bytes, size_t length);
void fake_zone_text(struct dns_message *reply, const char *value);

/* Tools that speak to it. */
struct dns_tools fake_zone_tools(
	const struct fake_zone *zone, struct helper *vault);

/* Turns the loop until *counter has reached `goal`, 20 s at most. */
void fake_zone_turn(
	struct fake_zone *zone, const unsigned *counter, unsigned goal);
