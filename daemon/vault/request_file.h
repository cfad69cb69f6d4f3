/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * csr.pem: the request of CSR=, in the place of a key that is not on this
 * machine; beside an order in next/, and in the version that came of it.
 */

#include "csr_read.h"

#define REQUEST_FILE "csr.pem"

/* Is there one, and no privkey.pem? */
bool request_file_is_there(int folder);

/* Clear it with csr_clear(). False with err. */
bool request_file_read(int folder, struct csr *out, struct error *err);

/* Of base64url. */
bool request_file_write(int folder, const char *encoded, struct error *err);
