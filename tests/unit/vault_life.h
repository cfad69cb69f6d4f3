/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The life of the certificate "a.example" in a vault_run, as the loop leads
 * it. Whatever fails, fails the test.
 */

#include "vault_run.h"

#include <stdint.h>

void life_save_order(struct vault_run *run, const char *url);
/* For the CSR of the vault; free() it. */
char *life_make_chain(struct vault_run *run, struct little_ca *ca);
/* The number of the version. */
int64_t life_stage(struct vault_run *run, struct little_ca *ca);
/* Order, chain, switch. */
int64_t life_issue(struct vault_run *run, struct little_ca *ca);

/* Of what is loaded, the first; borrowed until the next reply. */
const json_t *life_load_first(struct vault_run *run);
