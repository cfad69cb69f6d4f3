/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Dynamic updates (RFC 2136) of one TXT record, and what comes of them. Only
 * one value is added or removed: others at the same name stay.
 */

#include "dns_message.h"

struct dns_update {
	uint16_t id;
	const char *zone;
	const char *name; /* of the record, within the zone */
	const char *value; /* cut into strings of 255 bytes */
	uint32_t ttl; /* of one that is added */
	bool is_removal;
};

/* The message without signature; false with err for what is no name or not
 * within the zone. */
bool dns_update_write(const struct dns_update *update, struct dns_message *out,
	struct error *err);

/* Asks an authoritative server for the SOA of a name: the zone that it lies
 * in is in the reply. */
void dns_update_ask_zone(
	struct dns_message *out, uint16_t id, const char *name);

/* The zone of `name`, from that reply. False with err (D5, D6, D7). */
bool dns_update_read_zone(const unsigned char *bytes, size_t length,
	uint16_t id, const char *name, char zone[static DNS_NAME_SIZE],
	struct error *err);

/* Was the update done? Else the code of the server in words: D1 when it does
 * not let us, D7 when it fails. Its signature is tsig's business. */
bool dns_update_read_reply(const unsigned char *bytes, size_t length,
	uint16_t id, const char *zone, struct error *err);
