/* SPDX-License-Identifier: MIT */
#include "vault_run.h"

#include "json.h"
#include "mem.h"
#include "message.h"
#include "suite.h"
#include "text.h"

#include <check.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* What the vault refuses, whoever asks. */

#define NAME "a.example"

static struct vault_run run;

static void prepare(void)
{
	run_prepare(&run);
}

static void clean(void)
{
	run_clean(&run);
}

static const char *get(const json_t *object, const char *name)
{
	return member_string_or(object, name, "");
}

/* Nonsense. */

static void send_raw(const void *bytes, size_t length)
{
	ck_assert_int_eq(send(run.socket, bytes, length, 0), (int)length);
}

static void is_hung_up_on(void)
{
	ck_assert(run_receive(&run));
	ck_assert_str_eq(run.kind, "local");
	ck_assert(!run_receive(&run));
	run_end(&run);
}

START_TEST(nonsense_ends_the_conversation)
{
	run_begin(&run);
	send_raw("nonsense", 8);
	is_hung_up_on();
}
END_TEST

START_TEST(a_message_that_is_too_long_ends_the_conversation)
{
	cleanup(string) char *bytes = malloc(MESSAGE_MAX + 1);

	ck_assert_ptr_nonnull(bytes);
	memset(bytes, ' ', MESSAGE_MAX + 1);
	bytes[0] = '{';
	bytes[MESSAGE_MAX] = '}';
	run_begin(&run);
	send_raw(bytes, MESSAGE_MAX + 1);
	is_hung_up_on();
}
END_TEST

START_TEST(it_ends_when_nobody_speaks)
{
	run_start(&run);
	run_end(&run);
}
END_TEST

START_TEST(it_ends_when_the_other_side_only_listens)
{
	run_begin(&run);
	ck_assert_int_eq(shutdown(run.socket, SHUT_WR), 0);
	ck_assert(!run_receive(&run));
	run_end(&run);
}
END_TEST

START_TEST(a_request_without_a_verb_is_refused)
{
	struct error err;
	cleanup(json) json_t *request = json_pack("{s:i}", "id", 5);

	run_begin(&run);
	ck_assert(message_send(run.socket, request, &err));
	ck_assert(run_receive(&run));
	ck_assert_str_ne(run.text, "");
	ck_assert_int_eq(member_integer_or(run.reply, "id", 0), 5);
	ck_assert(!run_ask(&run, "nonsense", ""));
	ck_assert_str_eq(run.kind, "refused");
}
END_TEST

START_TEST(signals_do_not_end_it)
{
	run_begin(&run);
	kill(run.pid, SIGHUP);
	kill(run.pid, SIGINT);
	kill(run.pid, SIGTERM);
	run_do(&run, "ping", "");
}
END_TEST

START_TEST(the_slow_reader_gets_every_reply)
{
	run_begin(&run);
	int first = run.id + 1;
	for (int i = 0; i < 50; i++)
		run_send(&run, "configuration", "s:i, s:i", "index", 0,
			"offset", 0);
	for (int i = 0; i < 50; i++) {
		ck_assert(run_receive(&run));
		ck_assert_int_eq(
			member_integer_or(run.reply, "id", 0), first + i);
	}
}
END_TEST

/* Names. */

#define LONG_NAME "a-name-of-forty-characters-is-fine-alone"

static const char *const BAD_NAMES[] = {"../x", "", ".", "..", "a/b",
	"/etc/passwd", ".hidden", "-a", "a..b", "next\n", "a b",
	LONG_NAME LONG_NAME LONG_NAME};
static const char *const NAMED[] = {"placeholder", "csr", "order-save",
	"order-drop", "stage", "switch", "rollback", "look", "state-save",
	"purge"};

START_TEST(a_name_is_no_path)
{
	run_begin(&run);
	for (size_t v = 0; v < sizeof(NAMED) / sizeof(*NAMED); v++)
		for (size_t n = 0; n < sizeof(BAD_NAMES) / sizeof(*BAD_NAMES);
			n++) {
			ck_assert_msg(!run_ask(&run, NAMED[v],
					      "s:s, s:{s:i}, s:s, s:i", "name",
					      BAD_NAMES[n], "state", "schema",
					      1, "chain", "x", "version", 1),
				"%s %s", NAMED[v], BAD_NAMES[n]);
			ck_assert_str_eq(run.kind, "refused");
		}
}
END_TEST

START_TEST(an_unknown_name_is_refused)
{
	run_begin(&run);
	ck_assert(!run_ask(&run, "csr", "s:s", "name", "b.example"));
	ck_assert(!run_ask(&run, "placeholder", "s:s", "name", "b.example"));
	ck_assert(!run_ask(&run, "state-save", "s:s, s:{s:i}", "name",
		"b.example", "state", "schema", 1));
	ck_assert_str_eq(run.kind, "refused");
	ck_assert(!run_exists(&run, "state/archive/b.example"));
}
END_TEST

START_TEST(an_unknown_ca_is_refused)
{
	run_begin(&run);
	ck_assert(!run_ask(&run, "account", "s:s", "ca", "../x"));
	ck_assert(!run_ask(&run, "account", "s:s", "ca", "letsdecrypt"));
	ck_assert(!run_ask(&run, "account", ""));
	ck_assert_str_ne(run.text, "");
}
END_TEST

START_TEST(a_missing_version_is_refused)
{
	run_begin(&run);
	run_do(&run, "placeholder", "s:s", "name", NAME);
	for (int version = -1; version <= 3; version++) {
		bool is_there = version == 1;
		ck_assert(run_ask(&run, "switch", "s:s, s:i", "name", NAME,
				  "version", version) == is_there);
	}
	ck_assert(!run_ask(
		&run, "switch", "s:s, s:s", "name", NAME, "version", "1"));
}
END_TEST

/* States. */

START_TEST(a_state_has_a_schema_and_a_limit)
{
	cleanup(string) char *large = malloc(65537);

	ck_assert_ptr_nonnull(large);
	memset(large, 'x', 65536);
	large[65536] = '\0';
	run_begin(&run);
	ck_assert(!run_ask(&run, "state-save", "s:s", "name", NAME));
	ck_assert(!run_ask(
		&run, "state-save", "s:s, s:[]", "name", NAME, "state"));
	ck_assert(!run_ask(&run, "state-save", "s:s, s:{s:i}", "name", NAME,
		"state", "schema", 2));
	ck_assert(!run_ask(&run, "state-save", "s:s, s:{s:i, s:s}", "name",
		NAME, "state", "schema", 1, "x", large));
	ck_assert_str_eq(run.kind, "refused");
	ck_assert(!run_exists(&run, "state/state/a.example.json"));
}
END_TEST

/* Signatures. */

static bool sign(const char *by, const char *url, const char *payload)
{
	return run_ask(&run, "sign", "s:s, s:s, s:s, s:s, s:s", "ca", "little",
		"by", by, "url", url, "nonce", "abc", "payload", payload);
}

static void open_account(void)
{
	run_do(&run, "account", "s:s", "ca", "little");
	run_do(&run, "account-save", "s:s, s:s, s:s", "ca", "little", "url",
		"https://ca.test/account/1", "directory",
		"https://ca.test/dir");
}

START_TEST(what_the_protocol_needs_is_signed)
{
	run_begin(&run);
	open_account();
	ck_assert_msg(
		sign("account", "https://ca.test/order/1", ""), "%s", run.text);
	ck_assert_str_ne(get(run.reply, "jws"), "");
	ck_assert(sign("account", "https://ca.test/challenge/1", "{}"));
	ck_assert(sign("key", "https://ca.test/new-account",
		"{\"onlyReturnExisting\":true}"));
	ck_assert(sign("account", "https://ca.test/new-order",
		"{\"identifiers\":[{\"type\":\"dns\",\"value\":\"a.example\"}]"
		"}"));
}
END_TEST

static bool save_url(const char *url)
{
	return run_ask(&run, "account-save", "s:s, s:s, s:s", "ca", "little",
		"url", url, "directory", "https://ca.test/dir");
}

/* A loop that lies about the URL of the account gets nowhere with it. */
START_TEST(an_account_is_not_closed_under_another_url)
{
	static const char CLOSE[] = "{\"status\":\"deactivated\"}";
	char url[64];

	run_begin(&run);
	open_account();
	ck_assert(!sign("account", "https://ca.test/account/01", CLOSE));
	ck_assert(save_url("https://ca.test/old/1"));
	ck_assert(!sign("account", "https://ca.test/account/1", CLOSE));
	run_end(&run);
	run_begin(&run);
	ck_assert(!sign("account", "https://ca.test/account/1", CLOSE));
	ck_assert(sign("account", "https://ca.test/authz/1", CLOSE));
	for (int i = 2; i <= 16; i++) {
		snprintf(url, sizeof(url), "https://ca.test/old/%d", i);
		ck_assert(save_url(url));
	}
	ck_assert(!save_url("https://ca.test/old/18"));
	ck_assert(!sign("account", "https://ca.test/account/1", CLOSE));
}
END_TEST

START_TEST(what_harms_is_not_signed)
{
	run_begin(&run);
	open_account();
	ck_assert(!sign("account", "https://ca.test/revoke",
		"{\"certificate\":\"MIIB\"}"));
	ck_assert_str_eq(run.kind, "refused");
	ck_assert(!sign(
		"key", "https://ca.test/revoke", "{\"certificate\":\"MIIB\"}"));
	ck_assert(!sign("account", "https://ca.test/account/1",
		"{\"status\":\"deactivated\"}"));
	ck_assert(!sign("account", "https://ca.test/new-order",
		"{\"identifiers\":[{\"type\":\"dns\",\"value\":\"evil.test\"}]"
		"}"));
	ck_assert(!sign("account", "http://ca.test/order/1", ""));
	ck_assert(!sign("nobody", "https://ca.test/order/1", ""));
	ck_assert(!sign("key", "https://ca.test/order/1", ""));
}
END_TEST

START_TEST(nothing_is_signed_without_an_account)
{
	run_begin(&run);
	ck_assert(!sign("account", "https://ca.test/order/1", ""));
	run_do(&run, "account", "s:s", "ca", "little");
	ck_assert(!sign("account", "https://ca.test/order/1", ""));
	ck_assert_str_eq(run.kind, "refused");
	ck_assert(!run_ask(&run, "account-save", "s:s, s:s, s:s", "ca", "other",
		"url", "https://other.test/1", "directory",
		"https://other.test/dir"));
	ck_assert(!run_exists(&run, "state/accounts/little/account.json"));
}
END_TEST

START_TEST(only_the_last_csr_of_its_own_is_finalized)
{
	run_begin(&run);
	open_account();
	cleanup(string) char *csr =
		strdup(get(run_do(&run, "csr", "s:s", "name", NAME), "csr"));
	cleanup(string) char *own = text_format("{\"csr\":\"%s\"}", csr);
	ck_assert(sign("account", "https://ca.test/finalize", own));
	csr[20] = csr[20] == 'A' ? 'B' : 'A';
	cleanup(string) char *other = text_format("{\"csr\":\"%s\"}", csr);
	ck_assert(!sign("account", "https://ca.test/finalize", other));
	run_do(&run, "order-drop", "s:s", "name", NAME);
	ck_assert(!sign("account", "https://ca.test/finalize", own));
}
END_TEST

/* Peers. */

START_TEST(nothing_is_done_before_hello)
{
	run_start(&run);
	ck_assert(!run_ask(&run, "configure", ""));
	ck_assert_str_eq(run.kind, "refused");
	ck_assert(!run_ask(&run, "hello", "s:s", "role", "deploy"));
	run_do(&run, "ping", "");
}
END_TEST

START_TEST(there_is_one_loop_at_a_time)
{
	char pid[16];

	run_start_listening(&run);
	run_do(&run, "hello", "s:s", "role", "loop");
	int first = run.socket;
	run.socket = run_connect(&run);
	ck_assert(!run_ask(&run, "hello", "s:s", "role", "loop"));
	ck_assert_str_eq(run.code, "L8");
	snprintf(pid, sizeof(pid), "%d", (int)getpid());
	ck_assert_ptr_nonnull(strstr(run.text, pid));
	close(run.socket);
	run.socket = first;
	run_do(&run, "configure", "");
}
END_TEST

START_TEST(who_says_nothing_does_not_end_the_vault)
{
	run_start_listening(&run);
	close(run.socket);
	run.socket = run_connect(&run);
	run_ask(&run, "ping", "");
	close(run.socket);
	run.socket = run_connect(&run);
	const json_t *reply = run_do(&run, "hello", "s:s", "role", "loop");
	ck_assert_int_eq(
		json_integer_value(json_object_get(reply, "pid")), run.pid);
	run_do(&run, "configure", "");
	run_end(&run);
}
END_TEST

START_TEST(where_no_loop_comes_the_vault_ends)
{
	run_start_listening(&run);
	run_end(&run);
}
END_TEST

START_TEST(there_is_one_vault_in_a_folder)
{
	struct vault_run second = run;
	char pid[16];

	run_begin(&run);
	second = run;
	second.reply = NULL;
	run_start(&second);
	ck_assert(!run_ask(&second, "hello", "s:s", "role", "loop"));
	ck_assert_str_eq(second.code, "L8");
	snprintf(pid, sizeof(pid), "%d", (int)run.pid);
	ck_assert_ptr_nonnull(strstr(second.text, pid));
	run_end(&second);
	json_decref(second.reply);
	run_kill(&run);
	run_begin(&run);
}
END_TEST

/* The rights of another user: the status of a child that asks as one. */
static int ask_as_nobody(const char *verb)
{
	int status = 0;
	pid_t child = fork();

	if (!child) {
		if (setgid(65534) != 0 || setuid(65534) != 0)
			_exit(3);
		run.socket = run_connect(&run);
		_exit(run_ask(&run, verb, "s:s", "name", "b.example"));
	}
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	return WEXITSTATUS(status);
}

START_TEST(only_root_purges)
{
	if (geteuid() != 0) {
		fprintf(stderr, "SKIPPED: another user needs root\n");
		return;
	}
	chmod(run.folder, 0755);
	run_start_listening(&run);
	run_do(&run, "hello", "s:s", "role", "loop");
	run_do(&run, "configure", "");
	ck_assert_int_eq(ask_as_nobody("purge"), 0);
	ck_assert_int_eq(ask_as_nobody("ping"), 0);
	run_do(&run, "purge", "s:s", "name", "b.example");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("vault_hostile");
	TCase *tests = tcase_create("vault_hostile");

	tcase_set_timeout(tests, 120);
	tcase_add_checked_fixture(tests, prepare, clean);
	tcase_add_test(tests, nonsense_ends_the_conversation);
	tcase_add_test(tests, a_message_that_is_too_long_ends_the_conversation);
	tcase_add_test(tests, it_ends_when_nobody_speaks);
	tcase_add_test(tests, it_ends_when_the_other_side_only_listens);
	tcase_add_test(tests, a_request_without_a_verb_is_refused);
	tcase_add_test(tests, signals_do_not_end_it);
	tcase_add_test(tests, the_slow_reader_gets_every_reply);
	tcase_add_test(tests, a_name_is_no_path);
	tcase_add_test(tests, an_unknown_name_is_refused);
	tcase_add_test(tests, an_unknown_ca_is_refused);
	tcase_add_test(tests, a_missing_version_is_refused);
	tcase_add_test(tests, a_state_has_a_schema_and_a_limit);
	tcase_add_test(tests, what_the_protocol_needs_is_signed);
	tcase_add_test(tests, an_account_is_not_closed_under_another_url);
	tcase_add_test(tests, what_harms_is_not_signed);
	tcase_add_test(tests, nothing_is_signed_without_an_account);
	tcase_add_test(tests, only_the_last_csr_of_its_own_is_finalized);
	tcase_add_test(tests, nothing_is_done_before_hello);
	tcase_add_test(tests, there_is_one_loop_at_a_time);
	tcase_add_test(tests, who_says_nothing_does_not_end_the_vault);
	tcase_add_test(tests, where_no_loop_comes_the_vault_ends);
	tcase_add_test(tests, there_is_one_vault_in_a_folder);
	tcase_add_test(tests, only_root_purges);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
