/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The versions of a certificate: archive/NAME/N, each complete or not there.
 */

#include "certificate.h"
#include "csr_read.h"
#include "vault.h"

#define ARCHIVE_KEEP 3

/* One version as it was read. */
struct version {
	unsigned number;
	EVP_PKEY *key; /* owned; NULL: it is not on this machine */
	STACK_OF(X509) * chain; /* owned */
	struct certificate_facts facts;
	char request[CSR_HASH_SIZE]; /* of CSR=, when there is no key, or "" */
};

void version_clear(struct version *version);
#define cleanup_version __attribute__((__cleanup__(version_clear)))

/* Reads a version whole: its files are there and key and chain fit. */
bool version_read(struct vault *vault, const char *name, unsigned number,
	struct version *out, struct error *err);

/* VERSION of verbs.h: a new reference. */
json_t *version_to_json(const struct version *version);

/* What a version is made of. */
struct version_wish {
	EVP_PKEY *key; /* borrowed */
	const char *request; /* borrowed: in the place of the key, or NULL */
	STACK_OF(X509) * chain; /* borrowed, leaf first */
	unsigned number; /* archive_next_number() */
};

/* Writes archive/NAME/N in one step. */
bool version_write(struct vault *vault, const char *name,
	const struct version_wish *wish, struct error *err);

/* The numbers that there are, ascending; of very many the highest. */
#define ARCHIVE_NUMBERS 64
struct numbers {
	size_t count;
	unsigned items[ARCHIVE_NUMBERS];
};
struct numbers archive_numbers(struct vault *vault, const char *name);

/* The number that a text is, without leading zeros; else 0. */
unsigned archive_parse_number(const char *text);

/* One more than the highest that there is; 0 with err when that cannot be
 * seen: a lower one would never be switched to. */
unsigned archive_next_number(
	struct vault *vault, const char *name, struct error *err);

/* archive/NAME, to be closed; -1 without one. */
int archive_open(struct vault *vault, const char *name);

/* Removes what a crash left behind in archive/NAME. */
void archive_clean(struct vault *vault, const char *name);

/* Keeps ARCHIVE_KEEP versions, the installed one and `also` among them. */
void archive_prune(struct vault *vault, const char *name, unsigned also);

/* For one more that is staged: of those above the installed one, which may
 * never have been switched to, the highest are kept, fewer than ARCHIVE_KEEP.
 */
void archive_make_room(struct vault *vault, const char *name);
