/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The life of the certificate "a.example" in the vault within this process,
 * as the loop leads it. Whatever fails, fails the test.
 *
 * The test owns the folder and the CA. The vault is the one of near_vault.h:
 * it is open from near_start() to near_end().
 */

#include "near_vault.h"
#include "vault_run.h"

/* Makes the folders, in memory where that can be: each step syncs. The vault
 * is not open yet, so that the test may write what it is to begin with. */
void near_prepare(struct vault_run *run);
/* Opens the vault, and has it configured. */
void near_start(struct vault_run *run);
/* Both: prepares, and starts. */
void near_begin(struct vault_run *run);
/* Closes the vault and opens it anew: it has no configuration then. */
void near_reopen(struct vault_run *run);
/* The same, and has it configured. */
void near_restart(struct vault_run *run);
/* Closes the vault, and removes everything. */
void near_end(struct vault_run *run);

/* Has the configuration taken in as its files are now. */
void near_rescan(void);
/* With these lines more for the certificate. */
void near_configure(struct vault_run *run, const char *more);
/* Writes them only; with a challenge whose records a name server takes that
 * knows the key "etc/tsig". */
void near_write_dynamic(struct vault_run *run, const char *more);

/* An order of the CA of this name. */
void near_save_order(const char *ca);
/* In base64url; free() it. */
char *near_make_csr(void);
/* For the CSR of the vault; free() it. */
char *near_make_chain(struct little_ca *ca);
/* The number of the version. */
int near_stage(const char *chain);
void near_switch(int version);
/* Chain, stage, switch. */
void near_install(struct little_ca *ca);

/* Of what is loaded, the first: a new reference, or NULL where there is
 * none. */
json_t *near_load_first(void);
