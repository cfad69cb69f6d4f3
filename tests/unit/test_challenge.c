/* SPDX-License-Identifier: MIT */
#include "challenge.h"

#include "mem.h"
#include "suite.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

#define URL "https://ca.example/chall/1"
#define TOKEN "LoqXcYV8q5ONbJQxbmR7SCTNo3tiAXDfowyjxAjEuX0"

static bool parse(
	const char *challenges, struct challenge *out, struct error *err)
{
	struct identifier identifier = {.value = "a.example"};
	const struct challenge_answerer answerer = {.thumbprint = "thumb"};
	char body[2048];
	snprintf(body, sizeof(body), "{\"challenges\":%s}", challenges);
	cleanup(json) json_t *object = json_loads(body, 0, NULL);
	ck_assert_ptr_nonnull(object);

	*out = (struct challenge){0};
	*err = (struct error){0};
	return challenge_parse(
		object, &identifier, CHALLENGE_HTTP_01, &answerer, out, err);
}

START_TEST(the_wanted_type_is_found_among_strangers)
{
	struct challenge challenge;
	struct error err;

	ck_assert(parse("[7,{},{\"type\":\"dns-persist-01\"},{\"type\":"
			"\"http-01\",\"url\":\"" URL "\",\"token\":\"" TOKEN
			"\",\"new\":[]}]",
		&challenge, &err));
	ck_assert_str_eq(challenge.url, URL);
	ck_assert_str_eq(challenge.token, TOKEN);
	ck_assert_str_eq(challenge.answer, TOKEN ".thumb");
	ck_assert_str_eq(challenge.identifier.value, "a.example");
	challenge_clear(&challenge);
	ck_assert_ptr_null(challenge.url);
}
END_TEST

#define WITH_TOKEN(token) \
	"[{\"type\":\"http-01\",\"url\":\"" URL "\",\"token\":\"" token "\"}]"

static const struct {
	const char *challenges;
	enum error_kind kind;
	const char *says;
} BAD[] = {
	{"[]", ERROR_REFUSED, "only: nothing"},
	{"{}", ERROR_REFUSED, "only: nothing"},
	{"[{\"type\":\"dns-01\"},{\"type\":\"tls-alpn-01\"}]", ERROR_REFUSED,
		"no http-01 for 'a.example', only: dns-01, tls-alpn-01"},
	{"[{\"type\":\"http-01\"}]", ERROR_TRANSIENT, "url"},
	{"[{\"type\":\"http-01\",\"url\":\"http://ca.example/1\"}]",
		ERROR_TRANSIENT, "'http://ca.example/1'"},
	{"[{\"type\":\"http-01\",\"url\":\"" URL "\"}]", ERROR_TRANSIENT,
		"token"},
	{WITH_TOKEN(""), ERROR_TRANSIENT, "token"},
	{WITH_TOKEN("ABCDEFGHIJKLMNOPQRSTU"), ERROR_TRANSIENT, "token"},
	{WITH_TOKEN("../../../../etc/passwd_"), ERROR_TRANSIENT, "token"},
	{WITH_TOKEN("ABCDEFGHIJKLMNOPQRSTUVWX=="), ERROR_TRANSIENT, "token"},
	{WITH_TOKEN("ABCDEFGHIJKLMNOPQRSTUVWX+Y"), ERROR_TRANSIENT, "token"},
	{WITH_TOKEN("ABCDEFGHIJKLMNOPQRSTUVWX\\nY"), ERROR_TRANSIENT, "token"},
	{WITH_TOKEN(TOKEN TOKEN TOKEN), ERROR_TRANSIENT, "token"},
};

START_TEST(a_bad_challenge_has_a_clear_error)
{
	struct challenge challenge;
	struct error err;

	ck_assert(!parse(BAD[_i].challenges, &challenge, &err));
	ck_assert_msg(err.kind == BAD[_i].kind, "%s: %s", BAD[_i].challenges,
		err.text);
	ck_assert_msg(strstr(err.text, BAD[_i].says) != NULL, "%s", err.text);
	ck_assert_ptr_null(challenge.url);
}
END_TEST

START_TEST(a_token_of_22_letters_is_enough)
{
	struct challenge challenge;
	struct error err;

	ck_assert(
		parse(WITH_TOKEN("ABCDEFGHIJKLMNOPQRSTUV"), &challenge, &err));
	challenge_clear(&challenge);
}
END_TEST

START_TEST(types_have_names)
{
	enum challenge_type type;

	ck_assert(challenge_type_parse("http-01", &type));
	ck_assert_int_eq(type, CHALLENGE_HTTP_01);
	ck_assert_str_eq(challenge_type_name(type), "http-01");
	ck_assert(!challenge_type_parse("http-02", &type));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("challenge");
	TCase *tests = tcase_create("challenge");

	tcase_add_test(tests, the_wanted_type_is_found_among_strangers);
	tcase_add_loop_test(tests, a_bad_challenge_has_a_clear_error, 0,
		sizeof(BAD) / sizeof(*BAD));
	tcase_add_test(tests, a_token_of_22_letters_is_enough);
	tcase_add_test(tests, types_have_names);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
