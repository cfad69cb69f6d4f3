/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The accounts after a rescan: the CAs are told of other contacts, and a
 * change of key that was interrupted is brought to its end, long before the
 * next renewal. It never makes an account.
 */

#include "fleet.h"

struct account_care;

/* Never NULL; the fleet is borrowed. */
struct account_care *account_care_new(struct fleet *fleet);
void account_care_free(struct account_care *care);

/* Looks at the account of every CA that a certificate names. */
void account_care_look(struct account_care *care);
