/* SPDX-License-Identifier: MIT */
#include "proof.h"

#include "certificate.h"
#include "fake_tls.h"
#include "known_chain.h"
#include "mem.h"
#include "suite.h"

#include <check.h>
#undef fail
#include <signal.h>

static struct ev_loop *loop;
static struct dns *dns;
static struct verify *verify;
static struct known_chain known;
static X509 *old_leaf;
static struct certificate_facts facts;
static struct fake_tls server;
static struct config_endpoint endpoint;
static struct config_certificate certificate;
static struct proof *proof;
static unsigned ends;
static struct error last;

static void set_up(void)
{
	struct error err;

	signal(SIGPIPE, SIG_IGN);
	ends = 0;
	last = (struct error){0};
	loop = ev_loop_new(EVFLAG_NOENV);
	dns = dns_new(loop);
	verify = verify_new(loop, dns);
	known_chain_make(&known);
	old_leaf =
		known_leaf(&known, (struct known_wish){.serial = "0badcafe"});
	ck_assert(certificate_read_facts(known.leaf, &facts, &err));
}

static void tear_down(void)
{
	proof_free(take(proof));
	verify_free(verify);
	dns_free(dns);
	fake_tls_stop(&server);
	X509_free(old_leaf);
	certificate_facts_clear(&facts);
	known_chain_clear(&known);
	ev_loop_destroy(loop);
}

static void on_end(void *data, const struct error *err)
{
	ck_assert_ptr_eq(data, &server);
	last = err ? *err : (struct error){0};
	ends++;
	ev_break(loop, EVBREAK_ALL);
}

static void start(enum fake_tls_manner manner, double patience)
{
	server = (struct fake_tls){
		.manner = manner,
		.switch_after = VERIFY_HANDSHAKES,
		.old = old_leaf,
		.new = known.leaf,
		.key = known.key,
	};
	fake_tls_start(&server);
	endpoint = (struct config_endpoint){
		.host = (char *)"127.0.0.1", .port = server.port};
	certificate = (struct config_certificate){
		.name = (char *)"www",
		.identifiers = facts.identifiers,
		.identifier_count = facts.identifier_count,
		.deploy = {.verify = VERIFY_LIST,
			.endpoints = &endpoint,
			.endpoint_count = 1},
	};
	proof = proof_new(&(struct proof_wish){
		.loop = loop,
		.verify = verify,
		.certificate = &certificate,
		.facts = &facts,
		.patience = patience,
	});
	ck_assert_ptr_null(proof_known(proof));
	proof_start(proof, "nginx.service", on_end, &server);
	ck_assert_uint_eq(ends, 0);
}

START_TEST(what_is_served_is_proved_by_one_look)
{
	start(FAKE_TLS_NEW, 0);
	ev_run(loop, 0);
	ck_assert_uint_eq(ends, 1);
	ck_assert_int_eq(last.kind, ERROR_NONE);
	ck_assert(proof_has_known(proof));
	cleanup(json) json_t *labels = proof_known(proof);
	ck_assert_uint_eq(json_array_size(labels), 1);
	ck_assert_uint_eq(*server.connections, VERIFY_HANDSHAKES);
}
END_TEST

START_TEST(a_server_that_is_slow_to_change_is_looked_at_again)
{
	start(FAKE_TLS_SWITCHES, 30);
	ev_run(loop, 0);
	ck_assert_uint_eq(ends, 1);
	ck_assert_msg(last.kind == ERROR_NONE, "%s", last.text);
	ck_assert_uint_gt(*server.connections, VERIFY_HANDSHAKES);
}
END_TEST

START_TEST(patience_ends_with_what_is_still_served)
{
	start(FAKE_TLS_OLD, 0.1);
	ev_run(loop, 0);
	ck_assert_uint_eq(ends, 1);
	ck_assert_int_eq(last.code[0], 'P');
	ck_assert_ptr_nonnull(strstr(last.text, "0badcafe"));
	ck_assert_uint_gt(*server.connections, VERIFY_HANDSHAKES);
}
END_TEST

START_TEST(one_that_is_freed_tells_nobody)
{
	start(FAKE_TLS_NEW, 30);
	ev_run(loop, EVRUN_ONCE);
	proof_free(take(proof));
	ev_run(loop, 0);
	ck_assert_uint_eq(ends, 0);
	proof_free(NULL);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("proof");
	TCase *tests = tcase_create("proof");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(tests, what_is_served_is_proved_by_one_look);
	tcase_add_test(
		tests, a_server_that_is_slow_to_change_is_looked_at_again);
	tcase_add_test(tests, patience_ends_with_what_is_still_served);
	tcase_add_test(tests, one_that_is_freed_tells_nobody);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
