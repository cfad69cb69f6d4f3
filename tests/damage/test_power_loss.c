/* SPDX-License-Identifier: MIT */
#include "vault_run.h"

#include "disk.h"
#include "json.h"
#include "mem.h"
#include "near_vault.h"
#include "suite.h"
#include "text.h"
#include "torture.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/*
 * The power goes at every moment of a vault's life, and the disk has kept
 * what POSIX promises and any part of the rest. What is installed is always
 * one whole set: the old one or the new one, and the new one once the vault
 * has said so. No file is ever half there. A vault that starts with such a
 * disk goes on.
 *
 * STATES= disks are judged (1,000), and a vault is started with one of every
 * RESTARTS= of them (50). SEED= draws others.
 */

#define NAME "a.example"
#define PER_MOMENT 48

static struct vault_run run;
static struct little_ca ca;
static unsigned wanted, restarts, states, restarted;
static struct disk_state before, after;

/* What must be on a disk. */

/* Which version is installed, "1" and so on; NULL: none. */
static const char *installed_in(const struct disk_state *state)
{
	const struct disk_entry *link = disk_find(state, "live/" NAME);
	const char *slash = link ? strrchr(link->bytes, '/') : NULL;

	return slash ? slash + 1 : NULL;
}

static const char *const FILES[] = {"cert.pem", "chain.pem", "fullchain.pem",
	"privkey.pem", "combined.pem"};

/* Is that version there, as it is on another disk? */
static bool has_version(const struct disk_state *state,
	const struct disk_state *other, const char *version)
{
	for (size_t i = 0; i < sizeof(FILES) / sizeof(*FILES); i++) {
		cleanup(string) char *path = text_format(
			"archive/" NAME "/%s/%s", version, FILES[i]);
		const struct disk_entry *file = disk_find(state, path);
		if (!file || !disk_same(file, disk_find(other, path)))
			return false;
	}
	return true;
}

/* Nothing, where nothing was. */
static bool is_installed(
	const struct disk_state *state, const struct disk_state *as)
{
	const char *version = installed_in(state), *other = installed_in(as);

	if (!version || !other)
		return version == other;
	return streq(version, other) && has_version(state, as, version);
}

static bool is_hidden(const char *path)
{
	return path[0] == '.' || strstr(path, "/.") != NULL;
}

/* A version may be there or not, and one that is being removed half. */
static bool is_of_version(const char *path)
{
	static const char ARCHIVE[] = "archive/" NAME "/";

	return text_starts_with(path, ARCHIVE) &&
		strchr("123456789", path[sizeof(ARCHIVE) - 1]);
}

static bool is_as_in(const struct disk_state *state, const char *path,
	const struct disk_state *as)
{
	return disk_same(disk_find(state, path), disk_find(as, path));
}

static void judge_path(
	const struct disk_state *state, const char *path, bool is_said)
{
	if (is_hidden(path) || streq(path, "lock"))
		return;
	bool is_there = disk_find(state, path) != NULL;
	bool is_after = is_as_in(state, path, &after);
	bool is_whole = is_after || is_as_in(state, path, &before);
	if (is_of_version(path))
		ck_assert_msg(is_whole || !is_there, "half of %s", path);
	else
		ck_assert_msg(is_said ? is_after : is_whole, "%s %s", path,
			is_said ? "is lost" : "is neither old nor new");
}

static void judge(const struct disk_state *state, bool is_said)
{
	ck_assert_msg(is_installed(state, &after) ||
			(!is_said && is_installed(state, &before)),
		"what is installed is neither the old set nor the new one");
	for (size_t i = 0; i < state->count; i++)
		judge_path(state, state->entries[i].path, is_said);
	for (size_t i = 0; i < after.count; i++)
		judge_path(state, after.entries[i].path, is_said);
}

/* A vault with that disk. */

static void finish_order(void)
{
	const json_t *reply = run_do(&run, "csr", "s:s", "name", NAME);
	cleanup(string) char *chain =
		little_ca_sign(&ca, member_string_or(reply, "csr", ""));
	reply = run_do(&run, "stage", "s:s, s:s", "name", NAME, "chain", chain);
	run_do(&run, "switch", "s:s, s:I", "name", NAME, "version",
		member_integer_or(reply, "version", 0));
}

static void go_on(void)
{
	run_begin(&run);
	const json_t *reply = run_do(&run, "load", "s:s", "after", "");
	const json_t *lineage =
		json_array_get(json_object_get(reply, "certificates"), 0);
	ck_assert_str_eq(member_string_or(lineage, "problem", ""), "");
	run_do(&run, "account", "s:s", "ca", "little");
	finish_order();
	run_end(&run);
}

static void restart_with(const struct disk_state *state)
{
	disk_write_out(state, run_path(&run, "state"));
	go_on();
	restarted++;
}

/* Losing power. */

static void try(size_t moment, const unsigned char *choices, bool is_said)
{
	struct disk_state state = disk_lose(moment, choices);

	judge(&state, is_said);
	if (++states % restarts == 0)
		restart_with(&state);
	disk_state_clear(&state);
}

/* All choices where they are few, else some. */
static void choose(
	unsigned char *choices, size_t pending, bool is_few, unsigned number)
{
	for (size_t i = 0; i < pending; i++)
		if (!is_few)
			choices[i] = (unsigned char)torture_draw(4);
		else if (number >> i & 1U)
			choices[i] = (unsigned char)(3 - torture_draw(3));
		else
			choices[i] = 0;
}

static void try_moment(size_t moment, bool is_said)
{
	size_t pending = disk_pending(moment);
	cleanup(bytes) unsigned char *choices = calloc(1, pending + 1);
	bool is_few = pending <= 5;
	unsigned count = is_few ? 1U << pending : PER_MOMENT;

	for (unsigned number = 0; number < count; number++) {
		choose(choices, pending, is_few, number);
		try(moment, choices, is_said);
	}
}

/* The moments of a verb, and one more: it has been answered. */
static void try_moments(size_t first)
{
	for (size_t moment = first; moment < disk_moment(); moment++)
		try_moment(moment, false);
	try_moment(disk_moment(), true);
}

/* Asks, and loses power at each moment of it. Free the reply. */
static json_t *lose(const char *verb, const char *format, ...)
{
	struct error err = {0};
	va_list arguments;

	va_start(arguments, format);
	cleanup(json) json_t *request = near_request(verb, format, arguments);
	va_end(arguments);
	if (torture_draw(4) == 0 || disk_moment() > 200)
		disk_settle();
	size_t first = disk_moment();
	before = disk_lose(first, NULL);
	json_t *reply = near_ask(request, &err);
	ck_assert_msg(reply != NULL, "%s: %s", verb, err.text);
	after = disk_lose(disk_moment(), NULL);
	try_moments(first);
	disk_state_clear(&before);
	disk_state_clear(&after);
	return reply;
}

static void configure(const char *comment)
{
	cleanup(string) char *text = text_format(
		"[Certificate]\nNames=a.example www.a.example\n# %s\n",
		comment);

	run_write(&run, "etc/certs.d/a.example.conf", text);
	json_decref(lose("configure", ""));
}

static void register_account(void)
{
	json_decref(lose("account", "s:s", "ca", "little"));
	json_decref(lose("account-save", "s:s, s:s, s:s", "ca", "little", "url",
		"https://ca.test/account/1", "directory",
		"https://ca.test/dir"));
}

static void issue(void)
{
	json_decref(lose("order-save", "s:s, s:{s:s, s:s, s:s}", "name", NAME,
		"order", "ca", "little", "url", "https://ca.test/order/1",
		"account", "https://ca.test/account/1"));
	cleanup(json) json_t *csr = lose("csr", "s:s", "name", NAME);
	cleanup(string) char *chain =
		little_ca_sign(&ca, member_string_or(csr, "csr", ""));
	cleanup(json) json_t *version =
		lose("stage", "s:s, s:s", "name", NAME, "chain", chain);
	json_decref(lose("switch", "s:s, s:I", "name", NAME, "version",
		member_integer_or(version, "version", 0)));
}

static void save_states(int round)
{
	json_decref(lose("state-save", "s:s, s:{s:i, s:i}", "name", NAME,
		"state", "schema", 1, "failures", round));
	json_decref(lose("machine-save", "s:s, s:{s:i, s:i}", "part", "telling",
		"state", "schema", 1, "told", round));
}

static void give_up_an_order(void)
{
	json_decref(lose("order-save", "s:s, s:{s:s, s:s, s:s}", "name", NAME,
		"order", "ca", "little", "url", "https://ca.test/order/2",
		"account", "https://ca.test/account/1"));
	json_decref(lose("csr", "s:s", "name", NAME));
	json_decref(lose("order-drop", "s:s", "name", NAME));
}

static void change_key(const char *goes_by)
{
	json_decref(lose(
		"permit", "s:s, s:s", "what", "key-change", "ca", "little"));
	json_decref(lose("key-change-begin", "s:s", "ca", "little"));
	json_decref(lose("key-change-settle", "s:s, s:s", "ca", "little",
		"goes_by", goes_by));
}

static int installed(void)
{
	struct disk_state state = disk_lose(disk_moment(), NULL);
	int version = atoi(installed_in(&state));

	disk_state_clear(&state);
	return version;
}

static void revoke_and_replace(void)
{
	int version = installed();

	json_decref(lose("permit", "s:s, s:s, s:i, s:i", "what", "revoke",
		"name", NAME, "version", version, "reason", 4));
	json_decref(lose("revoked", "s:s, s:i, s:i", "name", NAME, "version",
		version, "reason", 4));
	issue();
	issue();
}

static void do_something(int round)
{
	switch (torture_draw(6)) {
	case 0:
		change_key(torture_draw(2) ? "new" : "old");
		break;
	case 1:
		give_up_an_order();
		break;
	case 2:
		issue();
		json_decref(lose("rollback", "s:s, s:i", "name", NAME,
			"version", installed()));
		break;
	case 3:
		revoke_and_replace();
		break;
	case 4:
		configure(round % 2 ? "odd" : "even");
		break;
	default:
		save_states(round);
	}
}

static void live(void)
{
	disk_remove(run_path(&run, "mine"));
	ck_assert_int_eq(mkdir(run_path(&run, "mine"), 0755), 0);
	near_open(run_path(&run, "etc"), run_path(&run, "mine"));
	disk_begin(run_path(&run, "mine"));
	configure("first");
	json_decref(lose("placeholder", "s:s", "name", NAME));
	register_account();
	issue();
	issue();
	for (int round = 0; round < 12 && states < wanted; round++) {
		do_something(round);
		issue();
	}
	disk_end();
	near_close();
}

START_TEST(no_loss_of_power_tears_a_set)
{
	while (states < wanted)
		live();
	printf("a vault was started with %u\n", restarted);
	printf("%u cases, 0 failures: disks after a loss of power\n", states);
}
END_TEST

static void prepare(void)
{
	umask(0);
	torture_begin("power loss");
	wanted = torture_setting("STATES", 1000);
	restarts = torture_setting("RESTARTS", 50);
	run_prepare(&run);
	little_ca_open(&ca);
}

static void clean(void)
{
	run_clean(&run);
	little_ca_close(&ca);
}

int main(void)
{
	Suite *suite = suite_create("power_loss");
	TCase *tests = tcase_create("power_loss");

	tcase_set_timeout(tests, 7200);
	tcase_add_checked_fixture(tests, prepare, clean);
	tcase_add_test(tests, no_loss_of_power_tears_a_set);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
