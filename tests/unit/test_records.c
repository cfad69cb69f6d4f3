/* SPDX-License-Identifier: MIT */
#include "records.h"

#include "base64url.h"
#include "dns_update.h"
#include "fake_helper.h"
#include "fake_zone.h"
#include "json.h"
#include "mem.h"
#include "suite.h"
#include "text.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#undef fail

/* Records from their present to their end, with a vault and a name server that
 * are played. */

#define OPCODE(query) DNS_OPCODE((query)->header.flags)
#define MOST 8

static struct fake_zone zone;
static struct fake_helper vault;
static struct helper *helper;
static struct records *records;
static struct config_challenge settings;
static struct challenge answer;

/* What is in the zone, and what the server makes of questions. */
static char values[MOST][64];
static unsigned update_code;
static unsigned late; /* questions until it tells of them */
static unsigned text_code;

/* What was seen. */
static unsigned updates;
static unsigned removals;
static unsigned ends;
static unsigned waits;
static unsigned troubles;
static unsigned others;
static char of_others[512];
static struct error last;
static json_t *leftovers;

/* The name server. */

static bool is_there(const char *value)
{
	for (int i = 0; i < MOST; i++)
		if (streq(values[i], value))
			return true;
	return false;
}

static void put(const char *value, bool is_removal)
{
	const char *from = is_removal ? value : "";

	for (int i = 0; i < MOST; i++) {
		if (!streq(values[i], from))
			continue;
		snprintf(values[i], sizeof(values[i]), "%s",
			is_removal ? "" : value);
		return;
	}
}

static void answer_text(
	const struct fake_query *query, struct dns_message *reply)
{
	unsigned count = 0;

	for (int i = 0; i < MOST; i++)
		count += *values[i] != '\0';
	if (late) {
		late--;
		count = 0;
	}
	fake_zone_head(reply, query, text_code, count);
	for (int i = 0; i < MOST && count; i++)
		if (*values[i])
			fake_zone_text(reply, values[i]);
}

static bool serve(const struct fake_query *query, struct dns_message *reply)
{
	if (OPCODE(query) == DNS_OPCODE_UPDATE) {
		fake_zone_head(reply, query, update_code, 0);
		return true;
	}
	switch (query->type) {
	case DNS_TYPE_NS:
		fake_zone_head(reply, query, DNS_NOERROR, 1);
		fake_zone_name(reply, DNS_TYPE_NS, "127.0.0.1");
		return true;
	case DNS_TYPE_TXT:
		answer_text(query, reply);
		return true;
	default: /* no alias */
		fake_zone_head(reply, query, DNS_NXDOMAIN, 0);
		return true;
	}
}

/* The vault. It does not look at signatures: another test does. */

static json_t *sign(const json_t *request)
{
	const struct dns_update update = {
		.id = 7,
		.zone = member_string_or(request, "zone", ""),
		.name = member_string_or(request, "record", ""),
		.value = member_string_or(request, "value", ""),
		.is_removal = member_bool_or(request, "remove", false),
	};
	struct dns_message message;

	ck_assert(dns_update_write(&update, &message, NULL));
	cleanup(string) char *bytes =
		base64url_encode(message.bytes, message.length);
	*(update.is_removal ? &removals : &updates) += 1;
	return json_pack("{s:s, s:i, s:s}", "message", bytes, "number", 7,
		"mac", "bWFj");
}

static json_t *verify(const json_t *request)
{
	if (update_code == DNS_REFUSED)
		return json_pack("{s:{s:s, s:s, s:s}}", "error", "kind",
			"refused", "code", "D1", "text", "REFUSED");
	if (update_code != DNS_NOERROR)
		return json_pack("{s:{s:s, s:s, s:s}}", "error", "kind",
			"transient", "code", "D7", "text", "SERVFAIL");
	put(member_string_or(request, "value", ""),
		member_bool_or(request, "remove", false));
	return json_object();
}

static void on_request(struct fake_helper *from, const json_t *request)
{
	const char *verb = member_string_or(request, "verb", "");

	if (streq(verb, "dns-update"))
		fake_helper_reply(from, request, sign(request));
	else if (streq(verb, "dns-verify"))
		fake_helper_reply(from, request, verify(request));
	else
		fake_helper_reply(from, request,
			json_pack("{s:O}", "records", leftovers));
}

/* The test. */

static void on_trouble(
	void *data, const char *certificate, const struct error *err)
{
	(void)data;
	(void)certificate;
	(void)err;
	troubles++;
}

static void on_wait(
	void *data, const char *certificate, const struct error *err)
{
	(void)data;
	ck_assert_str_eq(certificate, "shop");
	ck_assert_ptr_nonnull(strstr(err->text, "127.0.0.1"));
	last = *err;
	waits++;
}

static void on_others(
	void *data, const char *certificate, const struct error *err)
{
	(void)data;
	ck_assert_str_eq(certificate, "shop");
	ck_assert_str_eq(err->code, "D3");
	snprintf(of_others, sizeof(of_others), "%s", err->text);
	others++;
}

static void on_vault_end(void *data, const struct error *err)
{
	(void)data;
	ck_abort_msg("%s", err->text);
}

static void set_up(void)
{
	const struct records_listener listener = {.on_trouble = on_trouble,
		.on_wait = on_wait,
		.on_others = on_others};
	struct ev_loop *loop = ev_loop_new(EVFLAG_NOENV);
	struct error err;

	memset(values, 0, sizeof(values));
	update_code = late = text_code = 0;
	updates = removals = ends = waits = troubles = others = 0;
	last = (struct error){0};
	vault.on_request = on_request;
	fake_helper_start(&vault, loop, "vault");
	helper = helper_new(loop, "vault", on_vault_end, NULL, &err);
	ck_assert_ptr_nonnull(helper);
	fake_zone_start(&zone, loop);
	zone.on_query = serve;
	const struct dns_tools tools = fake_zone_tools(&zone, helper);
	records = records_new(&tools, &listener);
	leftovers = json_array();
	settings = (struct config_challenge){
		.solver = SOLVER_RFC2136,
		.server = (char *)"127.0.0.1",
		.server_port = zone.port,
		.zone = (char *)"example.com",
	};
	answer = (struct challenge){
		.type = CHALLENGE_DNS_01,
		.record_name = (char *)"_acme-challenge.example.com",
		.record_value = (char *)"one",
	};
	ck_assert(identifier_parse("example.com", &answer.identifier, &err));
}

static void tear_down(void)
{
	records_free(records);
	fake_zone_stop(&zone);
	helper_free(helper);
	fake_helper_stop(&vault);
	json_decref(leftovers);
	ev_loop_destroy(zone.loop);
}

static void on_end(void *data, const struct error *err)
{
	(void)data;
	ends++;
	last = err ? *err : (struct error){0};
}

static struct record_run *present(const char *value)
{
	answer.record_value = (char *)value;
	return records_present(
		records, "shop", &settings, &answer, on_end, NULL);
}

/* Turns the loop until nothing of that value is in the zone. */
static void turn_until_gone(const char *value)
{
	while (is_there(value))
		fake_zone_turn(&zone, &vault.packets, vault.packets + 1);
}

START_TEST(a_record_comes_and_goes)
{
	struct record_run *run = present("one");

	ck_assert_uint_eq(ends, 0);
	fake_zone_turn(&zone, &ends, 1);
	ck_assert_msg(last.kind == ERROR_NONE, "%s", last.text);
	ck_assert(is_there("one"));
	record_run_withdraw(run);
	turn_until_gone("one");
	ck_assert_uint_eq(updates, 1);
	ck_assert_uint_eq(removals, 1);
	ck_assert_uint_eq(troubles, 0);
}
END_TEST

START_TEST(two_values_stand_at_one_name)
{
	struct record_run *first = present("one");
	struct record_run *second = present("two");

	fake_zone_turn(&zone, &ends, 2);
	ck_assert(is_there("one"));
	ck_assert(is_there("two"));
	record_run_withdraw(first);
	turn_until_gone("one");
	ck_assert(is_there("two"));
	record_run_withdraw(second);
	turn_until_gone("two");
}
END_TEST

START_TEST(what_others_left_is_told_once_and_stays)
{
	put("stale", false);
	put("older", false);
	struct record_run *first = present("one");
	struct record_run *second = present("two");

	fake_zone_turn(&zone, &ends, 2);
	fake_zone_turn(&zone, &others, 1);
	ck_assert_str_eq(of_others,
		"'_acme-challenge.example.com' has 2 TXT values on the name "
		"server '127.0.0.1' that acmed did not write and does not "
		"remove");
	record_run_withdraw(first);
	record_run_withdraw(second);
	turn_until_gone("one");
	turn_until_gone("two");
	ck_assert(is_there("stale"));
	ck_assert_uint_eq(others, 1);
}
END_TEST

START_TEST(a_late_server_is_waited_for_and_told_once)
{
	late = 3;
	struct record_run *run = present("one");

	fake_zone_turn(&zone, &ends, 1);
	ck_assert_int_eq(last.kind, ERROR_NONE);
	ck_assert_uint_eq(late, 0);
	ck_assert_uint_eq(waits, 1);
	record_run_withdraw(run);
	turn_until_gone("one");
}
END_TEST

START_TEST(a_server_that_never_has_it_is_named)
{
	late = 1000;
	settings.timeout = 1;
	struct record_run *run = present("one");

	fake_zone_turn(&zone, &ends, 1);
	ck_assert_str_eq(last.code, "D2");
	ck_assert_int_eq(last.kind, ERROR_VALIDATION);
	ck_assert_ptr_nonnull(strstr(last.text, "waited 1s"));
	record_run_withdraw(run);
	turn_until_gone("one");
}
END_TEST

START_TEST(a_server_that_fails_is_told_apart)
{
	text_code = DNS_SERVFAIL;
	settings.timeout = 1;
	struct record_run *run = present("one");

	fake_zone_turn(&zone, &ends, 1);
	ck_assert_str_eq(last.code, "D7");
	ck_assert_ptr_nonnull(strstr(last.text, "SERVFAIL"));
	record_run_withdraw(run);
	turn_until_gone("one");
}
END_TEST

START_TEST(what_was_refused_is_not_removed)
{
	update_code = DNS_REFUSED;
	struct record_run *run = present("one");

	fake_zone_turn(&zone, &ends, 1);
	ck_assert_str_eq(last.code, "D1");
	ck_assert_ptr_nonnull(strstr(last.text, "'127.0.0.1'"));
	record_run_withdraw(run);
	update_code = DNS_NOERROR;
	run = present("two");
	fake_zone_turn(&zone, &ends, 2);
	ck_assert_uint_eq(removals, 0);
	record_run_withdraw(run);
	turn_until_gone("two");
}
END_TEST

START_TEST(what_may_have_been_done_is_removed_quietly)
{
	update_code = DNS_SERVFAIL;
	struct record_run *run = present("one");

	fake_zone_turn(&zone, &ends, 1);
	ck_assert_str_eq(last.code, "D7");
	record_run_withdraw(run);
	fake_zone_turn(&zone, &removals, 1);
	ck_assert_uint_eq(troubles, 0);
}
END_TEST

START_TEST(one_that_cannot_be_taken_back_is_told)
{
	struct record_run *run = present("one");

	fake_zone_turn(&zone, &ends, 1);
	update_code = DNS_SERVFAIL;
	record_run_withdraw(run);
	fake_zone_turn(&zone, &troubles, 1);
	ck_assert(is_there("one"));
}
END_TEST

START_TEST(a_withdrawal_in_the_midst_of_it_removes_it)
{
	struct record_run *run = present("one");

	fake_zone_turn(&zone, &updates, 1);
	record_run_withdraw(run);
	fake_zone_turn(&zone, &removals, 1);
	turn_until_gone("one");
	ck_assert_uint_eq(ends, 0);
}
END_TEST

START_TEST(a_withdrawal_before_all_writes_nothing)
{
	record_run_withdraw(present("one"));
	struct record_run *run = present("two");

	fake_zone_turn(&zone, &ends, 1);
	ck_assert_uint_eq(updates, 1);
	ck_assert(!is_there("one"));
	record_run_withdraw(run);
	turn_until_gone("two");
}
END_TEST

START_TEST(a_value_that_two_orders_show_stays_for_the_second)
{
	struct record_run *first = present("one");
	struct record_run *second = present("one");

	fake_zone_turn(&zone, &ends, 2);
	record_run_withdraw(first);
	struct record_run *other = present("two");
	fake_zone_turn(&zone, &ends, 3);
	ck_assert_uint_eq(removals, 0);
	ck_assert(is_there("one"));
	record_run_withdraw(second);
	record_run_withdraw(other);
	turn_until_gone("two");
	turn_until_gone("one");
}
END_TEST

START_TEST(a_persistent_record_is_written_once_and_stays)
{
	answer.type = CHALLENGE_DNS_PERSIST_01;
	struct record_run *run = present("one");

	fake_zone_turn(&zone, &ends, 1);
	ck_assert_uint_eq(updates, 1);
	record_run_withdraw(run);
	run = present("one");
	fake_zone_turn(&zone, &ends, 2);
	ck_assert_int_eq(last.kind, ERROR_NONE);
	ck_assert_uint_eq(updates, 1);
	ck_assert_uint_eq(removals, 0);
	record_run_withdraw(run);
	ck_assert(is_there("one"));
}
END_TEST

static void leave(const char *value)
{
	json_array_append_new(leftovers,
		json_pack("{s:s, s:s, s:s, s:i, s:s, s:s, s:s}", "name", "shop",
			"identifier", "example.com", "server", "127.0.0.1",
			"port", (int)zone.port, "zone", "example.com", "record",
			"_acme-challenge.example.com", "value", value));
	put(value, false);
}

START_TEST(leftovers_go_but_what_is_in_use_stays)
{
	leave("old");
	put("foreign", false);
	struct record_run *run = present("one");
	leave("one");

	records_sweep(records);
	fake_zone_turn(&zone, &removals, 1);
	turn_until_gone("old");
	fake_zone_turn(&zone, &ends, 1);
	ck_assert(is_there("foreign"));
	ck_assert(is_there("one"));
	ck_assert_uint_eq(removals, 1);
	record_run_withdraw(run);
	fake_zone_turn(&zone, &removals, 2);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("records");
	TCase *tests = tcase_create("records");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_set_timeout(tests, 30);
	tcase_add_test(tests, a_record_comes_and_goes);
	tcase_add_test(tests, two_values_stand_at_one_name);
	tcase_add_test(tests, what_others_left_is_told_once_and_stays);
	tcase_add_test(tests, a_late_server_is_waited_for_and_told_once);
	tcase_add_test(tests, a_server_that_never_has_it_is_named);
	tcase_add_test(tests, a_server_that_fails_is_told_apart);
	tcase_add_test(tests, what_was_refused_is_not_removed);
	tcase_add_test(tests, what_may_have_been_done_is_removed_quietly);
	tcase_add_test(tests, one_that_cannot_be_taken_back_is_told);
	tcase_add_test(tests, a_withdrawal_in_the_midst_of_it_removes_it);
	tcase_add_test(tests, a_withdrawal_before_all_writes_nothing);
	tcase_add_test(
		tests, a_value_that_two_orders_show_stays_for_the_second);
	tcase_add_test(tests, a_persistent_record_is_written_once_and_stays);
	tcase_add_test(tests, leftovers_go_but_what_is_in_use_stays);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
