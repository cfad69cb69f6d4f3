/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What one handshake says about an address, added to what is known of it.
 */

#include "verify.h"

#include <openssl/x509.h>

/* Counts a leaf that was shown as wanted or other. */
void verify_seen_note(
	struct verify_seen *seen, const struct verify_wish *wish, X509 *leaf);

/* Looks whether a wanted leaf came with what a client needs to trust it, and
 * whether another one is a twin of ours. */
void verify_seen_note_chain(struct verify_seen *seen,
	const struct verify_wish *wish, STACK_OF(X509) * chain);
