/* SPDX-License-Identifier: MIT */
#include "tsig.h"

#include "crypto_error.h"
#include "text.h"

#include <openssl/crypto.h>
#include <openssl/hmac.h>

#define FUDGE 300 /* seconds (RFC 8945 section 10) */
#define RECORDS_MAX 200
#define COUNT_AT 10 /* of the additional records, in the header */

#define BADSIG 16
#define BADKEY 17
#define BADTIME 18

static const struct {
	const char *name;
	const EVP_MD *(*digest)(void);
} ALGORITHMS[] = {
	[TSIG_SHA256] = {"hmac-sha256", EVP_sha256},
	[TSIG_SHA384] = {"hmac-sha384", EVP_sha384},
	[TSIG_SHA512] = {"hmac-sha512", EVP_sha512},
};

/* What a TSIG record says beside the MAC. */
struct variables {
	uint64_t time; /* 48 bits */
	uint16_t fudge;
	uint16_t error;
	const unsigned char *other;
	uint16_t other_length;
};

/* One as it was received. */
struct signature {
	struct dns_record record;
	struct variables variables;
	struct tsig_mac mac;
	uint16_t original_id;
};

static void put_48(struct dns_message *message, uint64_t value)
{
	dns_put_16(message, (unsigned)(value >> 32 & 0xffffU));
	dns_put_32(message, (uint32_t)value);
}

/* RFC 8945 section 4.3.3: what is hashed behind the message. */
static void put_variables(struct dns_message *input, const struct tsig_key *key,
	const struct variables *variables)
{
	dns_put_name(input, key->name);
	dns_put_16(input, DNS_CLASS_ANY);
	dns_put_32(input, 0);
	dns_put_name(input, ALGORITHMS[key->algorithm].name);
	put_48(input, variables->time);
	dns_put_16(input, variables->fudge);
	dns_put_16(input, variables->error);
	dns_put_16(input, variables->other_length);
	dns_put_bytes(input, variables->other, variables->other_length);
}

/* What is hashed: the MAC of the request (of a reply only), the message, and
 * the variables, one behind the other. */
static bool compute(const struct tsig_key *key, const struct tsig_mac *request,
	const void *message, size_t length, const struct variables *variables,
	struct tsig_mac *out)
{
	struct dns_message before = {0};
	struct dns_message behind = {0};
	struct text input cleanup_text_value = {0};
	unsigned size = 0;

	if (request) {
		dns_put_16(&before, (unsigned)request->length);
		dns_put_bytes(&before, request->bytes, request->length);
	}
	put_variables(&behind, key, variables);
	text_add_bytes(&input, before.bytes, before.length);
	text_add_bytes(&input, message, length);
	text_add_bytes(&input, behind.bytes, behind.length);
	if (input.failed || before.failed || behind.failed ||
		!HMAC(ALGORITHMS[key->algorithm].digest(), key->secret,
			(int)key->length, (const unsigned char *)input.data,
			input.length, out->bytes, &size))
		return false;
	out->length = size;
	return true;
}

static void put_data(struct dns_message *data, const struct tsig_key *key,
	const struct variables *variables, const struct tsig_mac *mac,
	const unsigned char *id)
{
	dns_put_name(data, ALGORITHMS[key->algorithm].name);
	put_48(data, variables->time);
	dns_put_16(data, variables->fudge);
	dns_put_16(data, (unsigned)mac->length);
	dns_put_bytes(data, mac->bytes, mac->length);
	dns_put_bytes(data, id, 2);
	dns_put_16(data, variables->error);
	dns_put_16(data, 0);
}

/* The record goes behind all others (RFC 8945 section 5.1). */
static void append(struct dns_message *message, const struct tsig_key *key,
	const struct variables *variables, const struct tsig_mac *mac)
{
	struct dns_message data = {0};

	put_data(&data, key, variables, mac, message->bytes);
	dns_put_name(message, key->name);
	dns_put_16(message, DNS_TYPE_TSIG);
	dns_put_16(message, DNS_CLASS_ANY);
	dns_put_32(message, 0);
	dns_put_16(message, (unsigned)data.length);
	dns_put_bytes(message, data.bytes, data.length);
	message->failed |= data.failed;
	unsigned char *count = message->bytes + COUNT_AT;
	unsigned more = ((unsigned)count[0] << 8 | count[1]) + 1;
	count[0] = (unsigned char)(more >> 8);
	count[1] = (unsigned char)more;
}

bool tsig_sign(const struct tsig_key *key, int64_t now,
	struct dns_message *message, struct tsig_mac *mac, struct error *err)
{
	const struct variables variables = {
		.time = (uint64_t)now, .fudge = FUDGE};

	if (!compute(key, NULL, message->bytes, message->length, &variables,
		    mac))
		return fail_crypto(
			err, ERROR_LOCAL, "cannot sign a DNS message");
	append(message, key, &variables, mac);
	return !message->failed ||
		fail(err, ERROR_LOCAL, "a DNS message is too long");
}

/* Replies. */

static bool get_bytes(
	struct dns_reader *reader, size_t length, const unsigned char **bytes)
{
	if (length > reader->length - reader->at)
		return false;
	*bytes = reader->bytes + reader->at;
	reader->at += length;
	return true;
}

static bool get_mac(struct dns_reader *reader, struct tsig_mac *mac)
{
	const unsigned char *bytes;
	uint16_t length;

	if (!dns_get_16(reader, &length) || length > sizeof(mac->bytes) ||
		!get_bytes(reader, length, &bytes))
		return false;
	memcpy(mac->bytes, bytes, length);
	mac->length = length;
	return true;
}

static bool get_time(struct dns_reader *reader, uint64_t *time)
{
	uint16_t high;
	uint32_t low;

	if (!dns_get_16(reader, &high) || !dns_get_32(reader, &low))
		return false;
	*time = (uint64_t)high << 32 | low;
	return true;
}

static bool read_data(const unsigned char *bytes, const struct tsig_key *key,
	struct signature *out)
{
	struct dns_reader reader = {.bytes = bytes,
		.length = out->record.data + out->record.data_length,
		.at = out->record.data};
	struct variables *variables = &out->variables;
	char algorithm[DNS_NAME_SIZE];

	return dns_get_name(&reader, algorithm) &&
		streq(algorithm, ALGORITHMS[key->algorithm].name) &&
		get_time(&reader, &variables->time) &&
		dns_get_16(&reader, &variables->fudge) &&
		get_mac(&reader, &out->mac) &&
		dns_get_16(&reader, &out->original_id) &&
		dns_get_16(&reader, &variables->error) &&
		dns_get_16(&reader, &variables->other_length) &&
		get_bytes(
			&reader, variables->other_length, &variables->other) &&
		reader.at == reader.length;
}

/* The last record of the message, and nothing behind it. */
static bool find_signature(const unsigned char *bytes, size_t length,
	const struct tsig_key *key, struct signature *out)
{
	struct dns_reader reader = {.bytes = bytes, .length = length};
	struct dns_header header;

	if (!dns_get_header(&reader, &header) || header.counts[3] == 0 ||
		!dns_skip_questions(&reader, header.counts[0]))
		return false;
	unsigned count = (unsigned)header.counts[1] + header.counts[2] +
		header.counts[3];
	for (unsigned i = 0; i < count; i++)
		if (i >= RECORDS_MAX || !dns_get_record(&reader, &out->record))
			return false;
	return reader.at == length && out->record.type == DNS_TYPE_TSIG &&
		out->record.class == DNS_CLASS_ANY && out->record.ttl == 0 &&
		streq(out->record.name, key->name) &&
		read_data(bytes, key, out);
}

bool tsig_is_signed(
	const struct tsig_key *key, const unsigned char *bytes, size_t length)
{
	struct signature signature = {0};

	return find_signature(bytes, length, key, &signature);
}

/* What the server says of our own signature. */
static bool check_error(
	const struct tsig_key *key, unsigned code, struct error *err)
{
	switch (code) {
	case 0:
		return true;
	case BADKEY:
		return fail_cause(err, ERROR_REFUSED, "D1",
			"the name server does not know the key '%s' (BADKEY)",
			key->name);
	case BADSIG:
		return fail_cause(err, ERROR_REFUSED, "D1",
			"the name server has another secret for the key '%s' "
			"(BADSIG)",
			key->name);
	case BADTIME:
		return fail_cause(err, ERROR_LOCAL, "C1",
			"the clock of the name server differs from ours "
			"(BADTIME)");
	default:
		return fail_cause(err, ERROR_REFUSED, "D1",
			"the name server answers TSIG error %u to the key "
			"'%s'",
			code, key->name);
	}
}

/* The message as it was before it was signed: without the record, with the
 * number that it was made for (RFC 8945 section 5.3.2). */
static bool check_mac(const struct tsig_key *key, const unsigned char *bytes,
	const struct signature *signature, const struct tsig_mac *request)
{
	size_t length = signature->record.start;
	unsigned char *copy = OPENSSL_memdup(bytes, length);
	struct tsig_mac mac = {0};

	if (!copy)
		return false;
	copy[0] = (unsigned char)(signature->original_id >> 8);
	copy[1] = (unsigned char)signature->original_id;
	unsigned count =
		((unsigned)copy[COUNT_AT] << 8 | copy[COUNT_AT + 1]) - 1;
	copy[COUNT_AT] = (unsigned char)(count >> 8);
	copy[COUNT_AT + 1] = (unsigned char)count;
	bool fits = compute(key, request, copy, length, &signature->variables,
			    &mac) &&
		mac.length == signature->mac.length &&
		CRYPTO_memcmp(mac.bytes, signature->mac.bytes, mac.length) == 0;
	OPENSSL_free(copy);
	return fits;
}

static bool is_in_time(const struct variables *variables, int64_t now)
{
	int64_t off = now - (int64_t)variables->time;

	return off <= variables->fudge && -off <= variables->fudge;
}

bool tsig_verify(const struct tsig_key *key, const unsigned char *bytes,
	size_t length, const struct tsig_mac *request, int64_t now,
	struct error *err)
{
	struct signature signature = {0};

	if (!find_signature(bytes, length, key, &signature))
		return fail_cause(err, ERROR_REFUSED, "D1",
			"the reply of the name server is not signed with the "
			"key '%s'",
			key->name);
	if (!check_error(key, signature.variables.error, err))
		return false;
	if (!check_mac(key, bytes, &signature, request))
		return fail_cause(err, ERROR_REFUSED, "D1",
			"the reply of the name server has a wrong signature "
			"(key '%s')",
			key->name);
	return is_in_time(&signature.variables, now) ||
		fail_cause(err, ERROR_LOCAL, "C1",
			"the reply of the name server is of another time");
}
