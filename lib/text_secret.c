/* SPDX-License-Identifier: MIT */
#include "text_secret.h"

#include <ctype.h>

#define TOKEN_LEAST 20 /* characters: 128 bits have 22 (RFC 8555, 8.1) */
#define THUMBPRINT 43 /* of a SHA-256 (RFC 7638) */

static bool is_base64url(char c)
{
	return isalnum((unsigned char)c) || c == '-' || c == '_';
}

/* The characters of base64url from there on. */
static size_t run_at(const char *bytes, size_t at, size_t length)
{
	size_t end = at;

	while (end < length && is_base64url(bytes[end]))
		end++;
	return end - at;
}

/* Those that end there. */
static size_t run_before(const char *bytes, size_t end)
{
	size_t start = end;

	while (start > 0 && is_base64url(bytes[start - 1]))
		start--;
	return end - start;
}

/* The three parts of a JWT in a URL have two dots. */
size_t text_secret_length(const char *bytes, size_t at, size_t length)
{
	if (at < TOKEN_LEAST + 1 || bytes[at - 1] != '.' ||
		run_at(bytes, at, length) != THUMBPRINT)
		return 0;
	size_t token = run_before(bytes, at - 1);
	size_t start = at - 1 - token;
	size_t end = at + THUMBPRINT;
	if (token < TOKEN_LEAST || (start > 0 && bytes[start - 1] == '.') ||
		(end < length && bytes[end] == '.'))
		return 0;
	return THUMBPRINT;
}
