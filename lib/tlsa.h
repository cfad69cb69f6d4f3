/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * TLSA records: which key or certificate a client may meet at a port (RFC
 * 6698, RFC 7671). The owner looks them up; here is what they say of a leaf.
 */

#include <openssl/x509.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TLSA_TYPE 52
#define TLSA_RECORDS_MAX 32
#define TLSA_VALUE_SIZE (2 * 32 + 1)

struct tlsa_record {
	uint8_t usage; /* 1 and 3: of the leaf; 0 and 2: of who issued it */
	uint8_t selector; /* 0: the certificate, 1: its key */
	uint8_t matching; /* 1: SHA-256, 2: SHA-512 */
	unsigned char digest[64];
};

/* All records of one port. */
struct tlsa_set {
	size_t count;
	bool is_unclear; /* there are some that are not looked at */
	struct tlsa_record records[TLSA_RECORDS_MAX];
};

/* Adds one from its wire form (RFC 6698 section 2.1). */
void tlsa_add(struct tlsa_set *set, const unsigned char *data, size_t length);

/* Is the leaf shut out: do all records speak of leaves, and none of this one?
 * Without records nothing is. */
bool tlsa_shuts_out(const struct tlsa_set *set, X509 *leaf);

/* What stands behind "3 1 1" in a record that covers the leaf: the digest of
 * its key in hex. False without memory. */
bool tlsa_value(X509 *leaf, char out[static TLSA_VALUE_SIZE]);
