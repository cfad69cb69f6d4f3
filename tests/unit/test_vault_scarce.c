/* SPDX-License-Identifier: MIT */
#include "json.h"
#include "mem.h"
#include "near_life.h"
#include "server.h"
#include "suite.h"
#include "text.h"

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#undef fail /* ours, not the old one of check */

/* The vault for want of a descriptor: each file or folder that a verb opens
 * cannot be opened once. What cannot be seen just now is not gone. */

#define NAME "a.example"
#define KEY "state/accounts/little/key.pem"
#define STATE "state/state/" NAME ".json"
#define OPENS_MAX 500 /* of one verb */

static struct vault_run run;
static struct little_ca ca;

/* The linker leads the calls of acmed's own code here (--wrap). */

static unsigned countdown; /* the open that fails; 0: none */

static bool is_confused; /* about who signed a certificate */
static bool are_names_odd; /* cannot be compared */
static unsigned checks_that_fail; /* of a signature */

int __real_open(const char *name, int flags, ...);
int __wrap_open(const char *name, int flags, ...);
int __real_openat(int at, const char *name, int flags, ...);
int __wrap_openat(int at, const char *name, int flags, ...);
int __real_X509_self_signed(X509 *certificate, int verifies);
int __wrap_X509_self_signed(X509 *certificate, int verifies);
int __real_X509_NAME_cmp(const X509_NAME *a, const X509_NAME *b);
int __wrap_X509_NAME_cmp(const X509_NAME *a, const X509_NAME *b);
int __real_X509_verify(X509 *certificate, EVP_PKEY *key);
int __wrap_X509_verify(X509 *certificate, EVP_PKEY *key);

static bool is_short(void)
{
	if (!countdown || --countdown)
		return false;
	errno = EMFILE;
	return true;
}

int __wrap_openat(int at, const char *name, int flags, ...)
{
	va_list arguments;

	va_start(arguments, flags);
	mode_t mode = flags & O_CREAT ? va_arg(arguments, mode_t) : 0;
	va_end(arguments);
	return is_short() ? -1 : __real_openat(at, name, flags, mode);
}

/* The configuration; only to read. */
int __wrap_open(const char *name, int flags, ...)
{
	return is_short() ? -1 : __real_open(name, flags);
}

int __wrap_X509_self_signed(X509 *certificate, int verifies)
{
	return is_confused ? 0 : __real_X509_self_signed(certificate, verifies);
}

int __wrap_X509_NAME_cmp(const X509_NAME *a, const X509_NAME *b)
{
	return are_names_odd ? -2 : __real_X509_NAME_cmp(a, b);
}

int __wrap_X509_verify(X509 *certificate, EVP_PKEY *key)
{
	return checks_that_fail && checks_that_fail--
		? 0
		: __real_X509_verify(certificate, key);
}

/* Asking. */

/* The reply of a verb whose open number `at` fails, NULL for an error; false
 * when it does not open so many. */
static bool ask_short(
	json_t **reply, unsigned at, const char *verb, const char *format, ...)
{
	struct error err = {0};
	va_list arguments;

	va_start(arguments, format);
	cleanup(json) json_t *request = near_request(verb, format, arguments);
	va_end(arguments);
	ck_assert_uint_lt(at, OPENS_MAX);
	countdown = at;
	*reply = near_ask(request, &err);
	bool is_reached = countdown == 0;
	countdown = 0;
	return is_reached;
}

static void do_it(const char *verb, const char *member, const char *value)
{
	json_decref(near_do(verb, "s:s", member, value));
}

static void prepare(void)
{
	little_ca_open(&ca);
	near_begin(&run);
	do_it("account", "ca", "little");
	do_it("placeholder", "name", NAME);
	json_decref(near_do("state-save", "s:s, s:{s:i, s:i}", "name", NAME,
		"state", "schema", 1, "failures", 3));
}

static void clean(void)
{
	near_end(&run);
	little_ca_close(&ca);
}

START_TEST(an_account_that_cannot_be_seen_gets_no_other_key)
{
	cleanup(string) char *before = run_read(&run, KEY);
	bool is_reached = true;

	for (unsigned at = 1; is_reached; at++) {
		json_t *reply = NULL;
		near_restart(&run);
		is_reached =
			ask_short(&reply, at, "account", "s:s", "ca", "little");
		json_decref(reply);
		cleanup(string) char *after = run_read(&run, KEY);
		ck_assert(streq(after, before)); /* shows no key */
	}
}
END_TEST

START_TEST(a_version_that_cannot_be_seen_keeps_its_number)
{
	bool is_reached = true;

	for (unsigned at = 1; is_reached; at++) {
		json_t *reply = NULL;
		near_save_order("little");
		cleanup(string) char *chain = near_make_chain(&ca);
		is_reached = ask_short(&reply, at, "stage", "s:s, s:s", "name",
			NAME, "chain", chain);
		if (!reply)
			reply = near_do("stage", "s:s, s:s", "name", NAME,
				"chain", chain);
		int version = (int)member_integer_or(reply, "version", 0);
		json_decref(reply);
		ck_assert_int_eq(version, (int)at + 1);
		near_switch(version);
	}
}
END_TEST

/* Installed, or the vault says that it could not see; nor is it damaged. */
START_TEST(what_cannot_be_seen_is_not_gone)
{
	bool is_reached = true;

	for (unsigned at = 1; is_reached; at++) {
		json_t *reply = NULL;
		is_reached = ask_short(&reply, at, "load", "s:s", "after", "");
		const json_t *lineage = json_array_get(
			json_object_get(reply, "certificates"), 0);
		ck_assert(!reply || !lineage ||
			json_is_object(json_object_get(lineage, "installed")) ||
			member_bool_or(lineage, "unseen", false));
		ck_assert(!json_object_get(lineage, "damaged"));
		ck_assert(!reply || !lineage ||
			json_is_object(json_object_get(lineage, "state")) ||
			json_is_object(json_object_get(lineage, "unread")));
		json_decref(reply);
		ck_assert(run_exists(&run, STATE));
	}
}
END_TEST

static bool has_no_mistake(const json_t *reply)
{
	return json_array_size(json_object_get(reply, "mistakes")) == 0;
}

/* And it is told that another one may see. */
START_TEST(a_rescan_that_cannot_see_loses_no_certificate)
{
	bool is_reached = true;

	for (unsigned at = 1; is_reached; at++) {
		json_t *reply = NULL;
		is_reached = ask_short(&reply, at, "configure", "");
		ck_assert(!reply ||
			member_integer_or(reply, "certificates", 0) == 1);
		ck_assert(has_no_mistake(reply) ||
			member_bool_or(reply, "unfinished", false));
		json_decref(reply);
		cleanup(json) json_t *lineage = near_load_first();
		ck_assert(
			json_is_object(json_object_get(lineage, "installed")));
		ck_assert(json_is_object(json_object_get(lineage, "state")));
	}
}
END_TEST

/* Nor is there memory for everything: a server that is given an empty
 * chain.pem does not start. */
START_TEST(a_chain_that_cannot_be_told_is_not_empty)
{
	run_write(&run, "etc/certs.d/b.example.conf",
		"[Certificate]\nNames=b.example\n");
	near_rescan();
	are_names_odd = true;
	ck_assert(!near_try("placeholder", "s:s", "name", "b.example"));
	are_names_odd = false;
	ck_assert_int_eq(near_error()->kind, ERROR_LOCAL);
	ck_assert(!run_exists(&run, "state/live/b.example"));
	is_confused = true;
	do_it("placeholder", "name", "b.example");
	is_confused = false;
	cleanup(string) char *chain =
		run_read(&run, "state/live/b.example/chain.pem");
	ck_assert_ptr_nonnull(chain);
	ck_assert(*chain);
}
END_TEST

START_TEST(a_placeholder_is_told_as_one_though_a_look_at_it_failed)
{
	run_write(&run, "etc/certs.d/b.example.conf",
		"[Certificate]\nNames=b.example\n");
	near_rescan();
	checks_that_fail = 1;
	cleanup(json) json_t *reply =
		near_do("placeholder", "s:s", "name", "b.example");
	const json_t *installed = json_object_get(reply, "installed");
	ck_assert_uint_eq(checks_that_fail, 0);
	ck_assert(member_bool_or(
		json_object_get(installed, "facts"), "self_signed", false));
}
END_TEST

static unsigned polls_that_fail, rests;

int __real_poll(struct pollfd *fds, nfds_t count, int timeout);
int __wrap_poll(struct pollfd *fds, nfds_t count, int timeout);
int __wrap___poll_chk(
	struct pollfd *fds, nfds_t count, int timeout, size_t size);
int __wrap_nanosleep(const struct timespec *wanted, struct timespec *left);

int __wrap_poll(struct pollfd *fds, nfds_t count, int timeout)
{
	if (!polls_that_fail)
		return __real_poll(fds, count, timeout);
	polls_that_fail--;
	errno = ENOMEM;
	return -1;
}

/* The same with _FORTIFY_SOURCE. */
int __wrap___poll_chk(
	struct pollfd *fds, nfds_t count, int timeout, size_t size)
{
	(void)size;
	return __wrap_poll(fds, count, timeout);
}

int __wrap_nanosleep(const struct timespec *wanted, struct timespec *left)
{
	(void)wanted;
	(void)left;
	rests++;
	return 0;
}

START_TEST(a_kernel_without_memory_is_not_asked_all_the_time)
{
	cleanup(json) json_t *walls = json_array();
	struct vault vault = {.state = -1};
	struct server server = {
		.vault = &vault, .listener = -1, .walls = walls, .missing = ""};
	int pair[2];

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair), 0);
	server_add(&server, pair[0]);
	close(pair[1]);
	polls_that_fail = 3;
	server_run(&server);
	ck_assert_uint_eq(polls_that_fail, 0);
	ck_assert_uint_eq(rests, 3);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("vault_scarce");
	TCase *tests = tcase_create("vault_scarce");

	tcase_set_timeout(tests, 60);
	tcase_add_checked_fixture(tests, prepare, clean);
	tcase_add_test(tests, an_account_that_cannot_be_seen_gets_no_other_key);
	tcase_add_test(tests, a_version_that_cannot_be_seen_keeps_its_number);
	tcase_add_test(tests, what_cannot_be_seen_is_not_gone);
	tcase_add_test(tests, a_rescan_that_cannot_see_loses_no_certificate);
	tcase_add_test(tests, a_chain_that_cannot_be_told_is_not_empty);
	tcase_add_test(
		tests, a_placeholder_is_told_as_one_though_a_look_at_it_failed);
	tcase_add_test(
		tests, a_kernel_without_memory_is_not_asked_all_the_time);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
