/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The cause of a request to a CA that failed (failures.md, group N): by the
 * stage whose time ran out, the errno of its connect, curl's code, or what
 * OpenSSL thinks of the certificate. All give a code of `diagnosis`, or "".
 */

#include <stdbool.h>
#include <stddef.h>

enum http_stage {
	HTTP_NAME, /* its address is looked up */
	HTTP_WAITING, /* for a connection, or on a kept one for the reply */
	HTTP_TCP,
	HTTP_TLS,
	HTTP_REPLY, /* sent, no byte of a reply yet */
	HTTP_BODY, /* the reply arrives */
};

/* The time of a stage ran out. */
const char *diagnosis_of_timeout(enum http_stage stage, bool has_proxy);

/* connect() failed; 0 when no address answered. */
const char *diagnosis_of_connect(int number, bool has_proxy);

/* curl gave up with this CURLcode, but CURLE_COULDNT_CONNECT, after so many
 * bytes of a reply. */
const char *diagnosis_of_curl(int code, size_t received);

/* OpenSSL's X509_V_ERR_... for a chain, and whether the dates of its leaf are
 * fine: if they are, so is the clock. */
const char *diagnosis_of_verify(int result, bool is_leaf_current);
