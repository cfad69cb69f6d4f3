/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What a client names in its first words of TLS, so that a server shows the
 * certificate that is to be seen. Each is false without memory or for what
 * cannot be named.
 */

#include <openssl/ssl.h>
#include <stdbool.h>

/* The one protocol of ALPN. */
bool offer_protocol(SSL *ssl, const char *protocol);

/* Signatures of that kind of key (certificate_facts): RSA, or any other. */
bool offer_key(SSL *ssl, const char *type);
