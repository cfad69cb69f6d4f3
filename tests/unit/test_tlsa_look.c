/* SPDX-License-Identifier: MIT */
#include "tlsa_look.h"

#include "fake_zone.h"
#include "json.h"
#include "known_chain.h"
#include "mem.h"
#include "suite.h"
#include "text.h"
#include "tlsa.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static struct fake_zone zone;
static struct dns_tools tools;
static struct known_chain known;
static char leaf[] = "/tmp/tlsa-XXXXXX";
static unsigned ends;
static enum finding_verdict verdict;
static struct error last;

/* mail has a record of no key at all, web none, and dark a bad server. */
static bool answer(const struct fake_query *query, struct dns_message *reply)
{
	static const unsigned char OTHER[3 + 32] = {3, 1, 1};

	ck_assert_uint_eq(query->type, TLSA_TYPE);
	if (streq(query->name, "_25._tcp.mail.example")) {
		fake_zone_head(reply, query, DNS_NOERROR, 1);
		fake_zone_bytes(reply, TLSA_TYPE, OTHER, sizeof(OTHER));
	} else if (streq(query->name, "_443._tcp.dark.example"))
		fake_zone_head(reply, query, DNS_SERVFAIL, 0);
	else
		fake_zone_head(reply, query, DNS_NXDOMAIN, 0);
	return true;
}

static void set_up(void)
{
	int file = mkstemp(leaf);

	known_chain_make(&known);
	cleanup(string) char *pem = known_pem(known.leaf, NULL);
	ck_assert(write(file, pem, strlen(pem)) > 0);
	close(file);
	ends = 0;
	fake_zone_start(&zone, ev_loop_new(EVFLAG_NOENV));
	zone.on_query = answer;
	tools = fake_zone_tools(&zone, NULL);
}

static void tear_down(void)
{
	fake_zone_stop(&zone);
	ev_loop_destroy(zone.loop);
	known_chain_clear(&known);
	unlink(leaf);
	strcpy(leaf + strlen(leaf) - 6, "XXXXXX");
}

static void on_end(
	void *data, enum finding_verdict found, const struct error *err)
{
	(void)data;
	ends++;
	verdict = found;
	last = *err;
}

/* Takes the endpoints. */
static struct tlsa_look *start(json_t *endpoints, const char *path)
{
	struct tlsa_look *look = tlsa_look_start(&(struct tlsa_look_wish){
		.tools = &tools,
		.endpoints = endpoints,
		.leaf = path,
		.on_end = on_end,
	});

	json_decref(endpoints);
	return look;
}

static void expect(json_t *endpoints, enum finding_verdict wanted)
{
	unsigned goal = ends + 1;

	start(endpoints, leaf);
	ck_assert_uint_lt(ends, goal);
	fake_zone_turn(&zone, &ends, goal);
	ck_assert_int_eq(verdict, wanted);
}

START_TEST(a_record_of_another_key_is_told_with_the_right_one)
{
	char value[TLSA_VALUE_SIZE];

	expect(json_pack("[s, s]", "web.example:443", "smtp://mail.example:25"),
		FINDING_BAD);
	ck_assert_str_eq(last.code, "P11");
	ck_assert(tlsa_value(known.leaf, value));
	ck_assert(text_starts_with(last.text,
		"the TLSA records of '_25._tcp.mail.example' do not cover"));
	ck_assert_ptr_nonnull(strstr(last.text, value));
}
END_TEST

START_TEST(who_has_no_records_is_fine)
{
	expect(json_pack("[s, s]", "web.example:443", "192.0.2.1:443"),
		FINDING_GOOD);
	expect(json_pack("[s]", "192.0.2.1:443,sni=web.example"), FINDING_GOOD);
	ck_assert_uint_eq(zone.datagrams, 2);
	expect(json_array(), FINDING_GOOD);
	expect(NULL, FINDING_GOOD);
}
END_TEST

START_TEST(a_server_that_would_not_say_is_no_news)
{
	expect(json_pack("[s, s]", "dark.example:443", "web.example:443"),
		FINDING_UNKNOWN);
}
END_TEST

START_TEST(without_a_leaf_nothing_is_asked)
{
	start(json_pack("[s]", "smtp://mail.example:25"), "/nonexistent");
	fake_zone_turn(&zone, &ends, 1);
	ck_assert_int_eq(verdict, FINDING_UNKNOWN);
	ck_assert_uint_eq(zone.datagrams, 0);
}
END_TEST

START_TEST(one_that_is_cancelled_is_silent)
{
	tlsa_look_cancel(start(json_pack("[s]", "web.example:443"), leaf));
	expect(json_pack("[s]", "web.example:443"), FINDING_GOOD);
	ck_assert_uint_eq(ends, 1);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("tlsa_look");
	TCase *tests = tcase_create("tlsa_look");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(
		tests, a_record_of_another_key_is_told_with_the_right_one);
	tcase_add_test(tests, who_has_no_records_is_fine);
	tcase_add_test(tests, a_server_that_would_not_say_is_no_news);
	tcase_add_test(tests, without_a_leaf_nothing_is_asked);
	tcase_add_test(tests, one_that_is_cancelled_is_silent);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
