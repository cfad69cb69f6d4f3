/* SPDX-License-Identifier: MIT */
#include "roots.h"

#include "mem.h"
#include "suite.h"
#include "text.h"
#include "vault_run.h"

#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#undef fail /* ours, not the old one of check */

static struct vault_run run; /* its folder */
static struct little_ca ca;
static struct vault vault;
static char *pem; /* of the root */

static void prepare(void)
{
	run_prepare(&run);
	little_ca_open(&ca);
	pem = little_ca_root(&ca);
	vault = (struct vault){.state = -1};
	run_write(&run, "etc/root.pem", pem);
	run_write(&run, "etc/other.pem", pem);
}

static void clean(void)
{
	roots_clear(&vault);
	free(pem);
	little_ca_close(&ca);
	run_clean(&run);
}

static X509_STORE *read_roots(const char *path, struct error *err)
{
	char file[200];
	struct config_ca of = {.name = (char *)"little", .root_file = file};
	X509_STORE *store = NULL;

	snprintf(file, sizeof(file), "%s", run_path(&run, path));
	bool is_read = roots_of(&vault, &of, &store, err);
	ck_assert_int_eq(is_read, store != NULL);
	return store;
}

static X509_STORE *roots(const char *path)
{
	struct error err = {0};
	X509_STORE *store = read_roots(path, &err);

	ck_assert_msg(store != NULL, "%s", err.text);
	return store;
}

static void set_time(const char *path, time_t seconds, long nanoseconds)
{
	const struct timespec times[2] = {
		{.tv_sec = seconds, .tv_nsec = nanoseconds},
		{.tv_sec = seconds, .tv_nsec = nanoseconds},
	};

	ck_assert_int_eq(
		utimensat(AT_FDCWD, run_path(&run, path), times, 0), 0);
}

START_TEST(a_file_that_stays_as_it_is_is_read_once)
{
	X509_STORE *first = roots("etc/root.pem");
	X509_STORE *other = roots("etc/other.pem");

	ck_assert_ptr_eq(roots("etc/root.pem"), first);
	ck_assert_ptr_eq(roots("etc/other.pem"), other);
	ck_assert_ptr_ne(first, other);
}
END_TEST

/* The store of before, which must not be the next one by chance. */
static void expect_new(const char *path, X509_STORE **before)
{
	X509_STORE *now = roots(path);

	ck_assert_ptr_ne(now, *before);
	X509_STORE_up_ref(now);
	X509_STORE_free(*before);
	*before = now;
}

START_TEST(one_that_changes_in_any_way_is_read_again)
{
	X509_STORE *store = NULL;
	cleanup(string) char *longer = text_format("%s\n", pem);

	roots("etc/other.pem");
	set_time("etc/root.pem", 1000, 0);
	expect_new("etc/root.pem", &store);
	set_time("etc/root.pem", 1001, 0);
	expect_new("etc/root.pem", &store);
	set_time("etc/root.pem", 1001, 5);
	expect_new("etc/root.pem", &store);
	run_write(&run, "etc/root.pem", longer);
	set_time("etc/root.pem", 1001, 5);
	expect_new("etc/root.pem", &store);
	run_write(&run, "etc/new.pem", longer);
	set_time("etc/new.pem", 1001, 5);
	ck_assert_int_eq(rename(run_path(&run, "etc/new.pem"),
				 run_path(&run, "etc/root.pem")),
		0);
	expect_new("etc/root.pem", &store);
	roots("etc/other.pem");
	X509_STORE_free(store);
}
END_TEST

START_TEST(a_file_that_holds_none_is_told)
{
	struct error err = {0};

	run_write(&run, "etc/root.pem", "nonsense\n");
	ck_assert_ptr_null(read_roots("etc/root.pem", &err));
	ck_assert_str_eq(err.code, "P12");
	ck_assert_ptr_nonnull(strstr(err.text, "etc/root.pem"));
}
END_TEST

START_TEST(one_that_is_gone_or_cannot_be_read_is_told)
{
	struct error err = {0};

	ck_assert_ptr_null(read_roots("etc/nothing.pem", &err));
	ck_assert_ptr_nonnull(strstr(err.text, "cannot read RootFile"));
	chmod(run_path(&run, "etc/root.pem"), 0);
	if (getuid() == 0)
		ck_assert_int_eq(setresuid(65534, 0, 0), 0);
	err = (struct error){0};
	ck_assert_ptr_null(read_roots("etc/root.pem", &err));
	ck_assert_ptr_nonnull(strstr(err.text, "cannot read RootFile"));
	if (geteuid() == 0)
		ck_assert_int_eq(setresuid(0, 0, 0), 0);
}
END_TEST

START_TEST(a_folder_or_a_huge_file_is_none)
{
	struct error err = {0};

	ck_assert_ptr_null(read_roots("etc", &err));
	ck_assert_ptr_nonnull(strstr(err.text, "at most 4 MiB"));
	ck_assert_int_eq(truncate(run_path(&run, "etc/root.pem"), 4194305), 0);
	err = (struct error){0};
	ck_assert_ptr_null(read_roots("etc/root.pem", &err));
	ck_assert_ptr_nonnull(strstr(err.text, "at most 4 MiB"));
}
END_TEST

START_TEST(a_known_ca_has_the_roots_of_the_system)
{
	const struct config_ca known = {.is_known = true};
	const struct config_ca own = {.is_known = false};
	X509_STORE *store = NULL, *again = NULL;
	struct error err = {0};

	ck_assert(roots_of(&vault, &known, &store, &err));
	ck_assert_ptr_nonnull(store);
	ck_assert(roots_of(&vault, &known, &again, &err));
	ck_assert_ptr_eq(again, store);
	ck_assert(roots_of(&vault, &own, &store, &err));
	ck_assert_ptr_null(store);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("roots");
	TCase *tests = tcase_create("roots");

	tcase_add_checked_fixture(tests, prepare, clean);
	tcase_add_test(tests, a_file_that_stays_as_it_is_is_read_once);
	tcase_add_test(tests, one_that_changes_in_any_way_is_read_again);
	tcase_add_test(tests, a_file_that_holds_none_is_told);
	tcase_add_test(tests, one_that_is_gone_or_cannot_be_read_is_told);
	tcase_add_test(tests, a_folder_or_a_huge_file_is_none);
	tcase_add_test(tests, a_known_ca_has_the_roots_of_the_system);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
