/* SPDX-License-Identifier: MIT */
#include "dns_update.h"

#include "diagnosis_lookup.h"

#include <string.h>
#include <strings.h>

#define STRING_MAX 255
#define RECORDS_MAX 200

/* What a server may answer to an update (RFC 2136 section 2.2). */
static const struct {
	unsigned code;
	enum error_kind kind;
	const char *words;
} CODES[] = {
	{DNS_FORMERR, ERROR_REFUSED, "does not understand the update (FORMERR"},
	{DNS_SERVFAIL, ERROR_TRANSIENT, "failed (SERVFAIL"},
	{DNS_NXDOMAIN, ERROR_VALIDATION, "knows no such name (NXDOMAIN"},
	{DNS_NOTIMP, ERROR_REFUSED, "takes no updates (NOTIMP"},
	{DNS_REFUSED, ERROR_REFUSED, "refuses the update (REFUSED"},
	{DNS_NOTAUTH, ERROR_REFUSED,
		"is not the primary of the zone, or does not take the key "
		"(NOTAUTH"},
	{DNS_NOTZONE, ERROR_REFUSED,
		"says that the name is not within the zone (NOTZONE"},
};

static bool fail_code(struct error *err, unsigned code, const char *zone)
{
	for (size_t i = 0; i < sizeof(CODES) / sizeof(*CODES); i++)
		if (CODES[i].code == code)
			return fail_cause(err, CODES[i].kind,
				diagnosis_of_rcode(DIAGNOSIS_UPDATE, code),
				"the name server %s, zone '%s')",
				CODES[i].words, zone);
	return fail_cause(err, ERROR_TRANSIENT,
		diagnosis_of_rcode(DIAGNOSIS_UPDATE, code),
		"the name server answered with code %u (zone '%s')", code,
		zone);
}

static bool is_within(const char *name, const char *zone)
{
	size_t length = strlen(name);
	size_t zone_length = strlen(zone);

	if (zone_length == 0)
		return true;
	if (length < zone_length ||
		strcasecmp(name + length - zone_length, zone) != 0)
		return false;
	return length == zone_length || name[length - zone_length - 1] == '.';
}

/* The strings of a TXT record with their length before all (RFC 1035 section
 * 3.3.14). */
static void put_text(struct dns_message *out, const char *value)
{
	size_t length = strlen(value);
	size_t strings = length ? (length + STRING_MAX - 1) / STRING_MAX : 1;

	if (length > DNS_MESSAGE_SIZE) {
		out->failed = true;
		return;
	}
	dns_put_16(out, (unsigned)(length + strings));
	for (size_t i = 0; i < strings; i++) {
		size_t left = length - i * STRING_MAX;
		unsigned char size =
			(unsigned char)(left < STRING_MAX ? left : STRING_MAX);
		dns_put_bytes(out, &size, 1);
		dns_put_bytes(out, value + i * STRING_MAX, size);
	}
}

/* An RR of class NONE removes exactly this one (RFC 2136 section 2.5.4). */
bool dns_update_write(const struct dns_update *update, struct dns_message *out,
	struct error *err)
{
	const struct dns_header header = {
		.id = update->id,
		.flags = DNS_OPCODE_UPDATE << 11,
		.counts = {1, 0, 1, 0},
	};

	*out = (struct dns_message){0};
	if (!is_within(update->name, update->zone))
		return fail_cause(err, ERROR_REFUSED, "D1",
			"'%s' is not within the zone '%s'", update->name,
			update->zone);
	dns_put_header(out, &header);
	dns_put_name(out, update->zone);
	dns_put_16(out, DNS_TYPE_SOA);
	dns_put_16(out, DNS_CLASS_IN);
	dns_put_name(out, update->name);
	dns_put_16(out, DNS_TYPE_TXT);
	dns_put_16(out, update->is_removal ? DNS_CLASS_NONE : DNS_CLASS_IN);
	dns_put_32(out, update->is_removal ? 0 : update->ttl);
	put_text(out, update->value);
	return !out->failed ||
		fail(err, ERROR_REFUSED,
			"'%.200s' cannot stand in an update of the zone "
			"'%.200s'",
			update->name, update->zone);
}

void dns_update_ask_zone(struct dns_message *out, uint16_t id, const char *name)
{
	const struct dns_header header = {.id = id, .counts = {1, 0, 0, 0}};

	*out = (struct dns_message){0};
	dns_put_header(out, &header);
	dns_put_name(out, name);
	dns_put_16(out, DNS_TYPE_SOA);
	dns_put_16(out, DNS_CLASS_IN);
}

/* Is this the reply to the message of that number? */
static bool open_reply(struct dns_reader *reader, struct dns_header *header,
	uint16_t id, struct error *err)
{
	if (!dns_get_header(reader, header))
		return fail_cause(err, ERROR_TRANSIENT, "D7",
			"the name server answered with %zu bytes",
			reader->length);
	return ((header->flags & DNS_FLAG_REPLY) && header->id == id) ||
		fail_cause(err, ERROR_TRANSIENT, "D7",
			"the name server answered another question");
}

/* The SOA stands in the answer or, for a name that is not there, in the
 * authority section (RFC 2308 section 3). */
static bool find_soa(struct dns_reader *reader, const struct dns_header *header,
	struct dns_record *record)
{
	unsigned count = (unsigned)header->counts[1] + header->counts[2];

	if (!dns_skip_questions(reader, header->counts[0]))
		return false;
	for (unsigned i = 0; i < count && i < RECORDS_MAX; i++) {
		if (!dns_get_record(reader, record))
			return false;
		if (record->type == DNS_TYPE_SOA &&
			record->class == DNS_CLASS_IN)
			return true;
	}
	return false;
}

bool dns_update_read_zone(const unsigned char *bytes, size_t length,
	uint16_t id, const char *name, char zone[static DNS_NAME_SIZE],
	struct error *err)
{
	struct dns_reader reader = {.bytes = bytes, .length = length};
	struct dns_header header;
	struct dns_record record;

	if (!open_reply(&reader, &header, id, err))
		return false;
	unsigned code = DNS_CODE(header.flags);
	if (code == DNS_REFUSED || code == DNS_NOTAUTH)
		return fail_cause(err, ERROR_REFUSED, "D1",
			"the name server is not responsible for '%s' "
			"(REFUSED): set another Server=",
			name);
	if (code != DNS_NOERROR && code != DNS_NXDOMAIN)
		return fail_code(err, code, name);
	if (!find_soa(&reader, &header, &record) ||
		!is_within(name, record.name))
		return fail_cause(err, ERROR_VALIDATION, "D5",
			"the name server knows no zone of '%s': set Zone= or "
			"another Server=",
			name);
	memcpy(zone, record.name, DNS_NAME_SIZE);
	return true;
}

bool dns_update_read_reply(const unsigned char *bytes, size_t length,
	uint16_t id, const char *zone, struct error *err)
{
	struct dns_reader reader = {.bytes = bytes, .length = length};
	struct dns_header header;

	if (!open_reply(&reader, &header, id, err))
		return false;
	if (DNS_OPCODE(header.flags) != DNS_OPCODE_UPDATE)
		return fail_cause(err, ERROR_TRANSIENT, "D7",
			"the name server answered no update");
	unsigned code = DNS_CODE(header.flags);
	return code == DNS_NOERROR || fail_code(err, code, zone);
}
