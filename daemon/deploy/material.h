/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Certificate and key of an installed version, read from the state folder,
 * which belongs to another user: live/NAME has to be a link to
 * ../archive/NAME/NUMBER, no other link is followed, and nothing is used that
 * was not parsed and checked.
 */

#include "certificate.h"

#include <limits.h>
#include <sys/types.h>

#define MATERIAL_SOURCES 6

struct material {
	const char *name; /* borrowed */
	unsigned version;
	EVP_PKEY *key; /* owned, as all below; what is public of it where
			* key_pem is not there */
	STACK_OF(X509) * chain; /* leaf first */
	struct certificate_facts facts;
	char *key_pem; /* NULL: not on this machine (CSR=) */
	char *cert_pem;
	char *chain_pem; /* "" when there is only the leaf */
	char live[PATH_MAX]; /* live/NAME with its folders */
	struct {
		dev_t device;
		ino_t inode;
	} sources[MATERIAL_SOURCES]; /* its files, never to be overwritten */
	size_t source_count;
};

/* Reads version `version` of a certificate, which has to be the one that is
 * installed, and no placeholder. `name` is valid, and stays. */
bool material_read(struct material *material, const char *name,
	unsigned version, struct error *err);
/* Is it still? */
bool material_is_installed(const struct material *material, struct error *err);
void material_clear(struct material *material);
