/* SPDX-License-Identifier: MIT */
#include "http_trust.h"

#include "http_run.h"
#include "mem.h"
#include "suite.h"
#include "text.h"

#include <check.h>
#include <dlfcn.h>
#include <errno.h>
#include <openssl/pem.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

static struct http_run run;

START_TEST(a_missing_trust_file_is_named)
{
	http_run_start(&run, http_run_echo);
	unlink(run.server.trust_file);
	http_run_ask(&run, HTTP_GET, "/");
	ck_assert_int_eq(run.err.kind, ERROR_LOCAL);
	ck_assert_str_eq(run.err.code, "N4");
	ck_assert_ptr_nonnull(strstr(run.err.text, run.server.trust_file));
	http_run_stop(&run);
}
END_TEST

START_TEST(a_trust_file_that_changes_is_read_again)
{
	struct canned_server other = {.answer = http_run_echo};
	char first[sizeof(run.server.trust_file)];

	http_run_start(&run, http_run_echo);
	canned_start(&other);
	memcpy(first, run.server.trust_file, sizeof(first));
	ck_assert_int_eq(rename(other.trust_file, first), 0);
	http_run_ask(&run, HTTP_GET, "/");
	ck_assert_str_eq(run.err.code, "N4");
	snprintf(run.server.url, sizeof(run.server.url), "%s", other.url);
	http_run_ask(&run, HTTP_GET, "/");
	ck_assert_uint_eq(run.replies, 1);
	canned_stop(&other);
	http_run_stop(&run);
}
END_TEST

/* The next one that is opened is one too many; connections are there. */
static void limit_files(rlim_t most)
{
	struct rlimit limit;

	ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &limit), 0);
	limit.rlim_cur = most;
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
}

START_TEST(no_free_descriptor_is_no_fault_of_a_trust_file)
{
	struct http_trust *trust = http_trust_new();
	SSL_CTX *context = SSL_CTX_new(TLS_client_method());
	struct error err;

	http_run_start(&run, http_run_echo);
	int next = dup(0);
	close(next);
	limit_files((rlim_t)next);
	ck_assert(
		!http_trust_apply(trust, run.server.trust_file, context, &err));
	ck_assert_str_eq(err.code, "L15");
	limit_files(256);
	ck_assert(
		http_trust_apply(trust, run.server.trust_file, context, &err));
	SSL_CTX_free(context);
	http_trust_free(trust);
	http_run_stop(&run);
}
END_TEST

/* What OpenSSL opens files with. */
static int denial; /* 0: none */

FILE *fopen64(const char *path, const char *mode)
{
	static FILE *(*next)(const char *, const char *);

	if (!next)
		*(void **)&next = dlsym(RTLD_NEXT, "fopen64");
	errno = denial;
	return denial ? NULL : next(path, mode);
}

/* No mode of it says so, but perhaps a wall. */
START_TEST(a_trust_file_that_is_not_opened_is_told_so)
{
	struct http_trust *trust = http_trust_new();
	SSL_CTX *context = SSL_CTX_new(TLS_client_method());
	struct error err;

	http_run_start(&run, http_run_echo);
	denial = EACCES;
	ck_assert(
		!http_trust_apply(trust, run.server.trust_file, context, &err));
	ck_assert_str_eq(err.code, "L10");
	ck_assert_ptr_nonnull(strstr(err.text, "Permission denied"));
	denial = EIO;
	ck_assert(
		!http_trust_apply(trust, run.server.trust_file, context, &err));
	ck_assert_str_eq(err.code, "N4");
	ck_assert_ptr_nonnull(strstr(err.text, strerror(EIO)));
	denial = 0;
	ck_assert(
		http_trust_apply(trust, run.server.trust_file, context, &err));
	SSL_CTX_free(context);
	http_trust_free(trust);
	http_run_stop(&run);
}
END_TEST

static void make_hashed_folder(const char *folder)
{
	FILE *file = fopen(run.server.trust_file, "re");
	cleanup(x509) X509 *ca = PEM_read_X509(file, NULL, NULL, NULL);
	cleanup(string) char *link = text_format("%s/%08lx.0", folder,
		X509_NAME_hash_ex(X509_get_subject_name(ca), NULL, NULL, NULL));

	fclose(file);
	ck_assert_int_eq(symlink(run.server.trust_file, link), 0);
	setenv("SSL_CERT_DIR", folder, 1);
}

static void remove_folder(const char *folder)
{
	cleanup(string) char *command = text_format("rm -r '%s'", folder);

	ck_assert_int_eq(system(command), 0);
}

START_TEST(the_trust_of_the_system_is_a_hashed_folder_or_a_bundle)
{
	char folder[] = "/tmp/acmed-unit-trust-XXXXXX";
	const struct http_request request = {.url = run.server.url};
	unsigned left = 1;

	http_run_start(&run, http_run_echo);
	ck_assert_ptr_nonnull(mkdtemp(folder));
	if (_i)
		make_hashed_folder(folder);
	else
		setenv("SSL_CERT_FILE", run.server.trust_file, 1);
	http_send(run.http, &request, http_run_on_reply, &left);
	ev_run(run.loop, 0);
	ck_assert_uint_eq(run.replies, 1);
	remove_folder(folder);
	http_run_stop(&run);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("http_trust");
	TCase *tests = tcase_create("http_trust");

	tcase_set_timeout(tests, 60);
	tcase_add_test(tests, a_missing_trust_file_is_named);
	tcase_add_test(tests, no_free_descriptor_is_no_fault_of_a_trust_file);
	tcase_add_test(tests, a_trust_file_that_is_not_opened_is_told_so);
	tcase_add_test(tests, a_trust_file_that_changes_is_read_again);
	tcase_add_loop_test(tests,
		the_trust_of_the_system_is_a_hashed_folder_or_a_bundle, 0, 2);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
