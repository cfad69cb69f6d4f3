/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * A key that takes long to make is made in a child, while the vault answers
 * others. JOBS_AT_ONCE run, the rest wait in the order in which they came.
 */

#include "key.h"
#include "peer.h"

#define JOBS_AT_ONCE 2

struct job {
	struct job *next;
	struct peer *peer; /* borrowed; who asked */
	json_t *request; /* owned: is answered once the key is there */
	enum key_type type;
	int pid; /* 0: waits */
	int pipe; /* the key comes from here */
	char pem[8192];
	size_t length;
};

/* Adds a job at the end of the list. False without memory. */
bool job_add(struct job **jobs, struct peer *peer, const json_t *request,
	enum key_type type);

/* Starts those that may run. */
void jobs_start(struct job *jobs);

/* Reads what is there: true when the job has ended. */
bool job_read(struct job *job);

/* The key of a job that has ended: owned, or NULL with err. */
EVP_PKEY *job_key(struct job *job, struct error *err);

/* Takes a job off the list; its child is killed and waited for. */
void job_remove(struct job **jobs, struct job *job);

/* Removes the jobs of a peer, or all (NULL). */
void jobs_drop(struct job **jobs, const struct peer *peer);
