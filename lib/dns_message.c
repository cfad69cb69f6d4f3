/* SPDX-License-Identifier: MIT */
#include "dns_message.h"

#include <ctype.h>
#include <string.h>

#define LABEL_MAX 63
#define POINTER 0xc0U
#define WIRE_NAME_MAX 255

/* Writing. */

void dns_put_bytes(
	struct dns_message *message, const void *bytes, size_t length)
{
	if (message->failed ||
		length > sizeof(message->bytes) - message->length) {
		message->failed = true;
		return;
	}
	if (length)
		memcpy(message->bytes + message->length, bytes, length);
	message->length += length;
}

void dns_put_16(struct dns_message *message, unsigned value)
{
	const unsigned char bytes[] = {
		(unsigned char)(value >> 8), (unsigned char)value};

	dns_put_bytes(message, bytes, sizeof(bytes));
}

void dns_put_32(struct dns_message *message, uint32_t value)
{
	dns_put_16(message, value >> 16);
	dns_put_16(message, value & 0xffffU);
}

void dns_put_header(
	struct dns_message *message, const struct dns_header *header)
{
	dns_put_16(message, header->id);
	dns_put_16(message, header->flags);
	for (int i = 0; i < 4; i++)
		dns_put_16(message, header->counts[i]);
}

static void put_label(
	struct dns_message *message, const char *label, size_t length)
{
	unsigned char bytes[1 + LABEL_MAX];

	if (length == 0 || length > LABEL_MAX) {
		message->failed = true;
		return;
	}
	bytes[0] = (unsigned char)length;
	for (size_t i = 0; i < length; i++)
		bytes[i + 1] = (unsigned char)tolower((unsigned char)label[i]);
	dns_put_bytes(message, bytes, length + 1);
}

void dns_put_name(struct dns_message *message, const char *name)
{
	static const unsigned char ROOT;

	if (strlen(name) > WIRE_NAME_MAX - 2)
		message->failed = true;
	while (*name && !message->failed) {
		size_t length = strcspn(name, ".");
		put_label(message, name, length);
		name += length;
		if (*name == '.' && *++name == '\0')
			message->failed = true;
	}
	dns_put_bytes(message, &ROOT, 1);
}

/* Reading. */

bool dns_get_16(struct dns_reader *reader, uint16_t *value)
{
	if (reader->length - reader->at < 2)
		return false;
	const unsigned char *at = reader->bytes + reader->at;
	*value = (uint16_t)(at[0] << 8 | at[1]);
	reader->at += 2;
	return true;
}

bool dns_get_32(struct dns_reader *reader, uint32_t *value)
{
	uint16_t high;
	uint16_t low;

	if (!dns_get_16(reader, &high) || !dns_get_16(reader, &low))
		return false;
	*value = (uint32_t)high << 16 | low;
	return true;
}

bool dns_get_header(struct dns_reader *reader, struct dns_header *header)
{
	bool is_there = dns_get_16(reader, &header->id) &&
		dns_get_16(reader, &header->flags);

	for (int i = 0; i < 4 && is_there; i++)
		is_there = dns_get_16(reader, &header->counts[i]);
	return is_there;
}

/* The label at `at`, or where a pointer leads; what a name cannot have as
 * text (a dot in a label, a NUL) becomes '?'. */
static bool get_label(const struct dns_reader *reader, size_t at,
	char name[static DNS_NAME_SIZE], size_t *length)
{
	size_t size = reader->bytes[at];

	if (size > LABEL_MAX || at + 1 + size > reader->length ||
		*length + size + 1 >= DNS_NAME_SIZE - 1)
		return false;
	if (*length)
		name[(*length)++] = '.';
	for (size_t i = 0; i < size; i++) {
		int c = tolower(reader->bytes[at + 1 + i]);
		name[(*length)++] =
			c > ' ' && c <= '~' && c != '.' ? (char)c : '?';
	}
	return true;
}

/* A pointer leads to what stands before it only: so there is an end. */
bool dns_get_name(struct dns_reader *reader, char name[static DNS_NAME_SIZE])
{
	size_t at = reader->at;
	size_t lowest = at;
	size_t length = 0;
	bool has_jumped = false;

	while (at < reader->length && reader->bytes[at] != 0) {
		unsigned char size = reader->bytes[at];
		if ((size & POINTER) != POINTER) {
			if (!get_label(reader, at, name, &length))
				return false;
			at += 1U + size;
			continue;
		}
		if (at + 1 >= reader->length)
			return false;
		if (!has_jumped)
			reader->at = at + 2;
		has_jumped = true;
		at = (size_t)(size & ~POINTER) << 8 | reader->bytes[at + 1];
		if (at >= lowest)
			return false;
		lowest = at;
	}
	if (at >= reader->length)
		return false;
	if (!has_jumped)
		reader->at = at + 1;
	name[length] = '\0';
	return true;
}

bool dns_get_record(struct dns_reader *reader, struct dns_record *record)
{
	uint16_t length;

	record->start = reader->at;
	if (!dns_get_name(reader, record->name) ||
		!dns_get_16(reader, &record->type) ||
		!dns_get_16(reader, &record->class) ||
		!dns_get_32(reader, &record->ttl) ||
		!dns_get_16(reader, &length) ||
		length > reader->length - reader->at)
		return false;
	record->data = reader->at;
	record->data_length = length;
	reader->at += length;
	return true;
}

bool dns_skip_questions(struct dns_reader *reader, unsigned count)
{
	char name[DNS_NAME_SIZE];
	uint32_t type_and_class;

	for (unsigned i = 0; i < count; i++)
		if (!dns_get_name(reader, name) ||
			!dns_get_32(reader, &type_and_class))
			return false;
	return true;
}
