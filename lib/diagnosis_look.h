/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The cause in what a look of our own met on the wire: at the file of a
 * challenge, at port 443, at what is served. All give a code of `diagnosis`.
 */

#include <stdbool.h>

/* A web server gave something else than the answer to a challenge. */
struct diagnosis_web {
	long status;
	bool is_redirected; /* it came from where we were sent */
	bool is_filtered; /* a CDN or a filter says that it is one */
	bool is_foreign; /* cached, or of another ACME client */
};

const char *diagnosis_of_web(const struct diagnosis_web *web);

/* Port 443 did not show our answer to acme-tls/1: did it show a certificate,
 * and if so one that is another's answer; if not, did it speak at all? */
const char *diagnosis_of_alpn(
	bool has_certificate, bool is_answer, bool is_refused);

/* So many handshakes with an endpoint showed the certificate that is wanted,
 * and so many another one; neither: it did not answer. */
const char *diagnosis_of_served(unsigned wanted, unsigned other);
