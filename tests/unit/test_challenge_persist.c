/* SPDX-License-Identifier: MIT */
#include "challenge_record.h"

#include "mem.h"
#include "suite.h"
#include "text.h"

#include <check.h>
#undef fail

#define ACCOUNT "https://ca.example/acct/123"
#define THUMB "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"
#define PREFIX "https://ca.example/hash/"

static char *make(const char *directory, const char *name,
	const char *challenge, struct error *err)
{
	cleanup(json) json_t *meta = json_loads(directory, 0, NULL);
	cleanup(json) json_t *object = json_loads(challenge, 0, NULL);
	struct directory made = {
		.account_hash_prefix = (char *)json_string_value(
			json_object_get(meta, "accountHashPrefix")),
		.issuer_domain_names =
			json_object_get(meta, "issuerDomainNames"),
		.caa_identities = json_object_get(meta, "caaIdentities"),
	};
	struct identifier identifier;
	const struct challenge_persist persist = {
		&made, &identifier, ACCOUNT, THUMB};

	ck_assert_ptr_nonnull(meta);
	ck_assert_ptr_nonnull(object);
	ck_assert(identifier_parse(name, &identifier, err));
	return challenge_persist_record(&persist, object, err);
}

/* draft-ietf-acme-dns-persist-02 section 10.2. */
START_TEST(the_hash_is_that_of_the_draft)
{
	struct error err = {0};
	cleanup(string) char *one =
		challenge_persist_uri("", "example.com", THUMB, ACCOUNT, &err);
	cleanup(string) char *all =
		challenge_persist_uri("", "*", THUMB, ACCOUNT, &err);

	ck_assert_str_eq(
		one, "sha-256/5SQm7n6tPh2-PlLbCKGnViTXX5z19SCN4cPGQHSk-kw");
	ck_assert_str_eq(
		all, "sha-256/NpDnSwUthQK8zCgFdefYxAdAVPnygMLbs9US6oO-5ug");
	ck_assert_ptr_null(challenge_persist_uri("", "", THUMB, ACCOUNT, &err));
}
END_TEST

#define NEW "{\"issuerDomainNames\":[\"ca.example\"]}"
#define OLD "{\"issuer-domain-names\":[\"ca.example\",\"b.example\"]}"
#define META \
	"{\"accountHashPrefix\":\"" PREFIX "\",\"issuerDomainNames\":" \
	"[\"ca.example\"],\"caaIdentities\":[\"ca.example\"]}"
#define HASH "sha-256/5SQm7n6tPh2-PlLbCKGnViTXX5z19SCN4cPGQHSk-kw"

static const struct {
	const char *directory;
	const char *name;
	const char *challenge;
	const char *record;
} RECORDS[] = {
	{META, "example.com", NEW, "ca.example; accounturi=" PREFIX HASH},
	{META, "*.example.com", NEW,
		"ca.example; accounturi=" PREFIX HASH "; policy=wildcard"},
	{"{}", "example.com", OLD, "ca.example; accounturi=" ACCOUNT},
	{"{}", "*.example.com", OLD,
		"ca.example; accounturi=" ACCOUNT "; policy=wildcard"},
	/* The prefix tells the form as well. */
	{"{\"accountHashPrefix\":\"" PREFIX "\"}", "example.com", OLD,
		"ca.example; accounturi=" PREFIX HASH},
};

START_TEST(both_forms_of_the_draft_are_written)
{
	struct error err = {0};
	cleanup(string) char *record = make(RECORDS[_i].directory,
		RECORDS[_i].name, RECORDS[_i].challenge, &err);

	struct identifier identifier;

	ck_assert_msg(record != NULL, "%s", err.text);
	ck_assert_str_eq(record, RECORDS[_i].record);
	ck_assert(identifier_parse(RECORDS[_i].name, &identifier, &err));
	ck_assert(challenge_persist_is_record(record, &identifier));
}
END_TEST

#define RECORD "ca.example; accounturi=" ACCOUNT

/* What a loop that was taken over would have written in its place. */
static const struct {
	const char *name;
	const char *record;
} NO_RECORDS[] = {
	{"example.com", ""},
	{"example.com", "ca.example"},
	{"example.com", "ca.example; accounturi="},
	{"example.com", "; accounturi=" ACCOUNT},
	{"example.com", "v=DKIM1; k=rsa; p=MIIB; accounturi=" ACCOUNT},
	{"example.com", "CA.example; accounturi=" ACCOUNT},
	{"example.com", "*.ca.example; accounturi=" ACCOUNT},
	{"example.com", RECORD "; policy=wildcard"},
	{"example.com", RECORD "; persistUntil=1"},
	{"example.com", RECORD "; accounturi=x"},
	{"example.com", RECORD " x"},
	{"example.com", RECORD "\n"},
	{"*.example.com", RECORD},
	{"*.example.com", "ca.example; accounturi=; policy=wildcard"},
	{"*.example.com", RECORD "; policy=wildcard; policy=wildcard"},
};

START_TEST(a_record_says_who_and_nothing_more)
{
	struct identifier identifier;

	ck_assert(identifier_parse(NO_RECORDS[_i].name, &identifier, NULL));
	ck_assert(!challenge_persist_is_record(
		NO_RECORDS[_i].record, &identifier));
}
END_TEST

#define ISSUERS(list) "{\"issuerDomainNames\":[" list "]}"
#define HASHED "{\"accountHashPrefix\":\"" PREFIX "\"}"
#define FIVE "\"a.example\",\"b.example\",\"c.example\",\"d.example\","

static const struct {
	const char *directory;
	const char *challenge;
} BAD[] = {
	{META, "{}"},
	{META, ISSUERS("")},
	{META, "{\"issuerDomainNames\":\"ca.example\"}"},
	{META, ISSUERS("7")},
	{META, ISSUERS("\"CA.example\"")},
	{META, ISSUERS("\"ca.example.\"")},
	{META, ISSUERS("\"ca.example; accounturi=x\"")},
	{META, ISSUERS("\"*.ca.example\"")},
	{META, ISSUERS("\"192.0.2.1\"")},
	{META, ISSUERS("\"\u00fc.example\"")},
	{META, ISSUERS(FIVE FIVE FIVE "\"ca.example\"")},
	{META, ISSUERS("\"b.example\"")}, /* not the directory's */
	{META, ISSUERS("\"ca.example\",\"b.example\"")},
	/* Where the directory names none. */
	{HASHED, ISSUERS("")},
	{HASHED, ISSUERS(FIVE FIVE FIVE "\"ca.example\"")},
	{HASHED, ISSUERS("\"CA.example\"")},
	{"{}", NEW}, /* no prefix */
	{"{\"accountHashPrefix\":\"a;b\"}", NEW},
	{"{\"accountHashPrefix\":\"a b\"}", NEW},
};

START_TEST(a_malformed_challenge_is_not_answered)
{
	struct error err = {0};

	ck_assert_ptr_null(make(
		BAD[_i].directory, "example.com", BAD[_i].challenge, &err));
	ck_assert_int_ne(err.kind, ERROR_NONE);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("challenge_persist");
	TCase *tests = tcase_create("challenge_persist");

	tcase_add_test(tests, the_hash_is_that_of_the_draft);
	tcase_add_loop_test(tests, both_forms_of_the_draft_are_written, 0,
		sizeof(RECORDS) / sizeof(*RECORDS));
	tcase_add_loop_test(tests, a_record_says_who_and_nothing_more, 0,
		sizeof(NO_RECORDS) / sizeof(*NO_RECORDS));
	tcase_add_loop_test(tests, a_malformed_challenge_is_not_answered, 0,
		sizeof(BAD) / sizeof(*BAD));
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
