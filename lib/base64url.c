/* SPDX-License-Identifier: MIT */
#include "base64url.h"

#include "mem.h"

#include <openssl/crypto.h>
#include <stdint.h>

static const char ALPHABET[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
			       "abcdefghijklmnopqrstuvwxyz0123456789-_";

/* The six bits of a character, -1 for one that is not in the alphabet. */
static int value_of(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	if (c == '-')
		return 62;
	return c == '_' ? 63 : -1;
}

char *base64url_encode(const void *bytes, size_t length)
{
	const unsigned char *in = bytes;
	char *text = malloc(length / 3 * 4 + 5);

	if (!text)
		return NULL;
	char *out = text;
	uint32_t bits = 0;
	unsigned held = 0;
	for (size_t i = 0; i < length; i++) {
		bits = bits << 8 | in[i];
		for (held += 8; held >= 6; held -= 6)
			*out++ = ALPHABET[bits >> (held - 6) & 63];
	}
	if (held)
		*out++ = ALPHABET[bits << (6 - held) & 63];
	*out = '\0';
	return text;
}

unsigned char *base64url_decode(const char *text, size_t *length)
{
	size_t characters = strlen(text);

	if (characters % 4 == 1)
		return NULL;
	cleanup(bytes) unsigned char *bytes = malloc(characters / 4 * 3 + 3);
	if (!bytes)
		return NULL;
	size_t done = 0;
	uint32_t bits = 0;
	unsigned held = 0;
	for (; *text; text++) {
		int value = value_of(*text);
		if (value < 0)
			return NULL;
		bits = bits << 6 | (uint32_t)value;
		held += 6;
		if (held < 8)
			continue;
		held -= 8;
		bytes[done++] = (unsigned char)(bits >> held);
	}
	if (bits & ((1U << held) - 1))
		return NULL;
	*length = done;
	return take(bytes);
}

/* To the other alphabet, without padding. */
static void to_url_alphabet(char *text)
{
	size_t length = strlen(text);

	for (unsigned i = 0; i < 2 && length && text[length - 1] == '='; i++)
		text[--length] = '\0';
	for (; *text; text++) {
		if (*text == '+')
			*text = '-';
		if (*text == '/')
			*text = '_';
	}
}

unsigned char *base64_secret_decode(const char *text, size_t *length)
{
	char *copy = strdup(text);

	if (!copy)
		return NULL;
	to_url_alphabet(copy);
	unsigned char *bytes = base64url_decode(copy, length);
	OPENSSL_cleanse(copy, strlen(copy));
	free(copy);
	return bytes;
}

void base64_secret_free(unsigned char *bytes, size_t length)
{
	if (bytes)
		OPENSSL_cleanse(bytes, length);
	free(bytes);
}

bool base64url_is_valid(const char *text)
{
	if (!*text)
		return false;
	for (; *text; text++)
		if (value_of(*text) < 0)
			return false;
	return true;
}
