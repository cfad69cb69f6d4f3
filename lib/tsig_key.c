/* SPDX-License-Identifier: MIT */
#include "tsig.h"

#include "base64url.h"
#include "text.h"

#include <ctype.h>
#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#define WORD_MAX 1024
#define SEPARATORS " \t\r\n{};:\"'"

/* The three words of a key as they are found. */
struct words {
	char name[WORD_MAX];
	char algorithm[WORD_MAX];
	char secret[WORD_MAX];
};

void tsig_key_clear(struct tsig_key *key)
{
	OPENSSL_cleanse(key, sizeof(*key));
}

static const char *skip_line(const char *at)
{
	return at + strcspn(at, "\n");
}

/* The next word; false at the end. Comments are '#' and "//". */
static bool next_word(const char **at, char word[static WORD_MAX])
{
	for (;;) {
		*at += strspn(*at, SEPARATORS);
		if (**at != '#' && !text_starts_with(*at, "//"))
			break;
		*at = skip_line(*at);
	}
	size_t length = strcspn(*at, SEPARATORS);
	if (length == 0 || length >= WORD_MAX)
		return false;
	memcpy(word, *at, length);
	word[length] = '\0';
	*at += length;
	return true;
}

/* What a word says that the one behind it is; NULL: nothing. */
static char *slot_of(struct words *words, const char *word)
{
	if (streq(word, "key") || streq(word, "id"))
		return words->name;
	if (streq(word, "algorithm"))
		return words->algorithm;
	return streq(word, "secret") ? words->secret : NULL;
}

static void read_words(const char *text, struct words *words)
{
	char word[WORD_MAX];
	char *slot = NULL;

	while (next_word(&text, word)) {
		char *next = slot_of(words, word);
		if (slot && !next)
			snprintf(slot, WORD_MAX, "%s", word);
		slot = next;
	}
	OPENSSL_cleanse(word, sizeof(word));
}

/* "hmac-sha256:name:secret", the whole of it one word. */
static bool read_line(const char *text, struct words *words)
{
	char *slots[] = {words->algorithm, words->name, words->secret};

	if (strpbrk(text, " \t\r\n{"))
		return false;
	for (int i = 0; i < 3; i++) {
		size_t length = strcspn(text, ":");
		if (length == 0 || length >= WORD_MAX ||
			(text[length] == ':') != (i < 2))
			return false;
		memcpy(slots[i], text, length);
		slots[i][length] = '\0';
		text += length + (i < 2);
	}
	return true;
}

static bool read_algorithm(
	const char *name, enum tsig_algorithm *algorithm, struct error *err)
{
	static const char *const NAMES[] = {
		[TSIG_SHA256] = "hmac-sha256",
		[TSIG_SHA384] = "hmac-sha384",
		[TSIG_SHA512] = "hmac-sha512",
	};

	for (unsigned i = 0; i < sizeof(NAMES) / sizeof(*NAMES); i++) {
		if (strcasecmp(name, NAMES[i]) != 0)
			continue;
		*algorithm = (enum tsig_algorithm)i;
		return true;
	}
	return fail_cause(err, ERROR_REFUSED, "D1",
		"the key of TSIG has the algorithm '%.40s', not hmac-sha256 "
		"or hmac-sha512",
		name);
}

static bool read_secret(
	const char *text, struct tsig_key *out, struct error *err)
{
	size_t length = 0;
	unsigned char *bytes = base64_secret_decode(text, &length);
	bool fits = bytes && length > 0 && length <= sizeof(out->secret);

	if (fits) {
		memcpy(out->secret, bytes, length);
		out->length = length;
	}
	base64_secret_free(bytes, length);
	return fits ||
		fail_cause(err, ERROR_REFUSED, "D1",
			"the key of TSIG has no secret in base64");
}

/* By writing it: the message checks names. */
static bool read_name(const char *name, struct tsig_key *out, struct error *err)
{
	struct dns_message wire = {0};
	size_t length = strlen(name);

	if (length > 0 && name[length - 1] == '.')
		length--;
	snprintf(out->name, sizeof(out->name), "%.*s",
		(int)(length < sizeof(out->name) ? length : 0), name);
	for (char *c = out->name; *c; c++)
		*c = (char)tolower((unsigned char)*c);
	dns_put_name(&wire, out->name);
	return (*out->name && !wire.failed) ||
		fail_cause(err, ERROR_REFUSED, "D1",
			"the key of TSIG has no name");
}

bool tsig_key_parse(const char *text, struct tsig_key *out, struct error *err)
{
	struct words words = {0};

	*out = (struct tsig_key){0};
	if (!read_line(text, &words)) {
		words = (struct words){0};
		read_words(text, &words);
	}
	bool is_key = read_name(words.name, out, err) &&
		read_algorithm(words.algorithm, &out->algorithm, err) &&
		read_secret(words.secret, out, err);
	OPENSSL_cleanse(&words, sizeof(words));
	if (!is_key)
		tsig_key_clear(out);
	return is_key;
}
