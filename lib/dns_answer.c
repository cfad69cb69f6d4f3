/* SPDX-License-Identifier: MIT */
#include "dns_answer.h"

#include "diagnosis_lookup.h"

#include <string.h>
#include <strings.h>

#define RECORDS_MAX 500
#define TEXT_MAX 4096 /* of a TXT record */
#define RECURSION_DESIRED 0x0100U
#define TRUNCATED 0x0200U

bool dns_question_write(const struct dns_question *question,
	struct dns_message *out, struct error *err)
{
	const struct dns_header header = {
		.id = question->id,
		.flags = question->wants_recursion ? RECURSION_DESIRED : 0,
		.counts = {1, 0, 0, 0},
	};

	*out = (struct dns_message){0};
	dns_put_header(out, &header);
	dns_put_name(out, question->name);
	dns_put_16(out, question->type);
	dns_put_16(out, DNS_CLASS_IN);
	return !out->failed ||
		fail_cause(err, ERROR_REFUSED, "D5",
			"'%.253s' is no name that DNS could hold",
			question->name);
}

/* A server that refuses may leave the question out. */
static bool is_about(struct dns_answer *answer, unsigned count,
	const char *name, unsigned type)
{
	char asked[DNS_NAME_SIZE];
	uint16_t asked_type;
	uint16_t class;

	if (count == 0)
		return answer->code != DNS_NOERROR || answer->is_truncated;
	return count == 1 && dns_get_name(&answer->reader, asked) &&
		dns_get_16(&answer->reader, &asked_type) &&
		dns_get_16(&answer->reader, &class) &&
		strcasecmp(asked, name) == 0 && asked_type == type;
}

bool dns_answer_open(struct dns_answer *answer, const unsigned char *bytes,
	size_t length, const struct dns_question *question, struct error *err)
{
	struct dns_header header;

	*answer = (struct dns_answer){
		.reader = {.bytes = bytes, .length = length}};
	if (!dns_get_header(&answer->reader, &header))
		return fail_cause(err, ERROR_TRANSIENT, "D7",
			"the name server answered with %zu bytes", length);
	answer->id = header.id;
	answer->code = DNS_CODE(header.flags);
	answer->is_truncated = header.flags & TRUNCATED;
	answer->left = header.counts[1];
	if (answer->left > RECORDS_MAX)
		answer->left = RECORDS_MAX;
	return ((header.flags & DNS_FLAG_REPLY) && header.id == question->id &&
		       is_about(answer, header.counts[0], question->name,
			       question->type)) ||
		fail_cause(err, ERROR_TRANSIENT, "D7",
			"the name server answered another question than '%s'",
			question->name);
}

bool dns_answer_check(const struct dns_answer *answer,
	const struct dns_question *question, struct error *err)
{
	const char *cause = diagnosis_of_rcode(question->wants_recursion
			? DIAGNOSIS_RESOLVER
			: DIAGNOSIS_AUTHORITY,
		answer->code);

	switch (answer->code) {
	case DNS_NOERROR:
	case DNS_NXDOMAIN:
		return true;
	case DNS_SERVFAIL:
		return fail_cause(err, ERROR_TRANSIENT, cause,
			"the name server failed at '%s' (SERVFAIL)",
			question->name);
	case DNS_REFUSED:
	case DNS_NOTAUTH:
		if (question->wants_recursion)
			return fail_cause(err, ERROR_TRANSIENT, cause,
				"the name server refuses to look '%s' up "
				"(REFUSED)",
				question->name);
		return fail_cause(err, ERROR_REFUSED, cause,
			"the name server is not responsible for '%s' (REFUSED)",
			question->name);
	default:
		return fail_cause(err, ERROR_TRANSIENT, cause,
			"the name server answered with code %u for '%s'",
			answer->code, question->name);
	}
}

bool dns_answer_next(
	struct dns_answer *answer, uint16_t type, struct dns_record *record)
{
	while (answer->left > 0) {
		answer->left--;
		if (!dns_get_record(&answer->reader, record)) {
			answer->left = 0;
			return false;
		}
		if (record->type == type && record->class == DNS_CLASS_IN)
			return true;
	}
	return false;
}

bool dns_answer_target(const struct dns_answer *answer,
	const struct dns_record *record, char name[static DNS_NAME_SIZE])
{
	struct dns_reader reader = answer->reader;

	reader.at = record->data;
	return dns_get_name(&reader, name) && *name;
}

/* How many bytes of text a TXT record has in all its strings: at most `size`
 * are copied. False for a string that is longer than its record. */
static bool read_text(const struct dns_answer *answer,
	const struct dns_record *record, char *out, size_t size, size_t *length)
{
	const unsigned char *at = answer->reader.bytes + record->data;
	const unsigned char *end = at + record->data_length;

	*length = 0;
	while (at < end) {
		size_t count = *at++;
		if (count > (size_t)(end - at) || count > size - *length)
			return false;
		memcpy(out + *length, at, count);
		*length += count;
		at += count;
	}
	return true;
}

bool dns_answer_text(const struct dns_answer *answer,
	const struct dns_record *record, char *out, size_t size)
{
	size_t length;

	if (!read_text(answer, record, out, size - 1, &length))
		return false;
	out[length] = '\0';
	return true;
}

/* Is it the value, with or without more behind it? */
static bool has(struct dns_answer *answer, const char *value, bool may_say_more)
{
	struct dns_record record;
	char text[TEXT_MAX];
	size_t wanted = strlen(value);
	size_t length;

	while (dns_answer_next(answer, DNS_TYPE_TXT, &record))
		if (read_text(answer, &record, text, sizeof(text), &length) &&
			length >= wanted && memcmp(text, value, wanted) == 0 &&
			(length == wanted ||
				(may_say_more && text[wanted] == ';')))
			return true;
	return false;
}

bool dns_answer_has_text(struct dns_answer *answer, const char *value)
{
	return has(answer, value, false);
}

bool dns_answer_has_persistent(struct dns_answer *answer, const char *value)
{
	return has(answer, value, true);
}
