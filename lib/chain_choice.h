/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * PreferredChain=: which of the chains that a CA offers (RFC 8555 section
 * 7.4.2, Link rel="alternate").
 */

#include "certificate.h"

/* Does a chain have this CA in it: by common name, of any certificate above
 * the leaf or the root that is not there itself; or by the root's key, in
 * hex: its key identifier (40 digits) or, when the root is there, SHA-256 of
 * its public key (64)? */
bool chain_fits(STACK_OF(X509) * chain, const char *preferred);

/* Are these chains of the same leaf? */
bool chain_same_leaf(STACK_OF(X509) * one, STACK_OF(X509) * other);
