/* SPDX-License-Identifier: MIT */
#include "dns_alias.h"

#include "dns_lookup.h"
#include "fake_zone.h"
#include "suite.h"
#include "text.h"

#include <check.h>
#include <string.h>
#include <unistd.h>
#undef fail

/* Look-ups by the servers of resolv.conf, and the aliases that they find. */

static struct fake_zone zone;
static struct dns_tools tools;
static unsigned ends;
static struct error last;
static bool has_text;
static struct dns_alias_end found;
static char name[DNS_NAME_SIZE];

static const struct {
	const char *from;
	const char *to;
} ALIASES[] = {
	{"a.example", "b.example"},
	{"b.example", "c.example"},
	{"loop.example", "pool.example"},
	{"pool.example", "loop.example"},
};

static bool answer(const struct fake_query *query, struct dns_message *reply)
{
	for (size_t i = 0; i < sizeof(ALIASES) / sizeof(*ALIASES); i++)
		if (streq(query->name, ALIASES[i].from)) {
			fake_zone_head(reply, query, DNS_NOERROR, 1);
			fake_zone_name(reply, DNS_TYPE_CNAME, ALIASES[i].to);
			return true;
		}
	if (streq(query->name, "broken.example"))
		fake_zone_head(reply, query, DNS_SERVFAIL, 0);
	else if (streq(query->name, "closed.example"))
		fake_zone_head(reply, query, DNS_REFUSED, 0);
	else if (query->type == DNS_TYPE_TXT) {
		fake_zone_head(reply, query, DNS_NOERROR, 1);
		fake_zone_text(reply, "value");
	} else if (streq(query->name, "there.example"))
		fake_zone_head(reply, query, DNS_NOERROR, 0);
	else
		fake_zone_head(reply, query, DNS_NXDOMAIN, 0);
	return true;
}

static void set_up(void)
{
	ends = 0;
	fake_zone_start(&zone, ev_loop_new(EVFLAG_NOENV));
	zone.on_query = answer;
	tools = fake_zone_tools(&zone, NULL);
}

static void tear_down(void)
{
	fake_zone_stop(&zone);
	ev_loop_destroy(zone.loop);
}

static void on_text(
	void *data, struct dns_answer *reply, const struct error *err)
{
	(void)data;
	ends++;
	has_text = reply && dns_answer_has_text(reply, "value");
	last = err ? *err : (struct error){0};
}

static void look_up(const char *asked)
{
	dns_lookup_start(&tools, asked, DNS_TYPE_TXT, on_text, NULL);
	fake_zone_turn(&zone, &ends, ends + 1);
}

static void on_end(
	void *data, const struct dns_alias_end *end, const struct error *err)
{
	(void)data;
	ends++;
	found = end ? *end : (struct dns_alias_end){0};
	if (end)
		memcpy(name, end->name, strlen(end->name) + 1);
	last = err ? *err : (struct error){0};
}

static void follow(const char *from)
{
	dns_alias_start(&tools, from, on_end, NULL);
	fake_zone_turn(&zone, &ends, ends + 1);
}

START_TEST(a_record_is_looked_up)
{
	look_up("there.example");
	ck_assert_int_eq(last.kind, ERROR_NONE);
	ck_assert(has_text);
}
END_TEST

START_TEST(servers_that_fail_are_told)
{
	look_up("broken.example");
	ck_assert_str_eq(last.code, "D7");
	ck_assert_ptr_nonnull(strstr(last.text, "SERVFAIL"));
	look_up("closed.example");
	ck_assert_str_eq(last.code, "D7");
	ck_assert_ptr_nonnull(strstr(last.text, "REFUSED"));
}
END_TEST

START_TEST(without_a_server_nothing_is_asked)
{
	dns_set_resolv_conf(zone.dns, "/nonexistent", zone.port);
	look_up("there.example");
	ck_assert_str_eq(last.code, "N3");
	ck_assert_ptr_nonnull(strstr(last.text, "/nonexistent"));
	ck_assert_uint_eq(zone.datagrams, 0);
}
END_TEST

START_TEST(a_name_without_an_alias_stays)
{
	follow("there.example");
	ck_assert_str_eq(name, "there.example");
	ck_assert(!found.is_another);
	ck_assert(!found.is_missing);
	follow("_acme-challenge.Nowhere.example.");
	ck_assert_str_eq(name, "_acme-challenge.nowhere.example");
	ck_assert(found.is_missing);
}
END_TEST

START_TEST(an_alias_of_an_alias_is_followed)
{
	follow("a.example");
	ck_assert_int_eq(last.kind, ERROR_NONE);
	ck_assert_str_eq(name, "c.example");
	ck_assert(found.is_another);
	ck_assert(found.is_missing);
	ck_assert_uint_eq(zone.datagrams, 3);
}
END_TEST

START_TEST(a_loop_of_aliases_has_an_end)
{
	follow("loop.example");
	ck_assert_str_eq(last.code, "D5");
}
END_TEST

START_TEST(a_search_that_fails_says_why)
{
	follow("broken.example");
	ck_assert_str_eq(last.code, "D7");
	follow("no name");
	ck_assert_int_eq(last.kind, ERROR_REFUSED);
}
END_TEST

START_TEST(what_is_cancelled_never_ends)
{
	struct dns_alias *alias =
		dns_alias_start(&tools, "a.example", on_end, NULL);
	struct dns_lookup *lookup = dns_lookup_start(
		&tools, "there.example", DNS_TYPE_TXT, on_text, NULL);

	fake_zone_turn(&zone, &zone.datagrams, 1);
	dns_alias_cancel(alias);
	dns_lookup_cancel(lookup);
	dns_alias_cancel(NULL);
	dns_lookup_cancel(NULL);
	follow("there.example");
	ck_assert_uint_le(ends, 2); /* one may have ended before */
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("dns_alias");
	TCase *tests = tcase_create("dns_alias");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_set_timeout(tests, 30);
	tcase_add_test(tests, a_record_is_looked_up);
	tcase_add_test(tests, servers_that_fail_are_told);
	tcase_add_test(tests, without_a_server_nothing_is_asked);
	tcase_add_test(tests, a_name_without_an_alias_stays);
	tcase_add_test(tests, an_alias_of_an_alias_is_followed);
	tcase_add_test(tests, a_loop_of_aliases_has_an_end);
	tcase_add_test(tests, a_search_that_fails_says_why);
	tcase_add_test(tests, what_is_cancelled_never_ends);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
