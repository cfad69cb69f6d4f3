/* SPDX-License-Identifier: MIT */
#include "base64url.h"

#include "mem.h"
#include "suite.h"
#include "text.h"

#include <check.h>

#define COUNT(array) ((int)(sizeof(array) / sizeof(*(array))))

/* RFC 4648 section 10, and RFC 7515 appendix C. */
static const struct {
	const char *bytes;
	size_t length;
	const char *text;
} VECTORS[] = {
	{"", 0, ""},
	{"f", 1, "Zg"},
	{"fo", 2, "Zm8"},
	{"foo", 3, "Zm9v"},
	{"foob", 4, "Zm9vYg"},
	{"fooba", 5, "Zm9vYmE"},
	{"foobar", 6, "Zm9vYmFy"},
	{"\003\354\377\340\301", 5, "A-z_4ME"},
	{"\0\0\0", 3, "AAAA"},
};

START_TEST(vectors_go_both_ways)
{
	size_t length = 99;
	cleanup(string) char *text =
		base64url_encode(VECTORS[_i].bytes, VECTORS[_i].length);
	cleanup(bytes) unsigned char *bytes =
		base64url_decode(VECTORS[_i].text, &length);

	ck_assert_str_eq(text, VECTORS[_i].text);
	ck_assert_ptr_nonnull(bytes);
	ck_assert_uint_eq(length, VECTORS[_i].length);
	ck_assert_int_eq(memcmp(bytes, VECTORS[_i].bytes, length), 0);
}
END_TEST

static const char *const BAD[] = {"Zg==", "Zm8=", "=", "A", "Zm9vY", "+w",
	"A/z_", "Zm 8", "Zm8\n", "Zh", "Zm9", "\303\274", "Zm.8"};

START_TEST(improper_texts_are_refused)
{
	size_t length;

	ck_assert_ptr_null(base64url_decode(BAD[_i], &length));
}
END_TEST

START_TEST(every_byte_survives)
{
	unsigned char all[256];
	size_t length;

	for (size_t i = 0; i < sizeof(all); i++)
		all[i] = (unsigned char)i;
	cleanup(string) char *text = base64url_encode(all, sizeof(all));
	cleanup(bytes) unsigned char *bytes = base64url_decode(text, &length);
	ck_assert_uint_eq(length, sizeof(all));
	ck_assert_mem_eq(bytes, all, sizeof(all));
	ck_assert(base64url_is_valid(text));
}
END_TEST

START_TEST(valid_is_the_alphabet_and_not_empty)
{
	ck_assert(base64url_is_valid("evaGxfADs6pSRb2LAv9IZf17Dt3juxGJ-P_"));
	ck_assert(!base64url_is_valid(""));
	ck_assert(!base64url_is_valid("../etc"));
	ck_assert(!base64url_is_valid("ab="));
	ck_assert(!base64url_is_valid("a b"));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("base64url");
	TCase *tests = tcase_create("base64url");

	tcase_add_loop_test(tests, vectors_go_both_ways, 0, COUNT(VECTORS));
	tcase_add_loop_test(tests, improper_texts_are_refused, 0, COUNT(BAD));
	tcase_add_test(tests, every_byte_survives);
	tcase_add_test(tests, valid_is_the_alphabet_and_not_empty);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
