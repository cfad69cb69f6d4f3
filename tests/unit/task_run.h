/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * acmed-deploy's task in folders of its own, with version 3 of "site"
 * installed and www.example.net its first name. The current folder is the
 * run's; what is printed goes into the file "printed".
 */

#include "error.h"
#include "known_chain.h"

#include <jansson.h>

#define TASK_VERSION "state/archive/site/3/"

struct task_run {
	char folder[32];
	char main_file[64];
	struct known_chain known;
	X509 *leaf;
	char *key_pem;
	char *full_pem; /* the chain */
	int conversation; /* with acmed-deploy; -1, as it begins: none */
	struct error err; /* of the last reply */
	json_t *reply;
};

void task_open(struct task_run *run);
void task_close(struct task_run *run);

/* Puts key and chain where version 3 is, and links to it. */
void task_install(const char *key, const char *full);
/* A leaf of today, with that serial number or NULL. */
X509 *task_leaf(const struct task_run *run, const char *serial);
/* What stands behind [Deploy] in the file of "site". */
void task_configure(const char *format, ...)
	__attribute__((format(printf, 1, 2)));

/* Did the step end well? */
bool task_ask(struct task_run *run, const char *step);
bool task_ask_version(
	struct task_run *run, const char *name, int version, const char *step);

void task_put_file(const char *path, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* In a static buffer. */
char *task_get_file(const char *path);
