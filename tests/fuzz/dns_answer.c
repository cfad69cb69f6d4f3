/* SPDX-License-Identifier: MIT */

/*
 * Answers of name servers (RFC 1035 section 4): no name and no text is longer
 * than its room, and reading comes to an end, whatever points where.
 */

#include "dns_answer.h"

#include "caa.h"
#include "dns_delegation.h"
#include "fuzz.h"

#include <string.h>

#define RECORDS_MAX 65536

static struct dns_question question = {
	.id = 0x1234, .type = DNS_TYPE_TXT, .name = "a.example"};

static void check_record(
	const struct dns_answer *answer, const struct dns_record *record)
{
	char name[DNS_NAME_SIZE];
	char text[512];

	fuzz_check(record->data <= answer->reader.length);
	fuzz_check(record->data_length <= answer->reader.length - record->data);
	fuzz_check(memchr(record->name, '\0', sizeof(record->name)));
	if (dns_answer_target(answer, record, name))
		fuzz_check(memchr(name, '\0', sizeof(name)));
	if (dns_answer_text(answer, record, text, sizeof(text)))
		fuzz_check(memchr(text, '\0', sizeof(text)));
}

static void read_records(const struct dns_answer *answer, uint16_t type)
{
	struct dns_answer copy = *answer;
	struct dns_record record;

	for (int i = 0; dns_answer_next(&copy, type, &record); i++) {
		fuzz_check(i < RECORDS_MAX && record.type == type);
		check_record(&copy, &record);
	}
	copy = *answer;
	dns_answer_has_text(&copy, "value");
	copy = *answer;
	dns_answer_has_persistent(&copy, "ca.example; accounturi=x");
}

void fuzz_dns_answer(const uint8_t *bytes, size_t length)
{
	static const uint16_t TYPES[] = {DNS_TYPE_TXT, DNS_TYPE_CNAME,
		DNS_TYPE_NS, DNS_TYPE_SOA, DNS_TYPE_A};
	struct dns_answer answer;
	struct error err = {0};

	for (size_t i = 0; i < sizeof(TYPES) / sizeof(*TYPES); i++) {
		question.type = TYPES[i];
		if (!dns_answer_open(&answer, bytes, length, &question, &err)) {
			fuzz_check_error(&err);
			continue;
		}
		if (!dns_answer_check(&answer, &question, &err))
			fuzz_check_error(&err);
		read_records(&answer, TYPES[i]);
	}
}
