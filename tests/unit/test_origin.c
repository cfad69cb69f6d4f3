/* SPDX-License-Identifier: MIT */
#include "origin.h"

#include "suite.h"

#include <arpa/inet.h>
#include <check.h>
#include <string.h>

static uint64_t of(const char *text)
{
	union origin_peer peer;

	memset(&peer, 0, sizeof(peer));
	if (strchr(text, ':')) {
		peer.v6.sin6_family = AF_INET6;
		peer.v6.sin6_port = 4711;
		ck_assert(inet_pton(AF_INET6, text, &peer.v6.sin6_addr));
	} else {
		peer.v4.sin_family = AF_INET;
		peer.v4.sin_port = 4711;
		ck_assert(inet_pton(AF_INET, text, &peer.v4.sin_addr));
	}
	return origin_of(&peer);
}

START_TEST(this_machine_counts_for_nobody)
{
	union origin_peer local;

	memset(&local, 0, sizeof(local));
	local.any.sa_family = AF_UNIX;
	ck_assert_uint_eq(origin_of(&local), 0);
	ck_assert_uint_eq(of("127.0.0.1"), 0);
	ck_assert_uint_eq(of("127.1.2.3"), 0);
	ck_assert_uint_eq(of("::1"), 0);
	ck_assert_uint_eq(of("::ffff:127.0.0.1"), 0);
}
END_TEST

START_TEST(every_address_of_ipv4_is_one)
{
	ck_assert_uint_ne(of("192.0.2.1"), 0);
	ck_assert_uint_ne(of("192.0.2.1"), of("192.0.2.2"));
	ck_assert_uint_eq(of("192.0.2.1"), of("192.0.2.1"));
	ck_assert_uint_eq(of("192.0.2.1"), of("::ffff:192.0.2.1"));
}
END_TEST

START_TEST(a_network_of_ipv6_is_one)
{
	ck_assert_uint_eq(of("2001:db8::1"), of("2001:db8:0:0:ffff::2"));
	ck_assert_uint_ne(of("2001:db8::1"), of("2001:db8:0:1::1"));
}
END_TEST

START_TEST(no_network_of_ipv6_is_an_address_of_ipv4)
{
	ck_assert_uint_ne(of("192.0.2.1"), of("2001:db8:c000:201::"));
	ck_assert_uint_ne(of("192.0.2.1"), of("c000:201::1"));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("origin");
	TCase *tests = tcase_create("origin");

	tcase_add_test(tests, this_machine_counts_for_nobody);
	tcase_add_test(tests, every_address_of_ipv4_is_one);
	tcase_add_test(tests, a_network_of_ipv6_is_one);
	tcase_add_test(tests, no_network_of_ipv6_is_an_address_of_ipv4);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
