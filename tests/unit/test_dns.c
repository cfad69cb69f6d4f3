/* SPDX-License-Identifier: MIT */
#include "dns.h"

#include "fake_dns.h"
#include "suite.h"
#include "text.h"

#include <check.h>
#include <time.h>
#include <unistd.h>

#define BLOCKED 8 /* seconds that no call takes while the loop turns */

static struct ev_loop *loop;
static struct fake_dns server;
static struct dns *dns;

/* What the last callback saw. */
static unsigned answers;
static struct dns_address found[DNS_ADDRESSES];
static size_t found_count;
static struct error found_err;

static void on_answer(void *data, const struct dns_address *addresses,
	size_t count, const struct error *err)
{
	ck_assert((count == 0) == (err != NULL));
	answers++;
	found_count = count;
	if (count > 0)
		memcpy(found, addresses, count * sizeof(*addresses));
	else
		found_err = *err;
	if (data && --*(unsigned *)data == 0)
		ev_break(loop, EVBREAK_ALL);
}

static void start(void)
{
	answers = 0;
	loop = ev_loop_new(EVFLAG_NOENV);
	fake_dns_start(&server, loop);
	dns = dns_new(loop);
	dns_set_resolv_conf(dns, server.resolv_conf, server.port);
}

static void stop(void)
{
	dns_free(dns);
	fake_dns_stop(&server);
	ev_loop_destroy(loop);
}

static void resolve(const char *name)
{
	unsigned left = 1;

	dns_resolve(dns, name, on_answer, &left);
	ck_assert_uint_eq(left, 1);
	ev_run(loop, 0);
	ck_assert_uint_eq(left, 0);
}

static double seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

START_TEST(both_families_are_found_and_ipv6_is_first)
{
	start();
	resolve("both.example");
	ck_assert_uint_eq(found_count, 2);
	ck_assert_int_eq(found[0].family, AF_INET6);
	ck_assert_str_eq(found[0].text, "2001:db8::1");
	ck_assert_int_eq(found[1].family, AF_INET);
	ck_assert_str_eq(found[1].text, "192.0.2.1");
	ck_assert_uint_eq(server.queries, 2);
	stop();
}
END_TEST

START_TEST(one_family_is_enough)
{
	start();
	resolve(_i ? "four.example" : "six.example");
	ck_assert_uint_eq(found_count, 1);
	stop();
}
END_TEST

START_TEST(a_server_that_ignores_aaaa_costs_a_moment)
{
	start();
	double before = seconds();
	resolve("half.example");
	ck_assert_uint_eq(found_count, 1);
	ck_assert_double_lt(seconds() - before, 1.5);
	stop();
}
END_TEST

START_TEST(a_flood_of_addresses_is_cut)
{
	start();
	resolve("many.example");
	ck_assert_uint_eq(found_count, DNS_ADDRESSES);
	stop();
}
END_TEST

START_TEST(another_server_may_stand_in_for_those_of_resolv_conf)
{
	struct dns_server servers[DNS_SERVERS];

	start();
	dns_set_server(dns, "2001:db8::53", 0);
	ck_assert_uint_eq(dns_servers(dns, servers, NULL), 1);
	ck_assert_int_eq(servers[0].address.family, AF_INET6);
	ck_assert_str_eq(servers[0].address.text, "2001:db8::53");
	ck_assert_uint_eq(servers[0].port, DNS_PORT);
	dns_set_server(dns, NULL, 0);
	ck_assert_uint_eq(dns_servers(dns, servers, NULL), 1);
	ck_assert_str_eq(servers[0].address.text, "127.0.0.1");
	stop();
}
END_TEST

static const struct {
	const char *name;
	const char *code;
	const char *text;
} FAILURES[] = {
	{"gone.example", "H14", "'gone.example' does not exist"},
	{"empty.example", "H14", "'empty.example' has no A"},
	{"broken.example", "N3", "cannot resolve 'broken.example'"},
	{"refused.example", "N3", "cannot resolve 'refused.example'"},
};

START_TEST(a_failure_says_whose_it_is)
{
	start();
	resolve(FAILURES[_i].name);
	ck_assert_uint_eq(found_count, 0);
	ck_assert_int_eq(found_err.kind, ERROR_TRANSIENT);
	ck_assert_str_eq(found_err.code, FAILURES[_i].code);
	ck_assert_ptr_nonnull(strstr(found_err.text, FAILURES[_i].text));
	stop();
}
END_TEST

START_TEST(a_mute_server_ends_at_the_deadline)
{
	start();
	dns_set_deadline(dns, 0.1);
	double before = seconds();
	dns_resolve(dns, "mute.example", on_answer, NULL);
	ck_assert_double_lt(seconds() - before, BLOCKED);
	while (answers == 0) {
		before = seconds();
		ev_run(loop, EVRUN_ONCE);
		ck_assert_double_lt(seconds() - before, BLOCKED);
	}
	ck_assert_str_eq(found_err.code, "N3");
	ck_assert_ptr_nonnull(strstr(found_err.text, "within 0.1 s"));
	stop();
}
END_TEST

START_TEST(address_literals_need_no_server)
{
	start();
	resolve("192.0.2.7");
	ck_assert_str_eq(found[0].text, "192.0.2.7");
	resolve("2001:DB8::0:7");
	ck_assert_str_eq(found[0].text, "2001:db8::7");
	ck_assert_uint_eq(found_count, 1);
	ck_assert_uint_eq(server.queries, 0);
	stop();
}
END_TEST

START_TEST(localhost_is_this_machine)
{
	start();
	resolve("localhost");
	ck_assert_uint_eq(found_count, 2);
	ck_assert_str_eq(found[0].text, "::1");
	ck_assert_str_eq(found[1].text, "127.0.0.1");
	ck_assert_uint_eq(server.queries, 0);
	stop();
}
END_TEST

START_TEST(an_unreadable_resolv_conf_is_named)
{
	start();
	ck_assert_int_eq(unlink(server.resolv_conf), 0);
	resolve("both.example");
	ck_assert_uint_eq(found_count, 0);
	ck_assert_str_eq(found_err.code, "N3");
	ck_assert_ptr_nonnull(strstr(found_err.text, server.resolv_conf));
	ck_assert_ptr_nonnull(strstr(found_err.text, "No such file"));

	fake_dns_write_resolv_conf(&server);
	resolve("both.example");
	ck_assert_uint_eq(found_count, 2);
	stop();
}
END_TEST

START_TEST(a_new_resolv_conf_is_noticed_and_rescues_what_waits)
{
	unsigned left = 2;

	start();
	ev_io_stop(loop, &server.readable);
	dns_resolve(dns, "four.example", on_answer, &left);
	ev_run(loop, EVRUN_NOWAIT);
	ck_assert_uint_eq(answers, 0);

	/* What was sent to the first socket is answered to nobody. */
	fake_dns_write_resolv_conf(&server);
	dns_resolve(dns, "both.example", on_answer, &left);
	ev_io_start(loop, &server.readable);
	ev_run(loop, 0);
	ck_assert_uint_eq(answers, 2);
	stop();
}
END_TEST

START_TEST(a_hundred_queries_run_side_by_side)
{
	unsigned left = 100;

	start();
	for (int i = 0; i < 100; i++)
		dns_resolve(dns, i % 2 ? "both.example" : "gone.example",
			on_answer, &left);
	ev_run(loop, 0);
	ck_assert_uint_eq(answers, 100);
	stop();
}
END_TEST

START_TEST(a_cancelled_query_has_no_callback)
{
	start();
	struct dns_query *query =
		dns_resolve(dns, "mute.example", on_answer, NULL);
	dns_cancel(query);
	dns_cancel(dns_resolve(dns, "192.0.2.1", on_answer, NULL));
	query = dns_resolve(dns, "both.example", on_answer, NULL);
	ev_run(loop, EVRUN_NOWAIT);
	dns_cancel(query);
	resolve("four.example");
	ck_assert_uint_eq(answers, 1);
	dns_resolve(dns, "mute.example", on_answer, NULL);
	stop();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("dns");
	TCase *tests = tcase_create("dns");

	tcase_set_timeout(tests, 60);
	tcase_add_test(tests, both_families_are_found_and_ipv6_is_first);
	tcase_add_loop_test(tests, one_family_is_enough, 0, 2);
	tcase_add_test(tests, a_server_that_ignores_aaaa_costs_a_moment);
	tcase_add_test(tests, a_flood_of_addresses_is_cut);
	tcase_add_test(
		tests, another_server_may_stand_in_for_those_of_resolv_conf);
	tcase_add_loop_test(tests, a_failure_says_whose_it_is, 0,
		sizeof(FAILURES) / sizeof(*FAILURES));
	tcase_add_test(tests, a_mute_server_ends_at_the_deadline);
	tcase_add_test(tests, address_literals_need_no_server);
	tcase_add_test(tests, localhost_is_this_machine);
	tcase_add_test(tests, an_unreadable_resolv_conf_is_named);
	tcase_add_test(
		tests, a_new_resolv_conf_is_noticed_and_rescues_what_waits);
	tcase_add_test(tests, a_hundred_queries_run_side_by_side);
	tcase_add_test(tests, a_cancelled_query_has_no_callback);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
