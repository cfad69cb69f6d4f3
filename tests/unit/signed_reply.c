/* SPDX-License-Identifier: MIT */
#include "signed_reply.h"

#include "base64url.h"
#include "mem.h"

#include <check.h>
#include <string.h>
#include <time.h>

#define NUMBER_FROM_END 6 /* of the signed message, in its last record */
#define COUNT_AT 11 /* of the records that the signature adds to */

char *signed_reply(const struct tsig_key *key, const char *mac, uint16_t id,
	enum dns_code code)
{
	struct dns_message whole = {0};
	struct tsig_mac ignored;
	struct error err = {0};
	size_t length = 0;
	cleanup(bytes) unsigned char *before = base64url_decode(mac, &length);
	const struct dns_header header = {.id = id,
		.flags = (uint16_t)(DNS_FLAG_REPLY | DNS_OPCODE_UPDATE << 11 |
			(unsigned)code)};

	/* What is signed begins with the MAC of the request. */
	ck_assert_ptr_nonnull(before);
	dns_put_16(&whole, (unsigned)length);
	dns_put_bytes(&whole, before, length);
	size_t start = whole.length;
	dns_put_header(&whole, &header);
	ck_assert(tsig_sign(key, time(NULL), &whole, &ignored, &err));
	unsigned char *reply = whole.bytes + start;
	unsigned char *end = whole.bytes + whole.length;
	reply[COUNT_AT] = 1;
	memcpy(end - NUMBER_FROM_END, reply, sizeof(id));
	return base64url_encode(reply, whole.length - start);
}
