/* SPDX-License-Identifier: MIT */
#include "vault_life.h"

#include "json.h"
#include "mem.h"
#include "suite.h"
#include "text.h"

#include <check.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

/* What becomes of crashes, of damage by humans, and of a disk that fails. */

#define NAME "a.example"
#define ARCHIVE "state/archive/" NAME
#define LIVE "state/live/" NAME
#define CONF "etc/certs.d/a.example.conf"

static struct vault_run run;
static struct little_ca ca;

static void prepare(void)
{
	run_prepare(&run);
	little_ca_open(&ca);
}

static void clean(void)
{
	run_clean(&run);
	little_ca_close(&ca);
}

static const char *get(const json_t *object, const char *name)
{
	return member_string_or(object, name, "");
}

static bool try_stage(const char *chain)
{
	return run_ask(&run, "stage", "s:s, s:s", "name", NAME, "chain", chain);
}

static void stage(void)
{
	life_save_order(&run, "https://ca.test/order/1");
	life_stage(&run, &ca);
}

static void restart(void)
{
	run_kill(&run);
	run_begin(&run);
}

/* Crashes. */

START_TEST(an_order_survives_a_kill)
{
	run_begin(&run);
	life_save_order(&run, "https://ca.test/order/1");
	restart();
	const json_t *order = json_object_get(life_load_first(&run), "order");
	ck_assert_str_eq(get(order, "url"), "https://ca.test/order/1");
	ck_assert_str_eq(get(order, "ca"), "little");
	ck_assert_str_eq(get(order, "account"), "https://ca.test/account/1");
}
END_TEST

START_TEST(the_key_of_an_order_survives_a_kill)
{
	run_begin(&run);
	life_save_order(&run, "https://ca.test/order/1");
	cleanup(string) char *chain = life_make_chain(&run, &ca);
	restart();
	ck_assert(json_is_object(
		json_object_get(life_load_first(&run), "order")));
	ck_assert_msg(try_stage(chain), "%s", run.text);
}
END_TEST

START_TEST(what_was_staged_before_a_kill_is_told)
{
	run_begin(&run);
	stage();
	restart();
	const json_t *staged = json_object_get(life_load_first(&run), "staged");
	ck_assert_int_eq(member_integer_or(staged, "version", 0), 1);
	run_do(&run, "switch", "s:s, s:i", "name", NAME, "version", 1);
	ck_assert(!run_exists(&run, ARCHIVE "/next"));
}
END_TEST

START_TEST(a_kill_after_the_switch_leaves_no_order)
{
	run_begin(&run);
	life_issue(&run, &ca);
	ck_assert_int_eq(mkdir(run_path(&run, ARCHIVE "/next"), 0700), 0);
	run_write(&run, ARCHIVE "/next/staged", "1\n");
	restart();
	const json_t *lineage = life_load_first(&run);
	ck_assert(json_is_null(json_object_get(lineage, "staged")));
	ck_assert(!run_exists(&run, ARCHIVE "/next"));
}
END_TEST

START_TEST(an_order_without_its_key_is_dead)
{
	run_begin(&run);
	life_save_order(&run, "https://ca.test/order/1");
	run_do(&run, "csr", "s:s", "name", NAME);
	run_kill(&run);
	run_remove(&run, ARCHIVE "/next/privkey.pem");
	run_begin(&run);
	ck_assert(
		json_is_null(json_object_get(life_load_first(&run), "order")));
}
END_TEST

START_TEST(what_was_half_written_is_cleared_away)
{
	run_begin(&run);
	life_issue(&run, &ca);
	run_kill(&run);
	ck_assert_int_eq(
		mkdir(run_path(&run, ARCHIVE "/.unfinished"), 0755), 0);
	run_write(&run, ARCHIVE "/.unfinished/privkey.pem", "half a k");
	run_begin(&run);
	life_load_first(&run);
	ck_assert(!run_exists(&run, ARCHIVE "/.unfinished"));
}
END_TEST

START_TEST(a_half_finished_rename_is_finished)
{
	run_begin(&run);
	life_issue(&run, &ca);
	run_kill(&run);
	ck_assert_int_eq(rename(run_path(&run, CONF),
				 run_path(&run, "etc/certs.d/b.conf")),
		0);
	ck_assert_int_eq(rename(run_path(&run, ARCHIVE),
				 run_path(&run, "state/archive/b")),
		0);
	ck_assert_int_eq(symlink("b", run_path(&run, ARCHIVE)), 0);
	run_begin(&run);
	ck_assert_str_eq(run_link(&run, "state/live/b"), "../archive/b/1");
	ck_assert_str_eq(run_link(&run, LIVE), "b");
	ck_assert(!run_exists(&run, ARCHIVE));
}
END_TEST

START_TEST(a_rename_that_had_hardly_begun_is_done_again)
{
	run_begin(&run);
	life_issue(&run, &ca);
	run_kill(&run);
	ck_assert_int_eq(rename(run_path(&run, CONF),
				 run_path(&run, "etc/certs.d/b.conf")),
		0);
	ck_assert_int_eq(symlink("b", run_path(&run, "state/archive/b")), 0);
	run_begin(&run);
	ck_assert_str_eq(run_link(&run, LIVE), "b");
	ck_assert(run_exists(&run, "state/live/b/cert.pem"));
}
END_TEST

/* Damage. */

static void has_problem(const char *word)
{
	const char *problem = get(life_load_first(&run), "problem");

	ck_assert_msg(strstr(problem, word), "%s", problem);
}

/* What is installed is, and the one before it is none to go to: people may
 * know why there is another one. */
static void is_damaged(const char *code)
{
	const json_t *lineage = life_load_first(&run);
	const json_t *damage = json_object_get(lineage, "damaged");

	ck_assert(json_is_object(damage));
	ck_assert_str_eq(get(damage, "code"), code);
	ck_assert_str_ne(get(damage, "text"), "");
	ck_assert(json_is_null(json_object_get(lineage, "staged")));
}

START_TEST(a_damaged_state_is_put_aside)
{
	run_begin(&run);
	run_do(&run, "state-save", "s:s, s:{s:i}", "name", NAME, "state",
		"schema", 1);
	run_write(&run, "state/state/a.example.json", "{\"schema\":1,");
	has_problem("L5");
	ck_assert(run_exists(&run, "state/state/a.example.json.damaged"));
	ck_assert_str_eq(get(life_load_first(&run), "problem"), "");
}
END_TEST

START_TEST(a_file_in_the_place_of_the_link_is_told)
{
	run_begin(&run);
	life_issue(&run, &ca);
	run_remove(&run, LIVE);
	run_write(&run, LIVE, "a human was here\n");
	has_problem("L7");
	ck_assert(!run_ask(
		&run, "switch", "s:s, s:i", "name", NAME, "version", 1));
	ck_assert_str_eq(run.code, "L7");
	ck_assert(!run_ask(&run, "placeholder", "s:s", "name", NAME));
	ck_assert_str_eq(run.code, "L7");
}
END_TEST

START_TEST(a_folder_in_the_place_of_the_link_is_told)
{
	run_begin(&run);
	life_issue(&run, &ca);
	run_remove(&run, LIVE);
	ck_assert_int_eq(mkdir(run_path(&run, LIVE), 0755), 0);
	has_problem("L7");
	ck_assert(!run_ask(
		&run, "switch", "s:s, s:i", "name", NAME, "version", 1));
	ck_assert_str_eq(run.code, "L7");
}
END_TEST

START_TEST(a_foreign_link_is_told)
{
	run_begin(&run);
	life_issue(&run, &ca);
	run_remove(&run, LIVE);
	ck_assert_int_eq(symlink("/etc/ssl", run_path(&run, LIVE)), 0);
	has_problem("L7");
}
END_TEST

START_TEST(a_lost_link_offers_the_newest_version)
{
	run_begin(&run);
	life_issue(&run, &ca);
	life_issue(&run, &ca);
	run_remove(&run, LIVE);
	const json_t *staged = json_object_get(life_load_first(&run), "staged");
	ck_assert_int_eq(member_integer_or(staged, "version", 0), 2);
	run_do(&run, "switch", "s:s, s:i", "name", NAME, "version", 2);
	ck_assert_str_eq(run_link(&run, LIVE), "../archive/" NAME "/2");
}
END_TEST

/* The link is lost: is this version offered in its place? (0: none) */
static int64_t offered_without_link(void)
{
	run_remove(&run, LIVE);
	return member_integer_or(
		json_object_get(life_load_first(&run), "staged"), "version", 0);
}

START_TEST(a_lost_link_never_offers_what_is_revoked)
{
	run_begin(&run);
	life_issue(&run, &ca);
	life_issue(&run, &ca);
	run_write(&run, ARCHIVE "/2/revoked.json", "{\"reason\":4}\n");
	ck_assert_int_eq(offered_without_link(), 1);
	run_write(&run, ARCHIVE "/1/revoked.json", "{\"reason\":4}\n");
	ck_assert_int_eq(offered_without_link(), 0);
}
END_TEST

static void overwrite(const char *version, const char *file, const char *text)
{
	cleanup(string) char *path =
		text_format(ARCHIVE "/%s/%s", version, file);

	run_write(&run, path, text);
}

/* What stage would never let in; time made it so. */
static void make_expired(const char *version)
{
	static const char END[] = "-----END CERTIFICATE-----\n";

	ca.days = -1;
	cleanup(string) char *full = life_make_chain(&run, &ca);
	cleanup(string) char *key = run_read(&run, ARCHIVE "/next/privkey.pem");
	const char *chain = strstr(full, END) + strlen(END);
	cleanup(string) char *cert = strndup(full, (size_t)(chain - full));
	cleanup(string) char *combined = text_format("%s%s", key, full);
	overwrite(version, "cert.pem", cert);
	overwrite(version, "chain.pem", chain);
	overwrite(version, "fullchain.pem", full);
	overwrite(version, "privkey.pem", key);
	overwrite(version, "combined.pem", combined);
}

START_TEST(neither_repair_nor_rollback_offer_what_has_expired)
{
	run_begin(&run);
	life_issue(&run, &ca);
	life_issue(&run, &ca);
	make_expired("1");
	ck_assert(!run_ask(
		&run, "rollback", "s:s, s:i", "name", NAME, "version", 2));
	make_expired("2");
	ck_assert_str_eq(get(life_load_first(&run), "problem"), "");
	ck_assert_int_eq(offered_without_link(), 0);
}
END_TEST

START_TEST(what_expired_while_it_waited_is_not_switched_in)
{
	run_begin(&run);
	life_issue(&run, &ca);
	stage();
	make_expired("2");
	ck_assert(!run_ask(
		&run, "switch", "s:s, s:i", "name", NAME, "version", 2));
	ck_assert_str_eq(run.kind, "refused");
	ck_assert_str_eq(run_link(&run, LIVE), "../archive/" NAME "/1");
}
END_TEST

START_TEST(what_was_damaged_while_it_waited_is_not_switched_in)
{
	run_begin(&run);
	life_issue(&run, &ca);
	stage();
	run_let_open(&run, 3);
	ck_assert(!run_ask(
		&run, "switch", "s:s, s:i", "name", NAME, "version", 2));
	ck_assert_str_eq(run.kind, "local");
	run_let_open(&run, 1024);
	run_remove(&run, ARCHIVE "/2/cert.pem");
	ck_assert(!run_ask(
		&run, "switch", "s:s, s:i", "name", NAME, "version", 2));
	ck_assert_str_eq(run.kind, "refused");
}
END_TEST

START_TEST(a_key_that_was_exchanged_is_told)
{
	run_begin(&run);
	life_issue(&run, &ca);
	life_issue(&run, &ca);
	cleanup(string) char *old = run_read(&run, ARCHIVE "/1/privkey.pem");
	run_write(&run, ARCHIVE "/2/privkey.pem", old);
	has_problem("L6");
	is_damaged("L6");
}
END_TEST

START_TEST(a_version_without_a_file_is_told)
{
	run_begin(&run);
	life_issue(&run, &ca);
	run_remove(&run, ARCHIVE "/1/combined.pem");
	has_problem("combined.pem is missing");
	is_damaged("");
	ck_assert(!run_ask(
		&run, "switch", "s:s, s:i", "name", NAME, "version", 1));
}
END_TEST

START_TEST(what_was_put_behind_a_key_is_damage)
{
	run_begin(&run);
	life_issue(&run, &ca);
	cleanup(string) char *old = run_read(&run, ARCHIVE "/1/combined.pem");
	cleanup(string) char *more =
		text_format("%s-----BEGIN DH PARAMETERS-----\n", old);
	run_write(&run, ARCHIVE "/1/combined.pem", more);
	is_damaged("L5");
	run_write(&run, ARCHIVE "/1/combined.pem", old);
	ck_assert_ptr_null(json_object_get(life_load_first(&run), "damaged"));
}
END_TEST

START_TEST(an_installed_version_is_never_pruned)
{
	run_begin(&run);
	life_issue(&run, &ca);
	life_issue(&run, &ca);
	run_do(&run, "rollback", "s:s, s:i", "name", NAME, "version", 2);
	for (int i = 0; i < 4; i++)
		stage();
	ck_assert(run_exists(&run, LIVE "/cert.pem"));
	life_issue(&run, &ca);
	ck_assert(run_exists(&run, LIVE "/cert.pem"));
	ck_assert(run_exists(&run, ARCHIVE "/1"));
}
END_TEST

/* Chains that must not be used. */

static void refuses_chain(const char *chain)
{
	ck_assert(!try_stage(chain));
	ck_assert_str_ne(run.text, "");
	ck_assert(!run_exists(&run, ARCHIVE "/1"));
}

static void begin_order(void)
{
	run_begin(&run);
	life_save_order(&run, "https://ca.test/order/1");
}

START_TEST(a_chain_for_another_key_is_refused)
{
	begin_order();
	run_do(&run, "csr", "s:s", "name", NAME);
	cleanup(string) char *chain = little_ca_sign_other(&ca, NAME);
	refuses_chain(chain);
}
END_TEST

START_TEST(a_chain_in_the_wrong_order_is_refused)
{
	begin_order();
	ca.is_reversed = true;
	cleanup(string) char *chain = life_make_chain(&run, &ca);
	refuses_chain(chain);
}
END_TEST

START_TEST(an_expired_chain_is_refused)
{
	begin_order();
	ca.days = -1;
	cleanup(string) char *chain = life_make_chain(&run, &ca);
	refuses_chain(chain);
}
END_TEST

static bool stages_one_of(int age, int days)
{
	ca.age = age;
	ca.days = days;
	cleanup(string) char *chain = life_make_chain(&run, &ca);
	return try_stage(chain);
}

START_TEST(what_is_nearly_used_up_replaces_nothing_that_lasts)
{
	run_begin(&run);
	ca.age = 80;
	ca.days = 10;
	life_issue(&run, &ca);
	life_save_order(&run, "https://ca.test/order/2");
	ck_assert(!stages_one_of(85, 5));
	ck_assert_ptr_nonnull(strstr(run.text, "the one that is live at"));
	ck_assert(!run_exists(&run, ARCHIVE "/2"));
	ck_assert(stages_one_of(85, 15));
	ck_assert(stages_one_of(0, 6));
}
END_TEST

START_TEST(a_chain_for_other_names_is_refused)
{
	begin_order();
	cleanup(string) char *chain = life_make_chain(&run, &ca);
	run_write(&run, CONF, "[Certificate]\nNames=a.example b.example\n");
	run_do(&run, "configure", "");
	refuses_chain(chain);
}
END_TEST

START_TEST(a_chain_without_a_key_is_refused)
{
	begin_order();
	cleanup(string) char *chain = life_make_chain(&run, &ca);
	run_do(&run, "order-drop", "s:s", "name", NAME);
	refuses_chain(chain);
	ck_assert_str_eq(run.kind, "refused");
}
END_TEST

START_TEST(nonsense_is_no_chain)
{
	begin_order();
	run_do(&run, "csr", "s:s", "name", NAME);
	refuses_chain("");
	refuses_chain("-----BEGIN CERTIFICATE-----\n");
	cleanup(string) char *chain = life_make_chain(&run, &ca);
	cleanup(string) char *key = run_read(&run, ARCHIVE "/next/privkey.pem");
	cleanup(string) char *both = text_format("%s%s", chain, key);
	refuses_chain(both);
}
END_TEST

static void set_root(const char *text)
{
	run_write(&run, "etc/root.pem", text);
	cleanup(string) char *conf = text_format(
		"[CA little]\nDirectory=https://ca.test/dir\n"
		"RootFile=%s/etc/root.pem\n[Certificate]\nCA=little\n",
		run.folder);
	run_write(&run, "etc/acmed.conf", conf);
}

START_TEST(a_chain_to_another_root_is_refused)
{
	struct little_ca other;
	little_ca_open(&other);
	cleanup(string) char *root = little_ca_root(&other);
	set_root(root);
	begin_order();
	cleanup(string) char *chain = life_make_chain(&run, &ca);
	refuses_chain(chain);
	ck_assert_str_eq(run.code, "P12");
	little_ca_close(&other);
}
END_TEST

START_TEST(a_root_file_is_read_again_when_it_changes)
{
	set_root("nonsense\n");
	begin_order();
	cleanup(string) char *chain = life_make_chain(&run, &ca);
	refuses_chain(chain);
	ck_assert_str_eq(run.kind, "local");
	cleanup(string) char *root = little_ca_root(&ca);
	set_root(root);
	ck_assert_msg(try_stage(chain), "%s", run.text);
}
END_TEST

START_TEST(a_clock_before_the_last_certificate_is_not_believed)
{
	run_begin(&run);
	run_write(&run, "state/state/clock", "2099-01-01T00:00:00Z");
	life_save_order(&run, "https://ca.test/order/1");
	cleanup(string) char *chain = life_make_chain(&run, &ca);
	refuses_chain(chain);
	ck_assert_str_eq(run.code, "C1");
	ck_assert_str_eq(run.kind, "local");
}
END_TEST

/* The disk. */

/* In a mount namespace of the test, so that nothing stays behind. */
static bool can_mount(const char *options)
{
	if (geteuid() == 0 && unshare(CLONE_NEWNS) == 0 &&
		mount("none", "/", "none", MS_REC | MS_PRIVATE, NULL) == 0 &&
		mkdir(run_path(&run, "state"), 0755) == 0 &&
		mount("tmpfs", run_path(&run, "state"), "tmpfs", 0, options) ==
			0)
		return true;
	fprintf(stderr, "SKIPPED: a small disk needs root\n");
	return false;
}

START_TEST(a_full_disk_is_told_and_nothing_is_lost)
{
	if (!can_mount("size=640k"))
		return;
	run_begin(&run);
	life_issue(&run, &ca);
	run_do(&run, "probe", "");
	char *filler = calloc(1, 100000);
	ck_assert_ptr_nonnull(filler);
	memset(filler, 'x', 99999);
	for (int i = 0; i < 12; i++) {
		char path[32];
		snprintf(path, sizeof(path), "state/filler%d", i);
		run_write(&run, path, filler);
	}
	free(filler);
	ck_assert(!run_ask(&run, "probe", ""));
	ck_assert_str_eq(run.code, "L1");
	ck_assert_str_eq(run.kind, "local");
	ck_assert(!run_ask(&run, "csr", "s:s", "name", NAME));
	ck_assert_str_eq(run.code, "L1");
	ck_assert(json_is_object(
		json_object_get(life_load_first(&run), "installed")));
	run_end(&run);
	ck_assert_int_eq(umount2(run_path(&run, "state"), MNT_DETACH), 0);
}
END_TEST

START_TEST(a_read_only_disk_is_told)
{
	if (!can_mount("size=4m"))
		return;
	run_begin(&run);
	life_issue(&run, &ca);
	run_end(&run);
	ck_assert_int_eq(mount("none", run_path(&run, "state"), "none",
				 MS_REMOUNT | MS_RDONLY, NULL),
		0);
	run_begin(&run);
	ck_assert(!run_ask(&run, "probe", ""));
	ck_assert_str_eq(run.code, "L3");
	ck_assert(json_is_object(
		json_object_get(life_load_first(&run), "installed")));
	ck_assert(!run_ask(&run, "csr", "s:s", "name", NAME));
	ck_assert_str_eq(run.code, "L3");
	run_end(&run);
	ck_assert_int_eq(umount2(run_path(&run, "state"), MNT_DETACH), 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("vault_damage");
	TCase *tests = tcase_create("vault_damage");

	tcase_set_timeout(tests, 120);
	tcase_add_checked_fixture(tests, prepare, clean);
	tcase_add_test(tests, an_order_survives_a_kill);
	tcase_add_test(tests, the_key_of_an_order_survives_a_kill);
	tcase_add_test(tests, what_was_staged_before_a_kill_is_told);
	tcase_add_test(tests, a_kill_after_the_switch_leaves_no_order);
	tcase_add_test(tests, an_order_without_its_key_is_dead);
	tcase_add_test(tests, what_was_half_written_is_cleared_away);
	tcase_add_test(tests, a_half_finished_rename_is_finished);
	tcase_add_test(tests, a_rename_that_had_hardly_begun_is_done_again);
	tcase_add_test(tests, a_damaged_state_is_put_aside);
	tcase_add_test(tests, a_file_in_the_place_of_the_link_is_told);
	tcase_add_test(tests, a_folder_in_the_place_of_the_link_is_told);
	tcase_add_test(tests, a_foreign_link_is_told);
	tcase_add_test(tests, a_lost_link_offers_the_newest_version);
	tcase_add_test(tests, a_lost_link_never_offers_what_is_revoked);
	tcase_add_test(
		tests, neither_repair_nor_rollback_offer_what_has_expired);
	tcase_add_test(tests, a_key_that_was_exchanged_is_told);
	tcase_add_test(tests, what_expired_while_it_waited_is_not_switched_in);
	tcase_add_test(
		tests, what_was_damaged_while_it_waited_is_not_switched_in);
	tcase_add_test(tests, a_version_without_a_file_is_told);
	tcase_add_test(tests, what_was_put_behind_a_key_is_damage);
	tcase_add_test(tests, an_installed_version_is_never_pruned);
	tcase_add_test(tests, a_chain_for_another_key_is_refused);
	tcase_add_test(tests, a_chain_in_the_wrong_order_is_refused);
	tcase_add_test(tests, an_expired_chain_is_refused);
	tcase_add_test(
		tests, what_is_nearly_used_up_replaces_nothing_that_lasts);
	tcase_add_test(tests, a_chain_for_other_names_is_refused);
	tcase_add_test(tests, a_chain_without_a_key_is_refused);
	tcase_add_test(tests, nonsense_is_no_chain);
	tcase_add_test(tests, a_chain_to_another_root_is_refused);
	tcase_add_test(tests, a_root_file_is_read_again_when_it_changes);
	tcase_add_test(
		tests, a_clock_before_the_last_certificate_is_not_believed);
	tcase_add_test(tests, a_full_disk_is_told_and_nothing_is_lost);
	tcase_add_test(tests, a_read_only_disk_is_told);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
