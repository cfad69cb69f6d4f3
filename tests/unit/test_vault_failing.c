/* SPDX-License-Identifier: MIT */
#include "csr.h"
#include "csr_read.h"
#include "failing_calls.h"
#include "json.h"
#include "key.h"
#include "mem.h"
#include "near_life.h"
#include "signed_reply.h"
#include "suite.h"
#include "text.h"

#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#undef fail /* ours, not the old one of check */

/* Each system call that a verb of the vault makes fails: once, once with a
 * signal, or from then on. Whatever the verb says of it, what is installed
 * is whole all the while, the account keeps its key, and the same verb comes
 * to its end when the disk is well again. `make coverage` takes all calls
 * (FAILING_CALLS=all), `make check` each seventh. */

#define NAME "a.example"
#define ACCOUNT "https://ca.test/account/1"
#define STRIDE 7
#define TSIG \
	"hmac-sha256:acme.example:" \
	"c2VjcmV0IG9mIHRoaXJ0eS10d28gYnl0ZXMsIG9rIQ=="
#define CALLS_MAX 1000 /* of one verb */
#define DNS_VALUE "ZTRx1Ckl1-tM05o5zaizTTA0yUy5AGereMgSNWC6Ll8"

static struct vault_run run;
static struct little_ca ca;
static char thumbprint[64]; /* of the account */
static bool has_changed_key; /* since that */
static char chain[16384];
static int version; /* that was staged */
static unsigned turn;

/* What the verbs begin with. */

static void restart(void)
{
	near_restart(&run);
}

static json_t *order_request(void)
{
	char url[64];

	snprintf(url, sizeof(url), "https://ca.test/order/%u", ++turn);
	return json_pack("{s:s, s:s, s:{s:s, s:s, s:s}}", "verb", "order-save",
		"name", NAME, "order", "ca", "little", "url", url, "account",
		ACCOUNT);
}

static void do_request(json_t *request)
{
	struct error err = {0};
	json_t *reply = near_ask(request, &err);

	ck_assert_msg(reply != NULL, "%s: %s",
		member_string_or(request, "verb", ""), err.text);
	json_decref(reply);
	json_decref(request);
}

static void begin_order(void)
{
	do_request(order_request());
}

/* The chain for the order of this name. */
static void obtain_chain(const char *name)
{
	cleanup(json) json_t *reply = near_do("csr", "s:s", "name", name);
	cleanup(string) char *text =
		little_ca_sign(&ca, member_string_or(reply, "csr", ""));
	snprintf(chain, sizeof(chain), "%s", text);
}

static void begin_chain(void)
{
	begin_order();
	obtain_chain(NAME);
}

static void begin_staged(void)
{
	begin_chain();
	version = near_stage(chain);
}

static void begin_switched(void)
{
	begin_staged();
	near_switch(version);
}

static void begin_new_text(void)
{
	near_write_dynamic(
		&run, turn++ % 2 ? "RenewBefore=20d\n" : "RenewBefore=10d\n");
}

static void begin_reuse(void)
{
	json_decref(near_do("order-drop", "s:s", "name", NAME));
	near_write_dynamic(&run, "ReuseKey=yes\n");
	near_rescan();
}

/* With a mistake the accepted text counts; with the other one nothing does
 * but what was accepted. */
static void begin_mistake(void)
{
	near_write_dynamic(&run, "Oops=1\n");
}

static void begin_global_mistake(void)
{
	near_reopen(&run);
	run_write(&run, "etc/acmed.conf", "[Oops\n");
}

static void begin_permit_key(void)
{
	unlink(run_path(&run, "state/accounts/little/key.next.pem"));
	restart();
	json_decref(near_do(
		"permit", "s:s, s:s", "what", "key-change", "ca", "little"));
}

static void begin_next_key(void)
{
	begin_permit_key();
	json_decref(near_do("key-change-begin", "s:s", "ca", "little"));
}

/* The key is read anew. */
static void begin_read_keys(void)
{
	begin_next_key();
	restart();
}

static void begin_permit_revoke(void)
{
	restart();
	json_decref(near_do("permit", "s:s, s:s, s:i", "what", "revoke", "name",
		NAME, "version", version));
}

static void begin_other_account(void)
{
	run_remove(&run, "state/accounts/other");
	restart();
}

static void add_site(void)
{
	run_write(&run, "etc/certs.d/b.example.conf",
		"[Certificate]\nNames=b.example\n");
	near_rescan();
}

static void begin_bare(void)
{
	run_remove(&run, "state/live/b.example");
	run_remove(&run, "state/archive/b.example");
	add_site();
}

static void add_placeholder(void)
{
	add_site();
	json_decref(near_do("placeholder", "s:s", "name", "b.example"));
	json_decref(near_do("state-save", "s:s, s:{s:i}", "name", "b.example",
		"state", "schema", 1));
}

static void begin_removed(void)
{
	/* In whichever order they are listed, others come behind one. */
	(void)!symlink("b.example", run_path(&run, "state/live/old.example"));
	add_placeholder();
	run_remove(&run, "etc/certs.d/b.example.conf");
	near_rescan();
	mkdir(run_path(&run, "state/records"), 0700);
	run_write(&run, "state/records/b.example.json", "[]");
	(void)!symlink("b.example", run_path(&run, "state/live/new.example"));
}

static void begin_renamed(void)
{
	static const char *const FILES[] = {
		"etc/certs.d/b.example.conf", "etc/certs.d/c.example.conf"};
	unsigned now = turn++ % 2;

	near_rescan(); /* what was renamed last is moved */
	if (!run_exists(&run, FILES[!now])) {
		run_remove(&run, FILES[now]);
		run_write(
			&run, FILES[!now], "[Certificate]\nNames=b.example\n");
		near_rescan();
		json_decref(near_do("placeholder", "s:s", "name",
			now ? "b.example" : "c.example"));
		json_decref(near_do("state-save", "s:s, s:{s:i}", "name",
			now ? "b.example" : "c.example", "state", "schema", 1));
	}
	ck_assert_int_eq(
		rename(run_path(&run, FILES[!now]), run_path(&run, FILES[now])),
		0);
}

static void begin_open_key(void)
{
	char file[64];

	snprintf(file, sizeof(file), "state/archive/" NAME "/%d/privkey.pem",
		version);
	chmod(run_path(&run, file), 0644);
	snprintf(file, sizeof(file), "state/archive/" NAME "/%d/combined.pem",
		version);
	chmod(run_path(&run, file), 0644);
	unlink(run_path(&run, "state/live/" NAME));
}

/* A user's request, of a certificate of its own. */
static void begin_own_request(void)
{
	struct error err = {0};
	cleanup(pkey) EVP_PKEY *key = key_generate(KEY_ECDSA_P256, &err);
	struct identifier name;

	ck_assert(identifier_parse("d.example", &name, NULL));
	run_remove(&run, "state/archive/d.example");
	cleanup(string) char *csr = csr_new(key, &name, 1, &err);
	cleanup(string) char *pem = csr_to_pem(csr, &err);
	run_write(&run, "etc/d.csr", pem);
	cleanup(string) char *text = text_format(
		"[Certificate]\nCSR=%s\n", run_path(&run, "etc/d.csr"));
	run_write(&run, "etc/certs.d/d.example.conf", text);
	near_rescan();
	json_decref(near_do("order-save", "s:s, s:{s:s, s:s, s:s}", "name",
		"d.example", "order", "ca", "little", "url",
		"https://ca.test/order/1", "account", ACCOUNT));
}

static void begin_own_chain(void)
{
	begin_own_request();
	obtain_chain("d.example");
}

static void begin_record(void)
{
	near_rescan();
	json_decref(near_do("dns-update", "s:s, s:s, s:s, s:s, s:s", "name",
		NAME, "identifier", NAME, "zone", "example", "record",
		"_acme-challenge." NAME, "value", DNS_VALUE));
}

/* The verbs. */

static json_t *of_name(const char *verb, const char *name)
{
	return json_pack("{s:s, s:s}", "verb", verb, "name", name);
}

static json_t *of_ca(const char *verb)
{
	return json_pack("{s:s, s:s}", "verb", verb, "ca", "little");
}

static json_t *of_version(const char *verb)
{
	return json_pack("{s:s, s:s, s:i}", "verb", verb, "name", NAME,
		"version", version);
}

static json_t *ask_account(void)
{
	return of_ca("account");
}

static json_t *ask_other_account(void)
{
	return json_pack("{s:s, s:s}", "verb", "account", "ca", "other");
}

static json_t *ask_account_save(void)
{
	return json_pack("{s:s, s:s, s:s, s:s}", "verb", "account-save", "ca",
		"little", "url", ACCOUNT, "directory", "https://ca.test/dir");
}

static json_t *ask_account_terms(void)
{
	return json_pack("{s:s, s:s, s:s}", "verb", "account-terms", "ca",
		"little", "terms", "https://ca.test/terms");
}

static json_t *ask_key_begin(void)
{
	return of_ca("key-change-begin");
}

static json_t *ask_key_change(void)
{
	return json_pack("{s:s, s:s, s:s, s:s}", "verb", "key-change", "ca",
		"little", "url", "https://ca.test/roll", "nonce", "n");
}

static json_t *ask_key_settle(void)
{
	return json_pack("{s:s, s:s, s:s}", "verb", "key-change-settle", "ca",
		"little", "goes_by", "old");
}

static json_t *ask_key_settle_new(void)
{
	has_changed_key = true;
	return json_pack("{s:s, s:s, s:s}", "verb", "key-change-settle", "ca",
		"little", "goes_by", "new");
}

static json_t *ask_configure(void)
{
	return json_pack("{s:s}", "verb", "configure");
}

static json_t *ask_csr(void)
{
	return of_name("csr", NAME);
}

static json_t *ask_own_csr(void)
{
	return of_name("csr", "d.example");
}

static json_t *ask_stage(void)
{
	return json_pack("{s:s, s:s, s:s}", "verb", "stage", "name", NAME,
		"chain", chain);
}

static json_t *ask_own_stage(void)
{
	return json_pack("{s:s, s:s, s:s}", "verb", "stage", "name",
		"d.example", "chain", chain);
}

static json_t *ask_switch(void)
{
	return of_version("switch");
}

static json_t *ask_rollback(void)
{
	return of_version("rollback");
}

static json_t *ask_drop(void)
{
	return of_name("order-drop", NAME);
}

static json_t *ask_placeholder(void)
{
	return of_name("placeholder", "b.example");
}

static json_t *ask_purge(void)
{
	return of_name("purge", "b.example");
}

static json_t *ask_load(void)
{
	return json_pack("{s:s, s:s}", "verb", "load", "after", "");
}

static json_t *ask_look(void)
{
	return of_version("look");
}

static json_t *ask_state(void)
{
	return json_pack("{s:s, s:s, s:{s:i}}", "verb", "state-save", "name",
		NAME, "state", "schema", 1);
}

static json_t *ask_machine(void)
{
	return json_pack("{s:s, s:s, s:{s:i}}", "verb", "machine-save", "part",
		"telling", "state", "reminded", 7);
}

static json_t *ask_machine_load(void)
{
	return json_pack(
		"{s:s, s:s}", "verb", "machine-load", "part", "telling");
}

static json_t *ask_probe(void)
{
	return json_pack("{s:s}", "verb", "probe");
}

static json_t *ask_revoke(void)
{
	json_t *request = of_version("revoke");

	json_object_set_new(request, "by", json_string("account"));
	json_object_set_new(request, "ca", json_string("little"));
	json_object_set_new(
		request, "url", json_string("https://ca.test/revoke"));
	json_object_set_new(request, "nonce", json_string("n"));
	return request;
}

static json_t *ask_revoked(void)
{
	return of_version("revoked");
}

static json_t *ask_dns(void)
{
	return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s}", "verb", "dns-update",
		"name", NAME, "identifier", NAME, "zone", "example", "record",
		"_acme-challenge." NAME, "value", DNS_VALUE);
}

static json_t *ask_leftovers(void)
{
	return json_pack("{s:s}", "verb", "dns-leftovers");
}

static json_t *ask_removed_record(void)
{
	json_t *request = ask_dns();

	json_object_set_new(request, "remove", json_true());
	return request;
}

/* The server has removed it, and signs that. */
static json_t *ask_verified_removal(void)
{
	struct error err = {0};
	struct tsig_key key;
	json_t *request = ask_removed_record();
	cleanup(json) json_t *update = near_ask(request, &err);
	const char *mac = member_string_or(update, "mac", "");
	json_int_t number = member_integer_or(update, "number", 0);

	ck_assert(tsig_key_parse(TSIG, &key, &err));
	cleanup(string) char *reply =
		signed_reply(&key, mac, (uint16_t)number, DNS_NOERROR);
	json_object_set_new(request, "verb", json_string("dns-verify"));
	json_object_set_new(request, "number", json_integer(number));
	json_object_set_new(request, "mac", json_string(mac));
	json_object_set_new(request, "reply", json_string(reply));
	return request;
}

static void begin_nothing(void)
{
}

static const struct verb_case {
	void (*begin)(void);
	json_t *(*request)(void);
} CASES[] = {
	{restart, ask_account},
	{begin_other_account, ask_other_account},
	{begin_nothing, ask_account_save},
	{begin_nothing, ask_account_terms},
	{begin_permit_key, ask_key_begin},
	{begin_next_key, ask_key_begin},
	{begin_next_key, ask_key_change},
	{begin_read_keys, ask_key_change},
	{begin_next_key, ask_key_settle},
	{begin_next_key, ask_key_settle_new},
	{begin_new_text, ask_configure},
	{begin_mistake, ask_configure},
	{begin_new_text, ask_configure},
	{begin_nothing, order_request},
	{begin_order, ask_csr},
	{begin_reuse, ask_csr},
	{begin_chain, ask_stage},
	{begin_staged, ask_switch},
	{begin_switched, ask_rollback},
	{begin_staged, ask_load},
	{begin_order, ask_drop},
	{begin_bare, ask_placeholder},
	{begin_removed, ask_purge},
	{begin_renamed, ask_configure},
	{begin_open_key, ask_look},
	{begin_nothing, ask_state},
	{begin_nothing, ask_machine},
	{begin_nothing, ask_machine_load},
	{begin_nothing, ask_probe},
	{begin_permit_revoke, ask_revoke},
	{begin_permit_revoke, ask_revoked},
	{begin_new_text, ask_dns},
	{begin_record, ask_removed_record},
	{begin_record, ask_verified_removal},
	{begin_record, ask_leftovers},
	{begin_own_request, ask_own_csr},
	{begin_own_chain, ask_own_stage},
	{begin_global_mistake, ask_configure},
};

/* What holds at any moment. */

static void look_at_account(void)
{
	cleanup(json) json_t *reply = near_do("account", "s:s", "ca", "little");
	const char *now = member_string_or(reply, "thumbprint", "");

	if (has_changed_key)
		snprintf(thumbprint, sizeof(thumbprint), "%s", now);
	has_changed_key = false;
	ck_assert_str_eq(now, thumbprint);
}

static void look_at_installed(size_t index)
{
	cleanup(json) json_t *lineage = near_load_first();
	const char *problem = member_string_or(lineage, "problem", "");

	ck_assert_str_eq(member_string_or(lineage, "name", ""), NAME);
	ck_assert_msg(!*problem, "case %zu: %s", index, problem);
	ck_assert(json_is_object(json_object_get(lineage, "installed")) ||
		json_is_object(json_object_get(lineage, "staged")));
}

static bool fails_at(size_t index, enum failing how, unsigned at)
{
	const struct verb_case *each = &CASES[index];
	struct error err = {0};

	each->begin();
	json_t *request = each->request();
	failing_begin(how, at, EIO);
	json_t *reply = near_ask(request, &err);
	bool is_reached = failing_end();
	ck_assert_msg(reply || err.text[0], "case %zu, call %u: no reason",
		index, at);
	ck_assert_msg(reply || how != FAILING_INTERRUPTED,
		"case %zu, call %u: %s", index, at, err.text);
	json_decref(request);
	if (!reply)
		do_request(each->request());
	json_decref(reply);
	look_at_installed(index);
	look_at_account();
	return is_reached;
}

static void each_call_fails(enum failing how)
{
	const char *wish = getenv("FAILING_CALLS");
	unsigned stride = wish && streq(wish, "all") ? 1 : STRIDE;

	for (size_t i = 0; i < sizeof(CASES) / sizeof(*CASES); i++) {
		unsigned at = 1 + (unsigned)i % stride;
		while (fails_at(i, how, at)) {
			at += stride;
			ck_assert_uint_lt(at, CALLS_MAX);
		}
	}
}

START_TEST(a_call_that_fails_once_costs_nothing)
{
	each_call_fails(FAILING_ONCE);
}
END_TEST

START_TEST(a_disk_that_fails_from_then_on_costs_nothing)
{
	each_call_fails(FAILING_ON);
}
END_TEST

START_TEST(a_signal_is_no_failure)
{
	each_call_fails(FAILING_INTERRUPTED);
}
END_TEST

static void prepare(void)
{
	turn = 0;
	little_ca_open(&ca);
	near_prepare(&run);
	run_write_secret(&run, "etc/tsig", TSIG "\n");
	near_write_dynamic(&run, "");
	near_start(&run);
	cleanup(json) json_t *reply = near_do("account", "s:s", "ca", "little");
	snprintf(thumbprint, sizeof(thumbprint), "%s",
		member_string_or(reply, "thumbprint", ""));
	do_request(ask_account_save());
	begin_switched();
	begin_switched();
}

static void clean(void)
{
	near_end(&run);
	little_ca_close(&ca);
}

int main(void)
{
	Suite *suite = suite_create("vault_failing");
	TCase *tests = tcase_create("vault_failing");

	tcase_set_timeout(tests, 60);
	tcase_add_checked_fixture(tests, prepare, clean);
	tcase_add_test(tests, a_call_that_fails_once_costs_nothing);
	tcase_add_test(tests, a_disk_that_fails_from_then_on_costs_nothing);
	tcase_add_test(tests, a_signal_is_no_failure);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
