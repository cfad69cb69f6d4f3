/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * DNS messages on the wire (RFC 1035 section 4): writing small ones, and
 * reading those of a stranger. Names are text without a final dot; the root
 * is "".
 */

#include "error.h"

#include <stddef.h>

#define DNS_MESSAGE_SIZE 4096 /* of those that are written */
#define DNS_MESSAGE_MAX 65535 /* of those that are read */
#define DNS_NAME_SIZE 256

#define DNS_TYPE_A 1
#define DNS_TYPE_NS 2
#define DNS_TYPE_CNAME 5
#define DNS_TYPE_SOA 6
#define DNS_TYPE_TXT 16
#define DNS_TYPE_TSIG 250
#define DNS_TYPE_ANY 255
#define DNS_CLASS_IN 1
#define DNS_CLASS_NONE 254
#define DNS_CLASS_ANY 255

#define DNS_HEADER_SIZE 12

enum dns_code {
	DNS_NOERROR = 0,
	DNS_FORMERR = 1,
	DNS_SERVFAIL = 2,
	DNS_NXDOMAIN = 3,
	DNS_NOTIMP = 4,
	DNS_REFUSED = 5,
	DNS_NOTAUTH = 9,
	DNS_NOTZONE = 10,
};

struct dns_header {
	uint16_t id;
	uint16_t flags;
	uint16_t counts[4]; /* of the sections in their order */
};

#define DNS_FLAG_REPLY 0x8000U
#define DNS_OPCODE(flags) ((flags) >> 11 & 15U)
#define DNS_CODE(flags) ((flags)&15U)
#define DNS_OPCODE_UPDATE 5U

/* One that is being written. After what does not fit, `failed` stays set. */
struct dns_message {
	unsigned char bytes[DNS_MESSAGE_SIZE];
	size_t length;
	bool failed;
};

void dns_put_header(
	struct dns_message *message, const struct dns_header *header);
void dns_put_16(struct dns_message *message, unsigned value);
void dns_put_32(struct dns_message *message, uint32_t value);
void dns_put_bytes(
	struct dns_message *message, const void *bytes, size_t length);

/* Without compression, in lower case; fails for what is no name. */
void dns_put_name(struct dns_message *message, const char *name);

/* One that is read. Borrowed bytes; `at` goes on behind what was read. */
struct dns_reader {
	const unsigned char *bytes;
	size_t length;
	size_t at;
};

struct dns_record {
	size_t start; /* offset of the whole record */
	char name[DNS_NAME_SIZE]; /* lower case */
	uint16_t type;
	uint16_t class;
	uint32_t ttl;
	size_t data; /* offset */
	size_t data_length;
};

/* False at the end of the bytes, for a pointer that does not go back, and for
 * a name that is too long. */
bool dns_get_header(struct dns_reader *reader, struct dns_header *header);
bool dns_get_16(struct dns_reader *reader, uint16_t *value);
bool dns_get_32(struct dns_reader *reader, uint32_t *value);
bool dns_get_name(struct dns_reader *reader, char name[static DNS_NAME_SIZE]);
bool dns_get_record(struct dns_reader *reader, struct dns_record *record);

/* Goes over the questions. */
bool dns_skip_questions(struct dns_reader *reader, unsigned count);
