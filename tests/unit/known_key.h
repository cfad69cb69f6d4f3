/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Keys that the RFCs print, and a look at signatures made with any key.
 */

#include <openssl/evp.h>
#include <stdbool.h>

/* A public key of numbers in base64url, with `d`, which may be NULL, a pair;
 * owned by the caller. */
EVP_PKEY *known_ec_key(const char *curve, const char *x, const char *y);
EVP_PKEY *known_rsa_key(const char *n, const char *e, const char *d);

/* The pair of RFC 7515 appendix A.2: to make one of 2048 bits takes seconds
 * under valgrind. */
EVP_PKEY *known_rsa_pair(void);

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

/* The key of RFC 7515 appendix A.2. */
#define RFC7515_N \
	"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-V" \
	"aw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b" \
	"32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-K" \
	"XBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5" \
	"IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb5" \
	"4h4FRWyuXpoQ"
#define RFC7515_D \
	"Eq5xpGnNCivDflJsRQBXHx1hdR1k6Ulwe2JZD50LpXyWPEAeP88vLNO97IjlA7_GQ5" \
	"sLKMgvfTeXZx9SE-7YwVol2NXOoAJe46sui395IW_GO-pWJ1O0BkTGoVEn2bKVRUCg" \
	"u-GjBVaYLU6f3l9kJfFNS3E0QbVdxzubSu3Mkqzjkn439X0M_V51gfpRLI9JYanrC4" \
	"D4qAdGcopV_0ZHHzQlBjudU2QvXt4ehNYTCBr6XCLQUShb1juUO1ZdiYoFaFQT5Tw8" \
	"bGUl_x_jTj3ccPDVZFD9pIuhLhBOneufuBiB4cS98l2SR_RQyGWSeWjnczT0QU91p1" \
	"DhOVRuOopznQ"

/* The key of RFC 7515 appendix A.3. */
#define RFC7515_X "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"
#define RFC7515_Y "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"
