/* SPDX-License-Identifier: MIT */
#include "directory.h"

#include "canned.h"
#include "mem.h"
#include "suite.h"

#include <check.h>

#define URL "https://ca.example/dir"
#define THREE \
	"\"newNonce\":\"https://ca.example/nonce\"," \
	"\"newAccount\":\"https://ca.example/sign-me-up\"," \
	"\"newOrder\":\"https://ca.example/order-plz\""

static struct directory *parse(long status, const char *body, struct error *err)
{
	struct reply reply = canned(status, body);
	*err = (struct error){0};
	return directory_parse(URL, &reply, err);
}

START_TEST(a_small_directory_without_meta_is_enough)
{
	struct error err;
	struct directory *directory =
		parse(200, "{" THREE ",\"Xr4k\":\"https://x/\"}", &err);

	ck_assert_ptr_nonnull(directory);
	ck_assert_str_eq(directory->url, URL);
	ck_assert_str_eq(directory->new_nonce, "https://ca.example/nonce");
	ck_assert_str_eq(
		directory->new_account, "https://ca.example/sign-me-up");
	ck_assert_str_eq(directory->new_order, "https://ca.example/order-plz");
	ck_assert_ptr_null(directory->renewal_info);
	ck_assert_ptr_null(directory->terms);
	ck_assert(!directory->eab_required);
	ck_assert(!directory_has_profile(directory, "classic"));
	directory_free(directory);
}
END_TEST

START_TEST(meta_is_read)
{
	struct error err;
	struct directory *directory = parse(200,
		"{" THREE ",\"revokeCert\":\"https://ca.example/r\","
		"\"keyChange\":null,\"renewalInfo\":\"https://ca.example/i\","
		"\"meta\":{\"termsOfService\":\"data:text/plain,Do%20what\","
		"\"website\":\"https://ca.example\",\"caaIdentities\":[\"a\"],"
		"\"issuerDomainNames\":[\"b\",\"c\"],"
		"\"externalAccountRequired\":true,"
		"\"profiles\":{\"shortlived\":\"six days\"}}}",
		&err);

	ck_assert_ptr_nonnull(directory);
	ck_assert_str_eq(directory->revoke_cert, "https://ca.example/r");
	ck_assert_ptr_null(directory->key_change);
	ck_assert_str_eq(directory->renewal_info, "https://ca.example/i");
	ck_assert_str_eq(directory->terms, "data:text/plain,Do%20what");
	ck_assert(directory->eab_required);
	ck_assert(directory_has_profile(directory, "shortlived"));
	ck_assert(!directory_has_profile(directory, "classic"));
	ck_assert_uint_eq(json_array_size(directory->caa_identities), 1);
	ck_assert_uint_eq(json_array_size(directory->issuer_domain_names), 2);
	directory_free(directory);
}
END_TEST

START_TEST(a_meta_of_wrong_types_is_passed_over)
{
	struct error err;
	struct directory *directory = parse(200,
		"{" THREE ",\"meta\":{\"termsOfService\":7,\"profiles\":[],"
		"\"caaIdentities\":{},\"issuerDomainNames\":7,"
		"\"externalAccountRequired\":\"yes\"}}",
		&err);

	ck_assert_ptr_nonnull(directory);
	ck_assert_ptr_null(directory->terms);
	ck_assert_ptr_null(directory->profiles);
	ck_assert_ptr_null(directory->caa_identities);
	ck_assert_ptr_null(directory->issuer_domain_names);
	directory_free(directory);
}
END_TEST

static const struct {
	long status;
	const char *body;
	enum error_kind kind;
	const char *says;
} BAD[] = {
	{200, "{}", ERROR_REFUSED, "newNonce"},
	{200,
		"{\"newNonce\":\"https://ca.example/n\","
		"\"newAccount\":\"https://ca.example/a\"}",
		ERROR_REFUSED, "newOrder"},
	{200,
		"{\"newNonce\":\"http://ca.example/n\","
		"\"newAccount\":\"https://a/\",\"newOrder\":\"https://o/\"}",
		ERROR_REFUSED, "'http://ca.example/n'"},
	{200, "{" THREE ",\"revokeCert\":\"http://ca.example/r\"}",
		ERROR_REFUSED, "'http://ca.example/r'"},
	{200, "{" THREE ",\"renewalInfo\":17}", ERROR_REFUSED, "renewalInfo"},
	{200, "<html>Welcome", ERROR_TRANSIENT, "HTML"},
	{200, "nonsense", ERROR_TRANSIENT, "directory"},
	{200, "[]", ERROR_TRANSIENT, "directory"},
	{403, "{\"type\":\"" ACME "malformed\"}", ERROR_REFUSED, "retired"},
	{404, "<html>Not found", ERROR_REFUSED, URL},
	{410, "", ERROR_REFUSED, "410"},
	{500, "", ERROR_TRANSIENT, "500"},
};

START_TEST(a_bad_directory_has_a_clear_error)
{
	struct error err;

	ck_assert_ptr_null(parse(BAD[_i].status, BAD[_i].body, &err));
	ck_assert_msg(err.kind == BAD[_i].kind, "%s", err.text);
	ck_assert_msg(strstr(err.text, BAD[_i].says), "%s", err.text);
	ck_assert_msg(strstr(err.text, URL), "%s", err.text);
}
END_TEST

START_TEST(a_directory_over_http_is_refused)
{
	struct reply reply = canned(200, "{" THREE "}");
	struct error err = {0};

	ck_assert_ptr_null(
		directory_parse("http://ca.example/dir", &reply, &err));
	ck_assert_int_eq(err.kind, ERROR_REFUSED);
	ck_assert_ptr_nonnull(strstr(err.text, "'http://ca.example/dir'"));
}
END_TEST

START_TEST(nothing_can_be_freed)
{
	directory_free(NULL);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("directory");
	TCase *tests = tcase_create("directory");

	tcase_add_test(tests, a_small_directory_without_meta_is_enough);
	tcase_add_test(tests, meta_is_read);
	tcase_add_test(tests, a_meta_of_wrong_types_is_passed_over);
	tcase_add_loop_test(tests, a_bad_directory_has_a_clear_error, 0,
		sizeof(BAD) / sizeof(*BAD));
	tcase_add_test(tests, a_directory_over_http_is_refused);
	tcase_add_test(tests, nothing_can_be_freed);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
