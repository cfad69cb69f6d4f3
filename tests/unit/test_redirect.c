/* SPDX-License-Identifier: MIT */
#include "redirect.h"

#include "suite.h"
#include "text.h"

#include <check.h>
#include <string.h>

#define FIRST "http://shop.test/.well-known/acme-challenge/token"

static struct redirect_target target;
static struct error err;

static bool go(long status, const char *location)
{
	ck_assert(redirect_begin(&target, FIRST, NULL));
	return redirect_follow(&target, status, location, &err);
}

START_TEST(the_first_url_is_port_80_of_the_name)
{
	ck_assert(redirect_begin(&target, FIRST, NULL));
	ck_assert_str_eq(target.url, FIRST);
	ck_assert_str_eq(target.host, "shop.test");
	ck_assert_uint_eq(target.port, 80);
	ck_assert(!target.is_https);
}
END_TEST

static const struct {
	long status;
	const char *location;
	const char *url;
	uint16_t port;
} FOLLOWED[] = {
	{301, "https://shop.test/x", "https://shop.test/x", 443},
	{302, "http://www.shop.test/x", "http://www.shop.test/x", 80},
	{303, "/other", "http://shop.test/other", 80},
	{307, "//cdn.test/x?y=1", "http://cdn.test/x?y=1", 80},
	{308, "https://shop.test:80/x", "https://shop.test:80/x", 80},
	{301, "http://shop.test:443/", "http://shop.test:443/", 443},
};

START_TEST(redirects_of_a_good_server_are_followed)
{
	ck_assert(go(FOLLOWED[_i].status, FOLLOWED[_i].location));
	ck_assert_str_eq(target.url, FOLLOWED[_i].url);
	ck_assert_uint_eq(target.port, FOLLOWED[_i].port);
}
END_TEST

static const struct {
	long status;
	const char *location;
	const char *text;
} REFUSED[] = {
	{301, "https://shop.test:8443/", "only to the ports 80 and 443"},
	{301, "http://192.0.2.1/x", "not to IP addresses"},
	{301, "http://[2001:db8::1]/x", "not to IP addresses"},
	{301, "ftp://shop.test:80/x", "only to http and https"},
	{301, "http://intranet/x", "no name of a public domain"},
	{301, "http://shop.test./x", "no name of a public domain"},
	{301, NULL, "redirects (301) to nowhere"},
	{301, "", "to nowhere"},
	{301, "http://", "that is no URL"},
	{304, "http://shop.test/x", "a CA follows only 301"},
	{300, "http://shop.test/x", "answers with 300"},
};

START_TEST(where_a_ca_does_not_go_is_named)
{
	ck_assert(!go(REFUSED[_i].status, REFUSED[_i].location));
	ck_assert_str_eq(err.code, "H6");
	ck_assert_ptr_nonnull(strstr(err.text, REFUSED[_i].text));
	ck_assert_str_eq(target.url, FIRST);
}
END_TEST

START_TEST(a_stranger_cannot_send_us_a_novel)
{
	char location[REDIRECT_URL_MAX + 100] = "http://shop.test/";

	memset(location + strlen(location), 'a',
		sizeof(location) - strlen(location) - 1);
	location[sizeof(location) - 1] = '\0';
	ck_assert(!go(301, location));
	ck_assert_ptr_nonnull(strstr(err.text, "too long"));
}
END_TEST

START_TEST(what_a_stranger_writes_is_shown_in_one_line)
{
	ck_assert(!go(301, "http://sh\nop.test/\033[31m"));
	ck_assert_ptr_null(strchr(err.text, '\n'));
	ck_assert_ptr_null(strchr(err.text, '\033'));
}
END_TEST

int main(void)
{
	TCase *cases = tcase_create("redirect");
	Suite *suite = suite_create("redirect");

	tcase_add_test(cases, the_first_url_is_port_80_of_the_name);
	tcase_add_loop_test(cases, redirects_of_a_good_server_are_followed, 0,
		sizeof(FOLLOWED) / sizeof(*FOLLOWED));
	tcase_add_loop_test(cases, where_a_ca_does_not_go_is_named, 0,
		sizeof(REFUSED) / sizeof(*REFUSED));
	tcase_add_test(cases, a_stranger_cannot_send_us_a_novel);
	tcase_add_test(cases, what_a_stranger_writes_is_shown_in_one_line);
	suite_add_tcase(suite, cases);
	return suite_run(suite);
}
