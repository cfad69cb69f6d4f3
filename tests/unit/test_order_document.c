/* SPDX-License-Identifier: MIT */
#include "order_document.h"

#include "canned.h"
#include "mem.h"
#include "suite.h"

#include <check.h>

static bool read_body(
	const char *body, struct order_document *out, struct error *err)
{
	struct reply reply = canned(200, body);
	*err = (struct error){0};
	return order_document_read(&reply, out, err);
}

static const struct {
	const char *name;
	enum order_status status;
} STATUSES[] = {
	{"pending", ORDER_PENDING},
	{"ready", ORDER_READY},
	{"processing", ORDER_PROCESSING},
	{"valid", ORDER_VALID},
	{"invalid", ORDER_INVALID},
};

START_TEST(every_status_is_read)
{
	struct order_document document = {0};
	struct error err;
	cleanup(json) json_t *object =
		json_pack("{s:s}", "status", STATUSES[_i].name);
	cleanup(string) char *body = json_dumps(object, 0);

	ck_assert(read_body(body, &document, &err));
	ck_assert_int_eq(document.status, STATUSES[_i].status);
	ck_assert_int_eq(document.error.kind,
		document.status == ORDER_INVALID ? ERROR_VALIDATION
						 : ERROR_NONE);
	order_document_clear(&document);
}
END_TEST

START_TEST(a_whole_order_is_read)
{
	struct order_document document = {0};
	struct error err;

	ck_assert(read_body(
		"{\"status\":\"valid\",\"expires\":\"2026-01-02T03:04:05Z\","
		"\"identifiers\":[{\"type\":\"dns\",\"value\":\"a.example\"}],"
		"\"authorizations\":[\"https://ca.example/a\","
		"\"https://ca.example/b\"],\"finalize\":\"https://ca.example/f"
		"\",\"certificate\":\"https://ca.example/c\",\"new\":{}}",
		&document, &err));
	ck_assert_uint_eq(document.authorization_count, 2);
	ck_assert_str_eq(document.authorizations[1], "https://ca.example/b");
	ck_assert_uint_eq(document.identifier_count, 1);
	ck_assert_str_eq(document.identifiers[0].value, "a.example");
	ck_assert_str_eq(document.finalize, "https://ca.example/f");
	ck_assert_str_eq(document.certificate, "https://ca.example/c");
	ck_assert_int_gt(document.expires, 0);
	ck_assert(!order_document_is_expired(&document, document.expires + 1));
	document.status = ORDER_PENDING;
	ck_assert(order_document_is_expired(&document, document.expires));
	ck_assert(!order_document_is_expired(&document, document.expires - 1));
	document.expires = -62135596800; /* 0001-01-01 */
	ck_assert(!order_document_is_expired(&document, 1800000000));
	order_document_clear(&document);
}
END_TEST

START_TEST(a_certificate_counts_only_when_valid)
{
	struct order_document document = {0};
	struct error err;

	ck_assert(read_body("{\"status\":\"processing\",\"certificate\":"
			    "\"https://ca.example/c\",\"finalize\":null}",
		&document, &err));
	ck_assert_ptr_null(document.certificate);
	ck_assert_ptr_null(document.finalize);
	order_document_clear(&document);
}
END_TEST

#define NO_NAME "{\"type\":\"dns\",\"value\":\"a..example\"}"

static const char *const BAD[] = {
	"{}",
	"{\"status\":7}",
	"{\"status\":\"canceled\"}",
	"{\"status\":\"pending\",\"authorizations\":[7]}",
	"{\"status\":\"pending\",\"authorizations\":[\"http://x/\"]}",
	"{\"status\":\"pending\",\"identifiers\":[{}]}",
	"{\"status\":\"pending\",\"identifiers\":[" NO_NAME "]}",
	"{\"status\":\"ready\",\"finalize\":\"http://x/\"}",
	"{\"status\":\"valid\",\"certificate\":\"ftp://x/\"}",
	"[]",
	"<html>",
};

START_TEST(nonsense_leaves_the_old_document)
{
	struct order_document document = {.status = ORDER_READY};
	struct error err;

	ck_assert(!read_body(BAD[_i], &document, &err));
	ck_assert_msg(err.kind == ERROR_TRANSIENT, "%s: %s", BAD[_i], err.text);
	const struct reply reply = canned(200, BAD[_i]);
	ck_assert(!order_document_read(&reply, &document, NULL));
	ck_assert_int_eq(document.status, ORDER_READY);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("order_document");
	TCase *tests = tcase_create("order_document");

	tcase_add_loop_test(tests, every_status_is_read, 0,
		sizeof(STATUSES) / sizeof(*STATUSES));
	tcase_add_test(tests, a_whole_order_is_read);
	tcase_add_test(tests, a_certificate_counts_only_when_valid);
	tcase_add_loop_test(tests, nonsense_leaves_the_old_document, 0,
		sizeof(BAD) / sizeof(*BAD));
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
