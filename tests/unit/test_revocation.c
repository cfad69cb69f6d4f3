/* SPDX-License-Identifier: MIT */
#include "revocation.h"

#include "base64url.h"
#include "canned.h"
#include "certificate.h"
#include "json.h"
#include "key.h"
#include "mem.h"
#include "suite.h"
#include "text.h"

#include <check.h>
#undef fail

#define REFUSED "{\"type\":\"" ACME "unauthorized\"}"
#define ALREADY "{\"type\":\"" ACME "alreadyRevoked\"}"
#define BAD_REASON "{\"type\":\"" ACME "badRevocationReason\"}"
#define UNKNOWN "{\"type\":\"" ACME "accountDoesNotExist\"}"
#define ACCOUNT REQUEST_REVOCATION
#define CERTIFICATE REQUEST_REVOCATION_BY_CERTIFICATE

static struct directory DIRECTORY = {
	.url = (char *)"https://ca.example/dir",
	.revoke_cert = (char *)"https://ca.example/revoke",
};

static const struct scenario {
	struct revocation_wish wish;
	struct {
		enum request_signer signer;
		long status;
		const char *body;
	} steps[3];
	enum revocation_state state;
} SCENARIOS[] = {
	{{4, true, true}, {{ACCOUNT, 200, ""}}, REVOCATION_DONE},
	{{1, true, true}, {{CERTIFICATE, 200, ""}}, REVOCATION_DONE},
	{{1, true, false}, {{ACCOUNT, 200, ""}}, REVOCATION_DONE},
	{{0, false, true}, {{CERTIFICATE, 200, ""}}, REVOCATION_DONE},
	{{0, true, true}, {{ACCOUNT, 400, ALREADY}}, REVOCATION_DONE},
	{{0, true, true}, {{ACCOUNT, 403, REFUSED}, {CERTIFICATE, 200, ""}},
		REVOCATION_DONE},
	{{0, true, true}, {{ACCOUNT, 401, ""}, {CERTIFICATE, 200, ""}},
		REVOCATION_DONE},
	{{0, true, true}, {{ACCOUNT, 400, REFUSED}, {CERTIFICATE, 200, ""}},
		REVOCATION_DONE},
	{{0, true, true}, {{ACCOUNT, 400, UNKNOWN}, {CERTIFICATE, 200, ""}},
		REVOCATION_DONE},
	{{1, true, true}, {{CERTIFICATE, 403, REFUSED}, {ACCOUNT, 200, ""}},
		REVOCATION_DONE},
	{{0, true, true},
		{{ACCOUNT, 403, REFUSED}, {CERTIFICATE, 403, REFUSED}},
		REVOCATION_FAILED},
	{{0, true, false}, {{ACCOUNT, 403, REFUSED}}, REVOCATION_FAILED},
	{{9, true, true}, {{ACCOUNT, 400, BAD_REASON}}, REVOCATION_FAILED},
	{{0, true, true}, {{ACCOUNT, 500, ""}}, REVOCATION_FAILED},
};

START_TEST(either_key_is_tried_once)
{
	const struct scenario *scenario = &SCENARIOS[_i];
	const struct error lost = {.kind = ERROR_TRANSIENT};
	struct error err = {0};
	struct revocation *revocation =
		revocation_new(&DIRECTORY, &scenario->wish, &err);

	ck_assert_ptr_nonnull(revocation);
	for (int i = 0; i < 3 && scenario->steps[i].status; i++) {
		const struct request *request = revocation_next(revocation);
		struct reply reply = canned(
			scenario->steps[i].status, scenario->steps[i].body);
		ck_assert_ptr_nonnull(request);
		ck_assert_int_eq(request->signer, scenario->steps[i].signer);
		ck_assert_str_eq(request->url, DIRECTORY.revoke_cert);
		ck_assert_int_eq(
			member_integer_or(request->subject, "reason", -1),
			scenario->wish.reason);
		ck_assert_ptr_null(revocation_next(revocation));
		revocation_done(revocation, &reply, NULL);
	}
	ck_assert_ptr_null(revocation_next(revocation));
	revocation_done(revocation, NULL, &lost); /* nothing was asked */
	ck_assert_int_eq(revocation_state(revocation), scenario->state);
	if (scenario->state == REVOCATION_FAILED)
		ck_assert_int_ne(
			revocation_error(revocation)->kind, ERROR_NONE);
	revocation_free(revocation);
}
END_TEST

START_TEST(without_any_key_or_resource_nothing_is_tried)
{
	struct directory directory = DIRECTORY;
	const struct revocation_wish none = {0};
	const struct revocation_wish all = {0, true, true};
	struct error err = {0};

	ck_assert_ptr_null(revocation_new(&directory, &none, &err));
	ck_assert_int_eq(err.kind, ERROR_REFUSED);
	directory.revoke_cert = NULL;
	ck_assert_ptr_null(revocation_new(&directory, &all, &err));
	ck_assert_ptr_nonnull(strstr(err.text, "revokes nothing"));
	revocation_free(NULL);
}
END_TEST

START_TEST(a_lost_reply_is_passed_on)
{
	const struct revocation_wish wish = {0, true, true};
	const struct error lost = {.kind = ERROR_TRANSIENT, .code = "N1"};
	struct error err = {0};
	struct revocation *revocation = revocation_new(&DIRECTORY, &wish, &err);

	ck_assert_ptr_nonnull(revocation_next(revocation));
	revocation_done(revocation, NULL, &lost);
	ck_assert_int_eq(revocation_state(revocation), REVOCATION_FAILED);
	ck_assert_str_eq(revocation_error(revocation)->code, "N1");
	revocation_free(revocation);
}
END_TEST

static const struct {
	const char *name;
	int number; /* RFC 5280 section 5.3.1; -1: none */
} NAMES[] = {
	{"unspecified", 0},
	{"keyCompromise", 1},
	{"key-compromise", 1},
	{"key_compromise", 1},
	{"KEYCOMPROMISE", 1},
	{"affiliationChanged", 3},
	{"superseded", 4},
	{"cessation-of-operation", 5},
	{"privilegeWithdrawn", 9},
	{"cACompromise", -1},
	{"certificateHold", -1},
	{"supersede", -1},
	{"supersededs", -1},
	{"4", -1},
	{"", -1},
};

START_TEST(a_reason_is_read_by_name)
{
	enum revocation_reason reason = REVOCATION_UNSPECIFIED;
	bool is_known = revocation_reason_parse(NAMES[_i].name, &reason);

	ck_assert_int_eq(is_known, NAMES[_i].number >= 0);
	if (!is_known)
		return;
	ck_assert_int_eq(reason, NAMES[_i].number);
	ck_assert(revocation_reason_is_known(reason));
	ck_assert(!revocation_reason_is_known(2));
	ck_assert_str_ne(revocation_reason_name(reason), "");
	ck_assert_str_eq(revocation_reason_name((enum revocation_reason)2), "");
}
END_TEST

START_TEST(the_payload_holds_the_certificate_and_no_needless_reason)
{
	struct error err = {0};
	struct identifier name;
	size_t length = 0;
	cleanup(pkey) EVP_PKEY *key = key_generate(KEY_ECDSA_P256, &err);

	ck_assert(identifier_parse("a.example", &name, &err));
	cleanup(x509) X509 *leaf =
		certificate_make_placeholder(key, &name, 1, 1790000000, &err);
	cleanup(string) char *text =
		revocation_payload(leaf, REVOCATION_SUPERSEDED, &err);
	cleanup(string) char *bare =
		revocation_payload(leaf, REVOCATION_UNSPECIFIED, &err);
	cleanup(json) json_t *payload =
		json_read(text, strlen(text), "it", &err);

	ck_assert_ptr_null(strstr(bare, "reason"));
	ck_assert_int_eq(member_integer_or(payload, "reason", -1), 4);
	cleanup(bytes) unsigned char *der = base64url_decode(
		member_string_or(payload, "certificate", ""), &length);
	const unsigned char *at = der;
	cleanup(x509) X509 *read = d2i_X509(NULL, &at, (long)length);
	ck_assert_int_eq(X509_cmp(read, leaf), 0);
	ck_assert_ptr_eq(at, der + length);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("revocation");
	TCase *tests = tcase_create("revocation");

	tcase_add_loop_test(tests, either_key_is_tried_once, 0,
		sizeof(SCENARIOS) / sizeof(*SCENARIOS));
	tcase_add_test(tests, without_any_key_or_resource_nothing_is_tried);
	tcase_add_test(tests, a_lost_reply_is_passed_on);
	tcase_add_loop_test(tests, a_reason_is_read_by_name, 0,
		sizeof(NAMES) / sizeof(*NAMES));
	tcase_add_test(tests,
		the_payload_holds_the_certificate_and_no_needless_reason);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
