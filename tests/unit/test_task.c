/* SPDX-License-Identifier: MIT */
#include "task.h"

#include "certificate.h"
#include "key.h"
#include "mem.h"
#include "message.h"
#include "suite.h"
#include "task_run.h"
#include "text.h"

#include <check.h>
#undef fail
#include <openssl/pkcs12.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define NOBODY 65534

static struct task_run run;

static void set_up(void)
{
	task_open(&run);
}

static void tear_down(void)
{
	task_close(&run);
}

/* Exports. */

START_TEST(a_combined_file_is_key_then_chain)
{
	task_configure(
		"[Export a]\nPath=%s/out/tls.pem\nMode=0640\n", run.folder);
	struct stat status;

	ck_assert_msg(task_ask(&run, "export"), "%s", run.err.text);
	cleanup(string) char *wanted =
		text_format("%s%s", run.key_pem, run.full_pem);
	ck_assert_str_eq(task_get_file("out/tls.pem"), wanted);
	ck_assert_int_eq(stat("out/tls.pem", &status), 0);
	ck_assert_uint_eq(status.st_mode & 07777, 0640);
}
END_TEST

START_TEST(four_files_go_into_a_folder)
{
	task_configure("[Export a]\nPath=%s/out\nFormat=pem\n", run.folder);
	ck_assert_msg(task_ask(&run, "export"), "%s", run.err.text);
	ck_assert_str_eq(task_get_file("out/privkey.pem"), run.key_pem);
	ck_assert_str_eq(task_get_file("out/fullchain.pem"), run.full_pem);
	cleanup(string) char *chain = known_pem(run.known.middle, NULL);
	ck_assert_str_eq(task_get_file("out/chain.pem"), chain);
	ck_assert_int_eq(access("out/cert.pem", F_OK), 0);
}
END_TEST

START_TEST(a_pkcs12_file_opens_with_an_empty_password)
{
	EVP_PKEY *key = NULL;
	X509 *certificate = NULL;
	STACK_OF(X509) *others = NULL;

	task_configure(
		"[Export a]\nPath=%s/out/tls.p12\nFormat=pkcs12\n", run.folder);
	ck_assert_msg(task_ask(&run, "export"), "%s", run.err.text);
	FILE *file = fopen("out/tls.p12", "re");
	PKCS12 *store = d2i_PKCS12_fp(file, NULL);
	fclose(file);
	ck_assert_int_eq(
		PKCS12_parse(store, "", &key, &certificate, &others), 1);
	ck_assert_int_eq(EVP_PKEY_eq(key, run.known.key), 1);
	ck_assert_int_eq(X509_cmp(certificate, run.leaf), 0);
	ck_assert_int_eq(sk_X509_num(others), 1);
	PKCS12_free(store);
	EVP_PKEY_free(key);
	X509_free(certificate);
	sk_X509_pop_free(others, X509_free);
}
END_TEST

START_TEST(the_owner_gets_the_file)
{
	struct stat status;

	if (geteuid() != 0) {
		puts("task: SKIPPED the owner, it needs root");
		return;
	}
	task_configure(
		"[Export a]\nPath=%s/out/tls.pem\nOwner=nobody\n", run.folder);
	ck_assert_int_eq(chown("out", NOBODY, NOBODY), 0);
	ck_assert_msg(task_ask(&run, "export"), "%s", run.err.text);
	ck_assert_int_eq(stat("out/tls.pem", &status), 0);
	ck_assert_uint_eq(status.st_uid, NOBODY);
	ck_assert_uint_eq(status.st_mode & 07777, 0600);
}
END_TEST

START_TEST(without_the_owner_nothing_is_made)
{
	task_configure("[Export a]\nPath=%s/out/tls.pem\nOwner=no-such-user\n",
		run.folder);
	ck_assert(!task_ask(&run, "export"));
	ck_assert_str_eq(run.err.code, "P6");
	ck_assert_ptr_nonnull(strstr(run.err.text, "no-such-user"));
	task_configure("[Export a]\nPath=%s/out/tls.pem\nGroup=no-such-group\n",
		run.folder);
	ck_assert(!task_ask(&run, "export"));
	ck_assert_ptr_nonnull(strstr(run.err.text, "no-such-group"));
	ck_assert_int_ne(access("out/tls.pem", F_OK), 0);
}
END_TEST

START_TEST(a_link_is_replaced_and_not_followed)
{
	struct stat status;

	task_put_file("precious", "keep me");
	ck_assert_int_eq(symlink("../precious", "out/tls.pem"), 0);
	task_configure("[Export a]\nPath=%s/out/tls.pem\n", run.folder);
	ck_assert_msg(task_ask(&run, "export"), "%s", run.err.text);
	ck_assert_str_eq(task_get_file("precious"), "keep me");
	ck_assert_int_eq(lstat("out/tls.pem", &status), 0);
	ck_assert(S_ISREG(status.st_mode));
}
END_TEST

START_TEST(a_folder_that_is_a_link_is_refused)
{
	ck_assert_int_eq(symlink("out", "way"), 0);
	task_configure("[Export a]\nPath=%s/way/tls.pem\n", run.folder);
	ck_assert(!task_ask(&run, "export"));
	ck_assert_int_ne(access("out/tls.pem", F_OK), 0);
}
END_TEST

START_TEST(a_folder_that_everybody_can_write_is_refused)
{
	ck_assert_int_eq(chmod("out", 01777), 0);
	task_configure("[Export a]\nPath=%s/out/tls.pem\n", run.folder);
	ck_assert(!task_ask(&run, "export"));
	ck_assert_int_eq(run.err.kind, ERROR_REFUSED);
	ck_assert_ptr_nonnull(strstr(run.err.text, "chmod o-w"));
}
END_TEST

START_TEST(the_source_is_not_overwritten_by_itself)
{
	ck_assert_int_eq(link(TASK_VERSION "privkey.pem", "out/tls.pem"), 0);
	task_configure("[Export a]\nPath=%s/out/tls.pem\n", run.folder);
	ck_assert(!task_ask(&run, "export"));
	ck_assert_str_eq(run.err.code, "L12");
	ck_assert_str_eq(
		task_get_file(TASK_VERSION "privkey.pem"), run.key_pem);
}
END_TEST

/* A loop that lies. */

static bool export_anything(int version)
{
	task_configure("[Export a]\nPath=%s/out/tls.pem\n", run.folder);
	bool is_done = task_ask_version(&run, "site", version, "export");
	ck_assert(is_done == (access("out/tls.pem", F_OK) == 0));
	return is_done;
}

START_TEST(another_version_is_refused)
{
	ck_assert(!export_anything(2));
	ck_assert(!export_anything(0));
	ck_assert(!export_anything(-1));
	ck_assert_int_eq(
		rename("state/archive/site/3", "state/archive/site/4"), 0);
	ck_assert(!export_anything(4));
}
END_TEST

static const char *const LINKS[] = {
	"../archive/other/3",
	"../archive/site/03",
	"../archive/site/3/",
	"../archive/site/../site/3",
	"/etc",
	"",
};

START_TEST(a_link_that_points_elsewhere_is_refused)
{
	unlink("state/live/site");
	if (LINKS[_i][0])
		ck_assert_int_eq(symlink(LINKS[_i], "state/live/site"), 0);
	ck_assert(!export_anything(3));
}
END_TEST

static const char *const FOLDERS[] = {
	"state/live", "state/archive", "state/archive/site", TASK_VERSION};

START_TEST(a_folder_of_the_state_that_is_a_link_is_refused)
{
	char from[64];

	snprintf(from, sizeof(from), "%s", FOLDERS[_i]);
	if (text_ends_with(from, "/"))
		from[strlen(from) - 1] = '\0';
	ck_assert_int_eq(rename(from, "elsewhere"), 0);
	cleanup(string) char *target = text_format("%s/elsewhere", run.folder);
	ck_assert_int_eq(symlink(target, from), 0);
	ck_assert(!export_anything(3));
}
END_TEST

START_TEST(a_file_that_is_a_link_is_refused)
{
	ck_assert_int_eq(rename(TASK_VERSION "privkey.pem", "key"), 0);
	ck_assert_int_eq(
		symlink("../../../../key", TASK_VERSION "privkey.pem"), 0);
	ck_assert(!export_anything(3));
	unlink(TASK_VERSION "privkey.pem");
	ck_assert_int_eq(mkfifo(TASK_VERSION "privkey.pem", 0600), 0);
	ck_assert(!export_anything(3));
}
END_TEST

START_TEST(a_foreign_key_is_refused)
{
	char *foreign = key_to_pem(run.known.root_key, &run.err);

	task_install(foreign, run.full_pem);
	ck_assert(!export_anything(3));
	key_pem_free(foreign);
	task_install("no key at all", run.full_pem);
	ck_assert(!export_anything(3));
	task_install(run.key_pem, "no chain");
	ck_assert(!export_anything(3));
	task_install(run.key_pem, run.full_pem);
	ck_assert(export_anything(3));
}
END_TEST

START_TEST(a_placeholder_is_never_exported)
{
	struct identifier identifier;

	ck_assert(identifier_parse("www.example.net", &identifier, &run.err));
	cleanup(x509) X509 *placeholder = certificate_make_placeholder(
		run.known.key, &identifier, 1, time(NULL), &run.err);
	cleanup(string) char *pem = known_pem(placeholder, NULL);

	task_install(run.key_pem, pem);
	ck_assert(!export_anything(3));
	ck_assert_ptr_nonnull(strstr(run.err.text, "placeholder"));
}
END_TEST

static const char *const NAMES[] = {
	"other", "../site", "", "site/../site", ".."};

START_TEST(a_name_that_is_not_configured_is_refused)
{
	task_configure("[Export a]\nPath=%s/out/tls.pem\n", run.folder);
	ck_assert(!task_ask_version(&run, NAMES[_i], 3, "export"));
	ck_assert_int_eq(run.err.kind, ERROR_REFUSED);
}
END_TEST

START_TEST(a_file_with_mistakes_is_refused_by_line)
{
	task_configure(
		"Exprot=yes\n[Export a]\nPath=%s/out/tls.pem\n", run.folder);
	ck_assert(!task_ask(&run, "export"));
	ck_assert_ptr_nonnull(strstr(run.err.text, "site.conf:4:"));
	ck_assert_int_ne(access("out/tls.pem", F_OK), 0);
}
END_TEST

START_TEST(requests_that_are_nonsense_are_refused)
{
	static const char *const TEXTS[] = {"{}", "{\"name\": 7}",
		"{\"name\": \"site\", \"version\": \"3\"}",
		"{\"name\": \"site\", \"version\": 99999999999}",
		"{\"name\": \"site\", \"version\": 3, \"step\": \"rm\"}"};

	task_configure("Verify=no\n");
	for (size_t i = 0; i < sizeof(TEXTS) / sizeof(*TEXTS); i++) {
		cleanup(json) json_t *request = json_loads(TEXTS[i], 0, NULL);
		cleanup(json) json_t *answer =
			task_answer(run.main_file, request, -1);
		ck_assert(message_is_error(answer, &run.err));
	}
}
END_TEST

#define COUNT(array) (int)(sizeof(array) / sizeof(*(array)))

static void add_exports(TCase *tests)
{
	tcase_add_test(tests, a_combined_file_is_key_then_chain);
	tcase_add_test(tests, four_files_go_into_a_folder);
	tcase_add_test(tests, a_pkcs12_file_opens_with_an_empty_password);
	tcase_add_test(tests, the_owner_gets_the_file);
	tcase_add_test(tests, without_the_owner_nothing_is_made);
	tcase_add_test(tests, a_link_is_replaced_and_not_followed);
	tcase_add_test(tests, a_folder_that_is_a_link_is_refused);
	tcase_add_test(tests, a_folder_that_everybody_can_write_is_refused);
	tcase_add_test(tests, the_source_is_not_overwritten_by_itself);
}

static void add_lies(TCase *tests)
{
	tcase_add_test(tests, another_version_is_refused);
	tcase_add_loop_test(tests, a_link_that_points_elsewhere_is_refused, 0,
		COUNT(LINKS));
	tcase_add_loop_test(tests,
		a_folder_of_the_state_that_is_a_link_is_refused, 0,
		COUNT(FOLDERS));
	tcase_add_test(tests, a_file_that_is_a_link_is_refused);
	tcase_add_test(tests, a_foreign_key_is_refused);
	tcase_add_test(tests, a_placeholder_is_never_exported);
	tcase_add_loop_test(tests, a_name_that_is_not_configured_is_refused, 0,
		COUNT(NAMES));
	tcase_add_test(tests, a_file_with_mistakes_is_refused_by_line);
	tcase_add_test(tests, requests_that_are_nonsense_are_refused);
}

int main(void)
{
	Suite *suite = suite_create("task");
	TCase *tests = tcase_create("task");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_set_timeout(tests, 30);
	add_exports(tests);
	add_lies(tests);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
