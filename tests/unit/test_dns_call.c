/* SPDX-License-Identifier: MIT */
#include "dns_call.h"

#include "dns_answer.h"
#include "fake_zone.h"
#include "suite.h"

#include <check.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#undef fail

static struct fake_zone zone;
static struct dns_tools tools;
static struct dns_message message;
static unsigned ends;
static size_t got;
static struct error last;

static bool answer_plainly(
	const struct fake_query *query, struct dns_message *reply)
{
	fake_zone_head(reply, query, DNS_NOERROR, 0);
	return true;
}

static void set_up(void)
{
	const struct dns_question question = {
		.id = 0x1234, .type = DNS_TYPE_TXT, .name = "a.example"};

	ends = 0;
	fake_zone_start(&zone, ev_loop_new(EVFLAG_NOENV));
	zone.on_query = answer_plainly;
	tools = fake_zone_tools(&zone, NULL);
	ck_assert(dns_question_write(&question, &message, NULL));
}

static void tear_down(void)
{
	fake_zone_stop(&zone);
	ev_loop_destroy(zone.loop);
}

static void on_end(void *data, const unsigned char *reply, size_t length,
	const struct error *err)
{
	(void)data;
	(void)reply;
	ends++;
	got = length;
	last = err ? *err : (struct error){0};
}

static struct dns_call *call(uint16_t port, bool prefers_stream)
{
	return dns_call_start(&(struct dns_call_wish){
		.tools = &tools,
		.server = "127.0.0.1",
		.port = port,
		.message = message.bytes,
		.length = message.length,
		.prefers_stream = prefers_stream,
		.on_end = on_end,
	});
}

START_TEST(a_datagram_is_answered)
{
	call(zone.port, false);
	ck_assert_uint_eq(ends, 0);
	fake_zone_turn(&zone, &ends, 1);
	ck_assert_int_eq(last.kind, ERROR_NONE);
	ck_assert_uint_eq(got, message.length);
	ck_assert_uint_eq(zone.datagrams, 1);
	ck_assert_uint_eq(zone.streams, 0);
}
END_TEST

START_TEST(a_stream_is_answered_in_pieces)
{
	call(zone.port, true);
	fake_zone_turn(&zone, &ends, 1);
	ck_assert_int_eq(last.kind, ERROR_NONE);
	ck_assert_uint_eq(got, message.length);
	ck_assert_uint_eq(zone.datagrams, 0);
	ck_assert_uint_eq(zone.streams, 1);
}
END_TEST

static bool cut_datagrams(
	const struct fake_query *query, struct dns_message *reply)
{
	fake_zone_head(reply, query, DNS_NOERROR, 0);
	if (!query->is_stream)
		reply->bytes[2] |= 0x02;
	return true;
}

START_TEST(what_is_cut_is_asked_for_over_a_stream)
{
	zone.on_query = cut_datagrams;
	call(zone.port, false);
	fake_zone_turn(&zone, &ends, 1);
	ck_assert_int_eq(last.kind, ERROR_NONE);
	ck_assert_uint_eq(zone.datagrams, 1);
	ck_assert_uint_eq(zone.streams, 1);
}
END_TEST

/* A stream hears nothing but the end of its connection. */
static bool answer_datagrams(
	const struct fake_query *query, struct dns_message *reply)
{
	fake_zone_head(reply, query, DNS_NOERROR, 0);
	return !query->is_stream;
}

START_TEST(a_stream_that_breaks_off_is_followed_by_a_datagram)
{
	zone.on_query = answer_datagrams;
	call(zone.port, true);
	fake_zone_turn(&zone, &ends, 1);
	ck_assert_int_eq(last.kind, ERROR_NONE);
	ck_assert_uint_eq(zone.datagrams, 1);
	ck_assert_uint_eq(zone.streams, 1);
}
END_TEST

static bool lie_once(const struct fake_query *query, struct dns_message *reply)
{
	struct fake_query other = *query;

	if (zone.datagrams == 1)
		other.header.id ^= 1;
	fake_zone_head(reply, &other, DNS_NOERROR, 0);
	return true;
}

START_TEST(a_reply_with_another_number_is_passed_over)
{
	zone.on_query = lie_once;
	call(zone.port, false);
	fake_zone_turn(&zone, &ends, 1);
	ck_assert_int_eq(last.kind, ERROR_NONE);
	ck_assert_uint_eq(zone.datagrams, 2);
}
END_TEST

START_TEST(where_nobody_listens_the_cause_is_told)
{
	uint16_t port = zone.port;

	close(zone.udp);
	close(zone.tcp);
	ev_io_stop(zone.loop, &zone.readable[0]);
	ev_io_stop(zone.loop, &zone.readable[1]);
	call(port, false);
	fake_zone_turn(&zone, &ends, 1);
	ck_assert_str_eq(last.code, "D6");
	ck_assert_int_eq(last.kind, ERROR_TRANSIENT);
	ck_assert_ptr_nonnull(strstr(last.text, "127.0.0.1"));
	ck_assert_ptr_nonnull(strstr(last.text, "refused"));
	zone.udp = zone.tcp = -1;
}
END_TEST

START_TEST(a_call_that_is_cancelled_never_ends)
{
	dns_call_cancel(call(zone.port, false));
	struct dns_call *second = call(zone.port, false);

	fake_zone_turn(&zone, &zone.datagrams, 1);
	dns_call_cancel(second);
	dns_call_cancel(NULL);
	call(zone.port, false);
	fake_zone_turn(&zone, &ends, 1);
	ck_assert_uint_eq(ends, 1);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("dns_call");
	TCase *tests = tcase_create("dns_call");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_set_timeout(tests, 30);
	tcase_add_test(tests, a_datagram_is_answered);
	tcase_add_test(tests, a_stream_is_answered_in_pieces);
	tcase_add_test(tests, what_is_cut_is_asked_for_over_a_stream);
	tcase_add_test(
		tests, a_stream_that_breaks_off_is_followed_by_a_datagram);
	tcase_add_test(tests, a_reply_with_another_number_is_passed_over);
	tcase_add_test(tests, where_nobody_listens_the_cause_is_told);
	tcase_add_test(tests, a_call_that_is_cancelled_never_ends);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
