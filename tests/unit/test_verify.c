/* SPDX-License-Identifier: MIT */
#include "verify.h"

#include "certificate.h"
#include "fake_dns.h"
#include "fake_tls.h"
#include "known_chain.h"
#include "suite.h"
#include "text.h"

#include <check.h>
#undef fail
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#define SEEN_MAX 8

static struct ev_loop *loop;
static struct dns *dns;
static struct verify *verify;
static struct known_chain known;
static X509 *old_leaf;
static X509 *foreign_leaf;
static struct certificate_facts facts;
static const char *anchor;
static struct fake_tls server;

static unsigned answers;
static struct verify_seen seen[SEEN_MAX];
static char addresses[SEEN_MAX][46];
static size_t seen_count;

static void set_up(void)
{
	struct error err;

	signal(SIGPIPE, SIG_IGN);
	answers = 0;
	server = (struct fake_tls){0};
	loop = ev_loop_new(EVFLAG_NOENV);
	dns = dns_new(loop);
	dns_set_deadline(dns, 60);
	verify = verify_new(loop, dns);
	known_chain_make(&known);
	cleanup(general_names) GENERAL_NAMES *names =
		known_names("www.example.org", NULL);
	old_leaf =
		known_leaf(&known, (struct known_wish){.serial = "0badcafe"});
	foreign_leaf = known_leaf(&known, (struct known_wish){.names = names});
	ck_assert(certificate_read_facts(known.leaf, &facts, &err));
	anchor = NULL;
}

static void tear_down(void)
{
	verify_free(verify);
	dns_free(dns);
	if (server.pid)
		fake_tls_stop(&server);
	X509_free(old_leaf);
	X509_free(foreign_leaf);
	certificate_facts_clear(&facts);
	known_chain_clear(&known);
	ev_loop_destroy(loop);
}

static void start(enum fake_tls_manner manner, X509 *old)
{
	server = (struct fake_tls){
		.words = server.words,
		.manner = manner,
		.old = old,
		.new = known.leaf,
		.key = known.key,
	};
	fake_tls_start(&server);
}

static void on_seen(void *data, const struct verify_seen *what, size_t count)
{
	(void)data;
	ck_assert_uint_le(count, SEEN_MAX);
	for (size_t i = 0; i < count; i++) {
		seen[i] = what[i];
		seen[i].address = strcpy(addresses[i], what[i].address);
	}
	seen_count = count;
	answers++;
	ev_break(loop, EVBREAK_ALL);
}

static struct verify_look *begin(
	const struct config_endpoint *endpoints, size_t count)
{
	const struct verify_wish wish = {
		.endpoints = endpoints,
		.endpoint_count = count,
		.fingerprint = facts.fingerprint,
		.anchor = anchor,
		.identifiers = facts.identifiers,
		.identifier_count = facts.identifier_count,
	};

	return verify_start(verify, &wish, on_seen, NULL);
}

static void look(const char *host, uint16_t port)
{
	char name[64];
	const struct config_endpoint endpoint = {.host = name, .port = port};

	snprintf(name, sizeof(name), "%s", host);
	begin(&endpoint, 1);
	ck_assert_uint_eq(answers, 0);
	ev_run(loop, 0);
	ck_assert_uint_eq(answers, 1);
}

START_TEST(a_served_certificate_is_seen_by_every_handshake)
{
	start(FAKE_TLS_NEW, NULL);
	look("127.0.0.1", server.port);
	ck_assert_uint_eq(seen_count, 1);
	ck_assert(seen[0].answered && seen[0].same_names);
	ck_assert(!seen[0].placeholder);
	ck_assert_uint_eq(seen[0].wanted, VERIFY_HANDSHAKES);
	ck_assert_uint_eq(seen[0].other, 0);
	ck_assert_str_eq(seen[0].serial, facts.serial);
	ck_assert_uint_eq(*server.connections, VERIFY_HANDSHAKES);
}
END_TEST

START_TEST(the_old_one_is_named)
{
	start(FAKE_TLS_OLD, old_leaf);
	look("127.0.0.1", server.port);
	ck_assert_uint_eq(seen[0].wanted, 0);
	ck_assert_uint_eq(seen[0].other, VERIFY_HANDSHAKES);
	ck_assert(seen[0].same_names);
	ck_assert_str_eq(seen[0].serial, "0badcafe");
}
END_TEST

START_TEST(an_old_worker_is_noticed)
{
	start(FAKE_TLS_ALTERNATES, old_leaf);
	look("127.0.0.1", server.port);
	ck_assert_uint_eq(seen[0].wanted, VERIFY_HANDSHAKES / 2);
	ck_assert_uint_eq(seen[0].other, VERIFY_HANDSHAKES / 2);
	ck_assert_str_eq(seen[0].serial, "0badcafe");
}
END_TEST

START_TEST(a_certificate_for_other_names_is_not_ours)
{
	start(FAKE_TLS_OLD, foreign_leaf);
	look("127.0.0.1", server.port);
	ck_assert(seen[0].answered && !seen[0].same_names);
}
END_TEST

START_TEST(the_placeholder_is_known)
{
	struct error err;
	X509 *placeholder = certificate_make_placeholder(known.key,
		facts.identifiers, facts.identifier_count, KNOWN_NOW, &err);

	start(FAKE_TLS_OLD, placeholder);
	look("127.0.0.1", server.port);
	ck_assert(seen[0].placeholder && !seen[0].same_names);
	X509_free(placeholder);
}
END_TEST

START_TEST(a_server_that_asks_for_our_certificate_shows_its_own)
{
	start(FAKE_TLS_ASKS_US, NULL);
	look("127.0.0.1", server.port);
	ck_assert_uint_eq(seen[0].wanted, VERIFY_HANDSHAKES);
}
END_TEST

static const enum fake_tls_manner HOSTILE[] = {
	FAKE_TLS_GARBAGE,
	FAKE_TLS_HANGS_UP,
	FAKE_TLS_HUGE,
	FAKE_TLS_MUTE,
};

/* The mute one accepts when it gets round to it. */
static void await_connection(void)
{
	while (!*server.connections)
		usleep(1000);
}

START_TEST(a_hostile_server_is_an_error_after_one_handshake)
{
	verify_set_deadline(verify, HOSTILE[_i] == FAKE_TLS_MUTE ? 1 : 100);
	start(HOSTILE[_i], NULL);
	look("127.0.0.1", server.port);
	ck_assert_uint_eq(seen_count, 1);
	ck_assert(!seen[0].answered);
	ck_assert_int_eq(seen[0].err.kind,
		HOSTILE[_i] == FAKE_TLS_MUTE ? ERROR_TRANSIENT : ERROR_REFUSED);
	ck_assert_msg(strstr(seen[0].err.text, "handshake") != NULL, "%s",
		seen[0].err.text);
	await_connection();
	ck_assert_uint_eq(*server.connections, 1);
}
END_TEST

START_TEST(every_address_is_looked_at)
{
	start(FAKE_TLS_NEW, NULL);
	look("localhost", server.port);
	ck_assert_uint_eq(seen_count, 2);
	ck_assert_str_eq(seen[0].address, "::1");
	ck_assert(!seen[0].answered && seen[0].err.text[0]);
	ck_assert_str_eq(seen[1].address, "127.0.0.1");
	ck_assert_uint_eq(seen[1].wanted, VERIFY_HANDSHAKES);
}
END_TEST

START_TEST(a_name_without_an_address_is_in_the_list)
{
	struct fake_dns fake;

	fake_dns_start(&fake, loop);
	dns_set_resolv_conf(dns, fake.resolv_conf, fake.port);
	look("gone.example", 443);
	ck_assert_uint_eq(seen_count, 1);
	ck_assert_str_eq(seen[0].address, "");
	ck_assert_str_eq(seen[0].err.code, "H14");
	fake_dns_stop(&fake);
}
END_TEST

START_TEST(looks_share_the_handshakes_that_run_at_once)
{
	start(FAKE_TLS_NEW, NULL);
	const struct config_endpoint endpoints[] = {
		{.host = (char[]){"127.0.0.1"}, .port = server.port},
		{.host = (char[]){"127.0.0.1"}, .port = server.port},
	};

	begin(endpoints, 2);
	begin(endpoints, 2);
	ev_run(loop, 0);
	ev_run(loop, 0);
	ck_assert_uint_eq(answers, 2);
	ck_assert_uint_eq(*server.connections, 4 * VERIFY_HANDSHAKES);
	ck_assert_uint_eq(seen[1].wanted, VERIFY_HANDSHAKES);
	ck_assert_uint_eq(seen[0].endpoint + seen[1].endpoint, 1);
}
END_TEST

static const struct {
	enum starttls_protocol protocol;
	const char *const words[4];
} SPOKEN[] = {
	{STARTTLS_SMTP,
		{"220 here\r\n", "250-here\r\n250 STARTTLS\r\n", "220 go\r\n"}},
	{STARTTLS_IMAP, {"* OK here\r\n", "a OK go\r\n"}},
	{STARTTLS_POP3, {"+OK here\r\n", "+OK go\r\n"}},
	{STARTTLS_POSTGRES, {"", "S"}},
};

static void look_after_words(enum starttls_protocol protocol,
	const char *const *words, enum fake_tls_manner manner)
{
	char host[] = "127.0.0.1";

	server.words = words;
	start(manner, NULL);
	begin(&(struct config_endpoint){.host = host,
		      .port = server.port,
		      .starttls = protocol},
		1);
	ev_run(loop, 0);
	ck_assert_uint_eq(answers, 1);
}

START_TEST(a_certificate_behind_starttls_is_seen)
{
	look_after_words(SPOKEN[_i].protocol, SPOKEN[_i].words, FAKE_TLS_NEW);
	ck_assert_uint_eq(seen[0].wanted, VERIFY_HANDSHAKES);
	ck_assert_uint_eq(*server.connections, VERIFY_HANDSHAKES);
}
END_TEST

START_TEST(a_server_that_refuses_starttls_is_quoted)
{
	static const char *const WORDS[] = {"554 not here\r\n", NULL};

	look_after_words(STARTTLS_SMTP, WORDS, FAKE_TLS_MUTE);
	ck_assert(!seen[0].answered);
	ck_assert_str_eq(seen[0].err.text,
		"the server says '554 not here' instead of TLS");
}
END_TEST

START_TEST(a_server_that_hangs_up_before_tls_is_an_error)
{
	static const char *const WORDS[] = {"220 here\r\n", NULL};

	look_after_words(STARTTLS_SMTP, WORDS, FAKE_TLS_HANGS_UP);
	ck_assert(!seen[0].answered);
	ck_assert(seen[0].err.kind == ERROR_REFUSED ||
		streq(seen[0].err.text, "Connection reset by peer"));
}
END_TEST

START_TEST(a_server_that_keeps_silent_before_tls_is_an_error)
{
	verify_set_deadline(verify, 0.2);
	look_after_words(STARTTLS_IMAP, NULL, FAKE_TLS_MUTE);
	ck_assert_str_eq(
		seen[0].err.text, "no answer to the wish for TLS within 0.2 s");
}
END_TEST

START_TEST(a_leaf_without_its_issuer_is_noticed)
{
	char root[CERTIFICATE_NAME_SIZE];
	struct error err;

	ck_assert(certificate_read_issuer(known.middle, root, &err));
	anchor = root;
	start(FAKE_TLS_NEW, NULL);
	look("127.0.0.1", server.port);
	ck_assert_uint_eq(seen[0].wanted, VERIFY_HANDSHAKES);
	ck_assert(seen[0].is_incomplete);
	ck_assert_str_eq(seen[0].missing, facts.issuer);
}
END_TEST

START_TEST(a_leaf_of_the_anchor_itself_needs_nothing_else)
{
	anchor = facts.issuer;
	start(FAKE_TLS_NEW, NULL);
	look("127.0.0.1", server.port);
	ck_assert(!seen[0].is_incomplete);
}
END_TEST

START_TEST(a_look_at_nothing_sees_nothing)
{
	begin(NULL, 0);
	ev_run(loop, 0);
	ck_assert_uint_eq(answers, 1);
	ck_assert_uint_eq(seen_count, 0);
}
END_TEST

START_TEST(a_cancelled_look_is_silent_and_makes_room)
{
	start(FAKE_TLS_MUTE, NULL);
	struct config_endpoint endpoints[VERIFY_AT_ONCE];
	char host[] = "127.0.0.1";

	for (size_t i = 0; i < VERIFY_AT_ONCE; i++)
		endpoints[i] = (struct config_endpoint){
			.host = host, .port = server.port};
	struct verify_look *mute = begin(endpoints, VERIFY_AT_ONCE);
	while (*server.connections < VERIFY_AT_ONCE)
		ev_run(loop, EVRUN_NOWAIT);
	begin(NULL, 0);
	verify_cancel(mute);
	ev_run(loop, 0);
	ck_assert_uint_eq(answers, 1);
}
END_TEST

static Suite *suite(void)
{
	Suite *suite = suite_create("verify");
	TCase *tests = tcase_create("verify");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(tests, a_served_certificate_is_seen_by_every_handshake);
	tcase_add_test(tests, the_old_one_is_named);
	tcase_add_test(tests, an_old_worker_is_noticed);
	tcase_add_test(tests, a_certificate_for_other_names_is_not_ours);
	tcase_add_test(tests, the_placeholder_is_known);
	tcase_add_test(
		tests, a_server_that_asks_for_our_certificate_shows_its_own);
	tcase_add_loop_test(tests,
		a_hostile_server_is_an_error_after_one_handshake, 0,
		sizeof(HOSTILE) / sizeof(*HOSTILE));
	tcase_add_test(tests, every_address_is_looked_at);
	tcase_add_test(tests, a_name_without_an_address_is_in_the_list);
	tcase_add_test(tests, looks_share_the_handshakes_that_run_at_once);
	tcase_add_loop_test(tests, a_certificate_behind_starttls_is_seen, 0,
		sizeof(SPOKEN) / sizeof(*SPOKEN));
	tcase_add_test(tests, a_server_that_refuses_starttls_is_quoted);
	tcase_add_test(tests, a_server_that_hangs_up_before_tls_is_an_error);
	tcase_add_test(
		tests, a_server_that_keeps_silent_before_tls_is_an_error);
	tcase_add_test(tests, a_leaf_without_its_issuer_is_noticed);
	tcase_add_test(tests, a_leaf_of_the_anchor_itself_needs_nothing_else);
	tcase_add_test(tests, a_look_at_nothing_sees_nothing);
	tcase_add_test(tests, a_cancelled_look_is_silent_and_makes_room);
	suite_add_tcase(suite, tests);
	return suite;
}

int main(void)
{
	return suite_run(suite());
}
