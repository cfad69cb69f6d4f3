/* SPDX-License-Identifier: MIT */
#include "job.h"

#include "mem.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

bool job_add(struct job **jobs, struct peer *peer, const json_t *request,
	enum key_type type)
{
	struct job *job = calloc(1, sizeof(*job));

	if (!job || !(job->request = json_deep_copy(request))) {
		free(job);
		return false;
	}
	job->peer = peer;
	job->type = type;
	job->pipe = -1;
	while (*jobs)
		jobs = &(*jobs)->next;
	*jobs = job;
	return true;
}

/* The child. It holds neither the lock nor a socket, and dies with us. */
static void make_key(int out, enum key_type type)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	dup2(out, 3);
	close_range(4, ~0U, 0);
	EVP_PKEY *key = key_generate(type, NULL);
	char *pem = key ? key_to_pem(key, NULL) : NULL;
	if (pem)
		(void)!write(3, pem, strlen(pem));
	key_pem_free(pem);
	_exit(0); /* what counts is what was written */
}

/* A job that cannot be started ends at once, without a key. */
static void start(struct job *job)
{
	int ends[2];

	job->pid = -1;
	if (pipe2(ends, O_CLOEXEC) != 0)
		return;
	job->pid = fork();
	if (job->pid == 0)
		make_key(ends[1], job->type);
	close(ends[1]);
	job->pipe = ends[0];
}

void jobs_start(struct job *jobs)
{
	unsigned running = 0;

	for (struct job *job = jobs; job && running < JOBS_AT_ONCE;
		job = job->next, running++)
		if (job->pid == 0)
			start(job);
}

bool job_read(struct job *job)
{
	ssize_t got = job->pipe < 0 ? 0
				    : read(job->pipe, job->pem + job->length,
					      sizeof(job->pem) - job->length);

	if (got < 0)
		return errno != EINTR && errno != EAGAIN;
	job->length += (size_t)got;
	return got == 0;
}

EVP_PKEY *job_key(struct job *job, struct error *err)
{
	EVP_PKEY *key =
		job->length ? key_from_pem(job->pem, job->length, err) : NULL;

	if (!job->length)
		fail(err, ERROR_LOCAL, "a process could not make a key");
	return key;
}

static void end_child(struct job *job)
{
	if (job->pid <= 0)
		return;
	kill(job->pid, SIGKILL);
	while (waitpid(job->pid, NULL, 0) < 0 && errno == EINTR)
		;
}

void job_remove(struct job **jobs, struct job *job)
{
	while (*jobs != job)
		jobs = &(*jobs)->next;
	*jobs = job->next;
	end_child(job);
	if (job->pipe >= 0)
		close(job->pipe);
	OPENSSL_cleanse(job->pem, sizeof(job->pem));
	json_decref(job->request);
	free(job);
}

void jobs_drop(struct job **jobs, const struct peer *peer)
{
	struct job *next;

	for (struct job *job = *jobs; job; job = next) {
		next = job->next;
		if (!peer || job->peer == peer)
			job_remove(jobs, job);
	}
}
