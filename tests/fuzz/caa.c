/* SPDX-License-Identifier: MIT */

/*
 * CAA records (RFC 8659 section 4.1), parts of the input in their wire form:
 * a record that is nonsense forbids, and one more never allows what an empty
 * set of issuers does not.
 */

#include "caa.h"

#include "fuzz.h"
#include "mem.h"
#include "text.h"

#include <string.h>

static void check_set(const struct caa_set *set)
{
	fuzz_check(set->count <= CAA_RECORDS_MAX);
	for (size_t i = 0; i < set->count; i++) {
		const struct caa_record *record = &set->records[i];
		fuzz_check(memchr(record->tag, '\0', sizeof(record->tag)));
		fuzz_check(memchr(record->value, '\0', sizeof(record->value)));
	}
}

/* Nobody may issue by what names "ca.example" nowhere. */
static void check_stranger(
	const struct caa_set *set, const char *name, bool is_allowed)
{
	bool has_issue = false;

	for (size_t i = 0; i < set->count; i++)
		if (streq(set->records[i].tag, "issue"))
			has_issue = true;
	if (!is_allowed || !has_issue)
		return;
	for (size_t i = 0; i < set->count; i++)
		if (strcasestr(set->records[i].value, name))
			return;
	fuzz_check(!is_allowed);
}

static void ask(const struct caa_set *set, bool is_wildcard)
{
	cleanup(json) json_t *issuers = json_pack("[s]", "ca.example");
	struct caa_wish wish = {.issuers = issuers,
		.account = "https://ca.example/account/1",
		.method = "http-01",
		.is_wildcard = is_wildcard};
	struct error err = {0};
	bool is_allowed = caa_allows(set, &wish, "a.example", &err);

	if (!is_allowed)
		fuzz_check_error(&err);
	if (!is_wildcard)
		check_stranger(set, "ca.example", is_allowed);
}

void fuzz_caa(const uint8_t *bytes, size_t length)
{
	struct fuzz_parts parts = {bytes, length};
	struct caa_set set = {0};

	do {
		cleanup(string) char *part = fuzz_part(&parts, &length);
		caa_add(&set, (const unsigned char *)part, length);
		check_set(&set);
	} while (parts.left);
	ask(&set, false);
	ask(&set, true);
}
