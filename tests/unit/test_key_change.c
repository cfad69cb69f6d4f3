/* SPDX-License-Identifier: MIT */
#include "key_change.h"

#include "base64url.h"
#include "canned.h"
#include "json.h"
#include "key.h"
#include "mem.h"
#include "suite.h"
#include "text.h"

#include <check.h>
#undef fail

#define URL "https://ca.example/account/1"
#define CHANGE_URL "https://ca.example/rollover"
#define REFUSED "{\"type\":\"" ACME "unauthorized\"}"
#define MALFORMED "{\"type\":\"" ACME "malformed\"}"

enum what {
	END,
	CHANGE,
	TRY_NEW,
	TRY_OLD,
};

static const struct scenario {
	const char *what;
	bool is_resumed;
	struct {
		enum what what;
		long status; /* 0: the reply is lost */
		const char *body;
	} steps[5];
	enum key_change_state state;
} SCENARIOS[] = {
	{"it goes well", false, {{CHANGE, 200, "{}"}, {TRY_NEW, 200, "{}"}},
		KEY_CHANGE_NEW},
	{"the reply is lost, but it was done", false,
		{{CHANGE, 0, ""}, {TRY_NEW, 200, "{}"}}, KEY_CHANGE_NEW},
	{"the request is lost", false,
		{{CHANGE, 0, ""}, {TRY_NEW, 400, MALFORMED},
			{TRY_OLD, 200, "{}"}},
		KEY_CHANGE_OLD},
	{"the network stays away", false, {{CHANGE, 0, ""}, {TRY_NEW, 0, ""}},
		KEY_CHANGE_UNSETTLED},
	{"the CA refuses", false,
		{{CHANGE, 403, REFUSED}, {TRY_NEW, 403, REFUSED},
			{TRY_OLD, 200, "{}"}},
		KEY_CHANGE_OLD},
	{"a conflict with our own change of before", false,
		{{CHANGE, 409, MALFORMED}, {TRY_NEW, 200, "{}"}},
		KEY_CHANGE_NEW},
	{"the CA is out of order while it is asked", false,
		{{CHANGE, 200, "{}"}, {TRY_NEW, 503, ""}},
		KEY_CHANGE_UNSETTLED},
	{"a portal answers", false,
		{{CHANGE, 200, "{}"}, {TRY_NEW, 404, "<html>"}},
		KEY_CHANGE_UNSETTLED},
	{"neither key is taken", false,
		{{CHANGE, 403, REFUSED}, {TRY_NEW, 403, REFUSED},
			{TRY_OLD, 403, REFUSED}},
		KEY_CHANGE_UNSETTLED},
	{"a crash after it was done", true, {{TRY_NEW, 200, "{}"}},
		KEY_CHANGE_NEW},
	{"a crash before it was sent", true,
		{{TRY_NEW, 403, REFUSED}, {CHANGE, 200, "{}"},
			{TRY_NEW, 200, "{}"}},
		KEY_CHANGE_NEW},
	{"a crash, and no network after it", true, {{TRY_NEW, 0, ""}},
		KEY_CHANGE_UNSETTLED},
	{"a crash, and an outage after it", true, {{TRY_NEW, 500, ""}},
		KEY_CHANGE_UNSETTLED},
	{"a crash, and a busy CA after it", true, {{TRY_NEW, 429, ""}},
		KEY_CHANGE_UNSETTLED},
	{"a crash, and a CA that waits no longer", true, {{TRY_NEW, 408, ""}},
		KEY_CHANGE_UNSETTLED},
	{"a crash, and a CA that sends us elsewhere", true,
		{{TRY_NEW, 302, ""}}, KEY_CHANGE_UNSETTLED},
	{"the CA takes the new key and goes by the old one", false,
		{{CHANGE, 200, "{}"}, {TRY_NEW, 403, REFUSED},
			{TRY_OLD, 200, "{}"}},
		KEY_CHANGE_OLD},
};

static struct directory DIRECTORY = {
	.url = (char *)"https://ca.example/dir",
	.key_change = (char *)CHANGE_URL,
};

static void check_request(const struct request *request, enum what what)
{
	static const enum request_signer SIGNERS[] = {
		[CHANGE] = REQUEST_KEY_CHANGE,
		[TRY_NEW] = REQUEST_BY_NEXT_KEY,
		[TRY_OLD] = REQUEST_BY_ACCOUNT,
	};

	ck_assert_ptr_nonnull(request);
	ck_assert_int_eq(request->signer, SIGNERS[what]);
	ck_assert_str_eq(request->url, what == CHANGE ? CHANGE_URL : URL);
	ck_assert_str_eq(request->payload, "");
}

START_TEST(every_end_is_found_by_asking_the_ca)
{
	const struct scenario *scenario = &SCENARIOS[_i];
	struct error err = {0};
	const struct error lost = {.kind = ERROR_TRANSIENT, .code = "N1"};
	struct key_change *change =
		key_change_new(&DIRECTORY, URL, scenario->is_resumed, &err);

	ck_assert_ptr_nonnull(change);
	for (int i = 0; scenario->steps[i].what != END; i++) {
		struct reply reply = canned(
			scenario->steps[i].status, scenario->steps[i].body);
		ck_assert_int_eq(key_change_state(change), KEY_CHANGE_RUNNING);
		check_request(key_change_next(change), scenario->steps[i].what);
		ck_assert_ptr_null(key_change_next(change));
		if (reply.status)
			key_change_done(change, &reply, NULL);
		else
			key_change_done(change, NULL, &lost);
	}
	ck_assert_ptr_null(key_change_next(change));
	key_change_done(change, NULL, &lost); /* nothing was asked */
	ck_assert_msg(key_change_state(change) == scenario->state, "%s",
		scenario->what);
	if (scenario->state != KEY_CHANGE_NEW)
		ck_assert_int_ne(key_change_error(change)->kind, ERROR_NONE);
	key_change_free(change);
}
END_TEST

START_TEST(a_ca_without_the_resource_is_named)
{
	struct directory directory = DIRECTORY;
	struct error err = {0};

	directory.key_change = NULL;
	ck_assert_ptr_null(key_change_new(&directory, URL, false, &err));
	ck_assert_int_eq(err.kind, ERROR_REFUSED);
	ck_assert_ptr_nonnull(strstr(err.text, "'https://ca.example/dir'"));
	key_change_free(NULL);
}
END_TEST

START_TEST(where_none_can_be_changed_any_more_the_old_key_stays)
{
	struct directory directory = DIRECTORY;
	struct error err = {0};
	const struct reply refused = canned(403, REFUSED);
	const struct reply fine = canned(200, "{}");

	directory.key_change = NULL;
	struct key_change *change = key_change_new(&directory, URL, true, &err);
	ck_assert_ptr_nonnull(change);
	check_request(key_change_next(change), TRY_NEW);
	key_change_done(change, &refused, NULL);
	check_request(key_change_next(change), TRY_OLD);
	key_change_done(change, &fine, NULL);
	ck_assert_int_eq(key_change_state(change), KEY_CHANGE_OLD);
	key_change_free(change);
}
END_TEST

static json_t *decode(const json_t *jws, const char *name)
{
	size_t length = 0;
	cleanup(bytes) unsigned char *bytes =
		base64url_decode(member_string_or(jws, name, ""), &length);
	struct error err = {0};

	ck_assert_ptr_nonnull(bytes);
	return json_read((const char *)bytes, length, name, &err);
}

/* RFC 8555 section 7.3.5: no nonce, the new key in the header, account and
 * old key in the payload. */
START_TEST(the_inner_jws_says_what_the_rfc_wants)
{
	struct error err = {0};
	cleanup(pkey) EVP_PKEY *new = key_generate(KEY_ECDSA_P384, &err);
	cleanup(pkey) EVP_PKEY *old = key_generate(KEY_ECDSA_P256, &err);
	cleanup(string) char *text =
		key_change_payload(new, old, URL, CHANGE_URL, &err);
	cleanup(json) json_t *jws = json_read(text, strlen(text), "it", &err);
	cleanup(json) json_t *header = decode(jws, "protected");
	cleanup(json) json_t *payload = decode(jws, "payload");
	cleanup(json) json_t *new_jwk = key_to_jwk(new, &err);
	cleanup(json) json_t *old_jwk = key_to_jwk(old, &err);

	ck_assert_uint_eq(json_object_size(header), 3);
	ck_assert_str_eq(member_string_or(header, "alg", ""), "ES384");
	ck_assert_str_eq(member_string_or(header, "url", ""), CHANGE_URL);
	ck_assert(json_equal(json_object_get(header, "jwk"), new_jwk));
	ck_assert_uint_eq(json_object_size(payload), 2);
	ck_assert_str_eq(member_string_or(payload, "account", ""), URL);
	ck_assert(json_equal(json_object_get(payload, "oldKey"), old_jwk));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("key_change");
	TCase *tests = tcase_create("key_change");

	tcase_add_loop_test(tests, every_end_is_found_by_asking_the_ca, 0,
		sizeof(SCENARIOS) / sizeof(*SCENARIOS));
	tcase_add_test(tests, a_ca_without_the_resource_is_named);
	tcase_add_test(
		tests, where_none_can_be_changed_any_more_the_old_key_stays);
	tcase_add_test(tests, the_inner_jws_says_what_the_rfc_wants);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
