/* SPDX-License-Identifier: MIT */

/*
 * Chains of a CA. The input is words: the certificates below by name, and
 * anything else as a line of its own.
 */

#include "certificate.h"
#include "fuzz.h"
#include "kind.h"
#include "known_chain.h"
#include "reply.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <stdio.h>

#define WORDS 9

static struct known_chain known;
static struct {
	const char *word;
	char *pem;
} words[WORDS];

static void add_word(const char *word, X509 *certificate)
{
	size_t i = 0;

	while (words[i].word)
		i++;
	words[i].word = word;
	words[i].pem = known_pem(certificate, NULL);
}

static void add_leaf(const char *word, struct known_wish wish)
{
	cleanup(x509) X509 *leaf = known_leaf(&known, wish);

	add_word(word, leaf);
}

static void forget(void)
{
	for (size_t i = 0; i < WORDS; i++)
		free(words[i].pem);
	known_chain_clear(&known);
}

static void prepare(void)
{
	cleanup(general_names) GENERAL_NAMES *other =
		known_names("other.example", NULL);

	known_chain_make(&known);
	add_word("leaf", known.leaf);
	add_word("middle", known.middle);
	add_word("root", known.root);
	add_leaf("expired", (struct known_wish){.not_after = "261120000000Z"});
	add_leaf("future", (struct known_wish){.not_before = "270101000000Z"});
	add_leaf("backwards",
		(struct known_wish){.not_before = "270601000000Z"});
	add_leaf("foreign", (struct known_wish){.names = other});
	add_leaf("wrong-key", (struct known_wish){.key = known.middle_key});
	add_leaf("forged", (struct known_wish){.issuer_key = known.key});
	atexit(forget);
}

static const char *find(const char *word, size_t length)
{
	for (size_t i = 0; i < WORDS; i++)
		if (strlen(words[i].word) == length &&
			strncmp(words[i].word, word, length) == 0)
			return words[i].pem;
	return NULL;
}

/* As it comes over HTTP; false when it is larger than that allows. */
static bool compose(struct http_message *body, const char *at)
{
	bool fits = true;

	while (fits && *at) {
		size_t length = strcspn(at, " ");
		const char *pem = find(at, length);
		fits = http_message_add_body(body, pem ? pem : at,
			       pem ? strlen(pem) : length, NULL) &&
			http_message_add_body(body, "\n", 1, NULL);
		at += length + strspn(at + length, " ");
	}
	return fits;
}

static bool check(const struct http_message *body)
{
	struct identifier names[3];
	struct certificate_wish wish = {.key = known.key,
		.identifiers = names,
		.identifier_count = 3,
		.now = KNOWN_NOW};
	struct error err = {0};

	if (!body->body.data)
		return false;
	cleanup(chain) STACK_OF(X509) *chain = certificate_chain_parse(
		body->body.data, body->body.length, &err);
	identifier_parse("www.example.net", &names[0], NULL);
	identifier_parse("*.a.example.net", &names[1], NULL);
	identifier_parse("192.0.2.7", &names[2], NULL);
	if (chain && certificate_check(chain, &wish, &err))
		return true;
	fuzz_check_error(&err);
	return false;
}

bool hostile_chain(struct text *seen, const char *bytes, size_t length)
{
	struct http_message body;

	(void)length;
	if (!words[0].word)
		prepare();
	http_message_init(&body);
	bool is_fine = compose(&body, bytes) && check(&body);
	http_message_clear(&body);
	ERR_clear_error();
	text_add(seen, "taken");
	return is_fine;
}

bool hostile_der(struct text *seen, const char *bytes, size_t length)
{
	const unsigned char *at = (const unsigned char *)bytes;
	cleanup(x509) X509 *certificate = d2i_X509(NULL, &at, (long)length);
	struct certificate_facts facts = {0};
	bool is_read = certificate &&
		certificate_read_facts(certificate, &facts, NULL);

	certificate_facts_clear(&facts);
	ERR_clear_error();
	text_add(seen, "taken");
	return is_read;
}
