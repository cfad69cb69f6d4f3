/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Can the clock be believed (C1)? It cannot when it is before this program
 * was made, or before the beginning of a certificate that a CA has issued to
 * us. Only a CA's date is remembered: our own clock might have been wrong.
 */

#include "vault.h"

/* False, LOCAL C1, when `now` cannot be. */
bool clock_check(struct vault *vault, int64_t now, struct error *err);

/* Remembers the beginning of a new certificate. */
void clock_learn(struct vault *vault, int64_t not_before);
