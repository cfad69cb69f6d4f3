/* SPDX-License-Identifier: MIT */
#include "memory.h"

#include "suite.h"

#include <check.h>
#include <curl/curl.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#define TOO_MUCH ((curl_off_t)1 << 62)

const char *__asan_default_options(void);

const char *__asan_default_options(void)
{
	return "allocator_may_return_null=1";
}

static void allocate(void)
{
	CRYPTO_free(CRYPTO_malloc((size_t)TOO_MUCH, __FILE__, __LINE__),
		__FILE__, __LINE__);
}

static void resize(void)
{
	char *memory = CRYPTO_malloc(16, __FILE__, __LINE__);

	memory = CRYPTO_realloc(memory, (size_t)TOO_MUCH, __FILE__, __LINE__);
	CRYPTO_free(memory, __FILE__, __LINE__);
}

static void keep_body(void)
{
	CURL *easy = curl_easy_init();

	curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, TOO_MUCH);
	curl_easy_setopt(easy, CURLOPT_COPYPOSTFIELDS, "x");
	curl_easy_cleanup(easy);
}

static void (*const WANTS[])(void) = {allocate, resize, keep_body};

START_TEST(who_gets_no_memory_ends_the_program)
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		WANTS[_i]();
		_exit(0);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFSIGNALED(status));
	ck_assert_int_eq(WTERMSIG(status), SIGABRT);
}
END_TEST

START_TEST(it_ends_with_words)
{
	char said[256] = "";
	int ends[2];
	int status;

	ck_assert_int_eq(pipe(ends), 0);
	pid_t pid = fork();
	if (pid == 0) {
		dup2(ends[1], STDERR_FILENO);
		memory_end_with_words();
		abort();
	}
	close(ends[1]);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFEXITED(status));
	ck_assert_int_eq(WEXITSTATUS(status), EX_OSERR);
	ck_assert_int_gt(read(ends[0], said, sizeof(said) - 1), 0);
	ck_assert_ptr_nonnull(strstr(said, "no memory"));
	close(ends[0]);
}
END_TEST

START_TEST(libraries_work_on)
{
	EVP_MD *digest = EVP_MD_fetch(NULL, "SHA256", NULL);

	ck_assert_ptr_nonnull(digest);
	EVP_MD_free(digest);
	ck_assert_ptr_null(CRYPTO_realloc(
		CRYPTO_malloc(16, __FILE__, __LINE__), 0, __FILE__, __LINE__));
	ck_assert(memory_guard_ares());
	CURL *easy = curl_easy_init();
	ck_assert_int_eq(
		curl_easy_setopt(easy, CURLOPT_COPYPOSTFIELDS, "x"), CURLE_OK);
	curl_easy_cleanup(easy);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("memory");
	TCase *tests = tcase_create("memory");

	if (!memory_guard_crypto() || !memory_guard_curl())
		return 1;
	tcase_add_loop_test(tests, who_gets_no_memory_ends_the_program, 0, 3);
	tcase_add_test(tests, it_ends_with_words);
	tcase_add_test(tests, libraries_work_on);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
