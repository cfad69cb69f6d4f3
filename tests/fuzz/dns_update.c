/* SPDX-License-Identifier: MIT */

/*
 * Replies to dynamic updates (RFC 2136) and their signatures (RFC 8945), and
 * the file of a key, behind the reply. Nothing that was not signed is taken
 * for signed.
 */

#include "dns_update.h"

#include "fuzz.h"
#include "mem.h"
#include "tsig.h"

#include <string.h>

static const char KEY[] = "hmac-sha256:key.example:"
			  "c2VjcmV0IG9mIHRoaXJ0eS10d28gYnl0ZXMsIG9rIQ==";

static void check_signature(const uint8_t *bytes, size_t length)
{
	struct tsig_key key;
	struct tsig_mac mac = {.length = 32};
	struct error err = {0};

	fuzz_check(tsig_key_parse(KEY, &key, NULL));
	bool is_signed = tsig_is_signed(&key, bytes, length);
	if (tsig_verify(&key, bytes, length, &mac, FUZZ_NOW, &err))
		fuzz_check(is_signed);
	else
		fuzz_check_error(&err);
	tsig_key_clear(&key);
}

static void read_reply(const uint8_t *bytes, size_t length)
{
	char zone[DNS_NAME_SIZE] = "";
	struct error err = {0};

	if (dns_update_read_zone(bytes, length, 0x1234,
		    "_acme-challenge.a.example", zone, &err))
		fuzz_check(memchr(zone, '\0', sizeof(zone)));
	else
		fuzz_check_error(&err);
	err = (struct error){0};
	if (!dns_update_read_reply(bytes, length, 0x1234, "a.example", &err))
		fuzz_check_error(&err);
}

static void read_key(const char *text)
{
	struct tsig_key key;
	struct error err = {0};

	if (!tsig_key_parse(text, &key, &err)) {
		fuzz_check_error(&err);
		return;
	}
	fuzz_check(key.length > 0 && key.length <= TSIG_SECRET_MAX);
	fuzz_check(memchr(key.name, '\0', sizeof(key.name)));
	tsig_key_clear(&key);
}

void fuzz_dns_update(const uint8_t *bytes, size_t length)
{
	struct fuzz_parts parts = {bytes, length};
	cleanup(string) char *reply = fuzz_part(&parts, &length);
	size_t rest;
	cleanup(string) char *key = fuzz_part(&parts, &rest);

	check_signature((const uint8_t *)reply, length);
	read_reply((const uint8_t *)reply, length);
	read_key(key);
}
