/* SPDX-License-Identifier: MIT */

/*
 * Times of every kind that comes from outside: RFC 3339, HTTP, people's words,
 * ASN.1. What is taken lies in the years 1 to 9999 and is the same when it is
 * written and read again. And durations.
 */

#include "timestamp.h"

#include "certificate.h"
#include "duration.h"
#include "fuzz.h"
#include "text.h"

#include <openssl/err.h>
#include <string.h>

#define FIRST INT64_C(-62135596800)
#define LAST INT64_C(253402300799)

static void check(int64_t when)
{
	char text[TIMESTAMP_SIZE];
	int64_t again = 0;

	fuzz_check(when >= FIRST && when <= LAST);
	timestamp_format(when, text);
	fuzz_check(timestamp_parse(text, &again) && again == when);
}

static void read_asn1(const char *text, int kind)
{
	ASN1_STRING *time = ASN1_STRING_type_new(kind);
	int64_t when = 0;

	ASN1_STRING_set(time, text, (int)strlen(text));
	if (certificate_time(time, &when))
		check(when);
	ASN1_STRING_free(time);
	ERR_clear_error();
}

static void read_duration(const char *text)
{
	int64_t seconds = 0;

	if (duration_parse(text, &seconds))
		fuzz_check(seconds >= 0);
}

void fuzz_timestamp(const uint8_t *bytes, size_t length)
{
	static bool (*const READERS[])(const char *text, int64_t *out) = {
		timestamp_parse, timestamp_parse_http, timestamp_parse_words};
	cleanup(string) char *text = fuzz_string(bytes, length);

	for (size_t i = 0; i < sizeof(READERS) / sizeof(*READERS); i++) {
		int64_t when = 0;
		if (READERS[i](text, &when))
			check(when);
	}
	read_asn1(text, V_ASN1_UTCTIME);
	read_asn1(text, V_ASN1_GENERALIZEDTIME);
	read_duration(text);
}
