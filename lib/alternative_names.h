/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The subjectAltName extension (RFC 5280 section 4.2.1.6), both directions.
 */

#include "error.h"
#include "identifier.h"

#include <openssl/x509v3.h>

/* The value of the extension; owned by the caller. NULL without memory. */
GENERAL_NAMES *alternative_names_new(
	const struct identifier *identifiers, size_t count);

/* The identifiers of a certificate, an owned array, NULL for none. What acmed
 * could not have asked for (mail addresses, single labels) is left out. False
 * for an extension that lies: twice there, too long, bytes that are no text. */
bool alternative_names_read(const X509 *certificate,
	struct identifier **identifiers, size_t *count, struct error *err);

/* The same of names that were read already; NULL are none. */
bool alternative_names_list(const GENERAL_NAMES *names,
	struct identifier **identifiers, size_t *count, struct error *err);
