/* SPDX-License-Identifier: MIT */
#include "job.h"

#include "mem.h"
#include "peer.h"
#include "suite.h"
#include "vault.h"

#include <check.h>
#include <errno.h>
#include <sys/wait.h>
#include <unistd.h>
#undef fail /* ours, not the old one of check */

/* Keys that children make, where the kernel does not give what is asked for.
 * The linker leads the calls of acmed's own code here (--wrap). */

static int read_error, wait_error; /* once */

ssize_t __real_read(int fd, void *bytes, size_t size);
ssize_t __wrap_read(int fd, void *bytes, size_t size);
pid_t __real_waitpid(pid_t pid, int *status, int flags);
pid_t __wrap_waitpid(pid_t pid, int *status, int flags);

static bool fails_with(int *error)
{
	if (!*error)
		return false;
	errno = *error;
	*error = 0;
	return true;
}

ssize_t __wrap_read(int fd, void *bytes, size_t size)
{
	return fails_with(&read_error) ? -1 : __real_read(fd, bytes, size);
}

pid_t __wrap_waitpid(pid_t pid, int *status, int flags)
{
	return fails_with(&wait_error) ? -1
				       : __real_waitpid(pid, status, flags);
}

static void add_jobs(struct job **jobs, struct peer *peer, unsigned count)
{
	cleanup(json) json_t *request = json_object();

	while (count--)
		ck_assert(job_add(jobs, peer, request, KEY_ED25519));
}

START_TEST(only_so_many_keys_are_made_at_once)
{
	struct job *jobs = NULL;
	unsigned running = 0;

	add_jobs(&jobs, NULL, JOBS_AT_ONCE + 1);
	jobs_start(jobs);
	jobs_start(jobs);
	for (const struct job *job = jobs; job; job = job->next)
		running += job->pid > 0;
	ck_assert_uint_eq(running, JOBS_AT_ONCE);
	jobs_drop(&jobs, NULL);
	ck_assert_ptr_null(jobs);
}
END_TEST

START_TEST(who_leaves_takes_only_its_own_jobs_along)
{
	struct job *jobs = NULL;
	struct peer one, two;

	add_jobs(&jobs, &one, 1);
	add_jobs(&jobs, &two, 1);
	add_jobs(&jobs, &one, 1);
	job_remove(&jobs, jobs->next->next);
	add_jobs(&jobs, &one, 1);
	jobs_drop(&jobs, &one);
	ck_assert_ptr_eq(jobs->peer, &two);
	ck_assert_ptr_null(jobs->next);
	jobs_drop(&jobs, &two);
	ck_assert_ptr_null(jobs);
}
END_TEST

START_TEST(a_signal_ends_no_job)
{
	struct job *jobs = NULL;
	struct error err = {0};

	add_jobs(&jobs, NULL, 1);
	jobs_start(jobs);
	read_error = EINTR;
	ck_assert(!job_read(jobs));
	read_error = EAGAIN;
	ck_assert(!job_read(jobs));
	while (!job_read(jobs))
		;
	EVP_PKEY *key = job_key(jobs, &err);
	ck_assert_ptr_nonnull(key);
	EVP_PKEY_free(key);
	pid_t pid = jobs->pid;
	wait_error = EINTR;
	jobs_drop(&jobs, NULL);
	ck_assert_int_eq(__real_waitpid(pid, NULL, WNOHANG), -1);
}
END_TEST

/* Whoever started us may have had our children ignored. */
START_TEST(a_child_that_is_reaped_already_is_not_waited_for)
{
	struct job *jobs = NULL;

	add_jobs(&jobs, NULL, 1);
	jobs_start(jobs);
	pid_t pid = jobs->pid;
	wait_error = ECHILD;
	jobs_drop(&jobs, NULL);
	ck_assert_ptr_null(jobs);
	ck_assert_int_eq(__real_waitpid(pid, NULL, 0), pid);
}
END_TEST

/* The settings were changed while it was made. */
START_TEST(a_key_of_another_kind_is_not_taken)
{
	struct error err = {0};
	struct vault vault = {.made = key_generate(KEY_ED25519, &err),
		.made_type = KEY_ED25519};
	EVP_PKEY *made = vault.made;

	ck_assert_ptr_nonnull(made);
	ck_assert_ptr_null(vault_make_key(&vault, KEY_RSA_2048, &err));
	ck_assert(vault.wants_key);
	ck_assert_ptr_eq(vault_make_key(&vault, KEY_ED25519, &err), made);
	EVP_PKEY_free(made);
}
END_TEST

START_TEST(a_pipe_that_breaks_ends_it)
{
	struct job *jobs = NULL;
	struct error err = {0};

	add_jobs(&jobs, NULL, 1);
	jobs_start(jobs);
	read_error = EIO;
	ck_assert(job_read(jobs));
	ck_assert_ptr_null(job_key(jobs, &err));
	ck_assert_int_eq(err.kind, ERROR_LOCAL);
	jobs_drop(&jobs, NULL);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("job");
	TCase *tests = tcase_create("job");

	tcase_add_test(tests, only_so_many_keys_are_made_at_once);
	tcase_add_test(tests, who_leaves_takes_only_its_own_jobs_along);
	tcase_add_test(tests, a_signal_ends_no_job);
	tcase_add_test(tests, a_child_that_is_reaped_already_is_not_waited_for);
	tcase_add_test(tests, a_key_of_another_kind_is_not_taken);
	tcase_add_test(tests, a_pipe_that_breaks_ends_it);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
