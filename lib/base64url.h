/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * base64url without padding (RFC 7515 section 2, RFC 4648 section 5).
 */

#include <stdbool.h>
#include <stddef.h>

/* The text for `length` bytes; free it with free(). NULL without memory. */
char *base64url_encode(const void *bytes, size_t length);

/* The bytes of a text; free them with free(), *length is their number. NULL
 * for padding, '+', '/', white space, a stray last character or unused bits
 * that are not zero (RFC 8555 section 6.1), and without memory. An empty text
 * gives an empty, non-NULL buffer. */
unsigned char *base64url_decode(const char *text, size_t *length);

/* The bytes of a secret as people paste it: either alphabet, with or without
 * padding (RFC 4648 sections 4 and 5). Free them with base64_secret_free(),
 * which wipes. NULL when it is neither, and without memory. */
unsigned char *base64_secret_decode(const char *text, size_t *length);
void base64_secret_free(unsigned char *bytes, size_t length);

/* Is the text one or more characters of the alphabet and nothing else? */
bool base64url_is_valid(const char *text);
