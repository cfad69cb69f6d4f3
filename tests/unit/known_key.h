/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Keys that the RFCs print, and a look at signatures made with any key.
 */

#include <openssl/evp.h>
#include <stdbool.h>

/* A public key of coordinates in base64url; owned by the caller. */
EVP_PKEY *known_ec_key(const char *curve, const char *x, const char *y);
EVP_PKEY *known_rsa_key(const char *n, const char *e);

/* Does the signature in base64url, in the form of JOSE, fit the input? */
bool known_signature_fits(EVP_PKEY *key, const char *digest, const char *input,
	const char *signature);

/* The key of RFC 7638 section 3.1. */
#define RFC7638_N \
	"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1R" \
	"K" \
	"7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-" \
	"5JsGY4Hc5n9yB" \
	"XArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_" \
	"FDW2QvzqY368QQMicAtaSqzs8KJZgnYb" \
	"9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-" \
	"bFTWhAI4vMQFh6WeZu0f" \
	"M4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw"

/* The key of RFC 7515 appendix A.3. */
#define RFC7515_X "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"
#define RFC7515_Y "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"
