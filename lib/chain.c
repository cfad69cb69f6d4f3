/* SPDX-License-Identifier: MIT */
#include "certificate.h"

#include "crypto_error.h"
#include "text.h"

#include <openssl/err.h>
#include <openssl/pem.h>

#define BEGIN "-----BEGIN CERTIFICATE-----"
#define END "-----END CERTIFICATE-----"
#define BASE64 \
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

/* A line of the text, without its end and the blanks before that. */
struct line {
	const char *text;
	size_t length;
};

struct parser {
	const char *next;
	const char *end;
	STACK_OF(X509) * chain; /* owned by the caller */
	struct text base64; /* of the open block */
	bool open;
};

static bool refuse(struct error *err, const char *text)
{
	return fail_cause(
		err, ERROR_TRANSIENT, "K6", "certificate chain %s", text);
}

static struct line next_line(struct parser *parser)
{
	size_t left = (size_t)(parser->end - parser->next);
	const char *newline = memchr(parser->next, '\n', left);
	struct line line = {.text = parser->next};

	line.length = newline ? (size_t)(newline - parser->next) : left;
	parser->next = newline ? newline + 1 : parser->end;
	while (line.length && strchr(" \t\r", line.text[line.length - 1]))
		line.length--;
	return line;
}

static bool line_is(const struct line *line, const char *text)
{
	return line->length == strlen(text) &&
		memcmp(line->text, text, line->length) == 0;
}

/* Bytes of a text in base64 with padding, 0 when it is none. */
static size_t decode(const struct text *base64, unsigned char *out)
{
	size_t digits = base64->data ? strspn(base64->data, BASE64) : 0;
	size_t padding = base64->length - digits;

	if (base64->failed || digits == 0 || base64->length % 4 != 0 ||
		padding > 2 || strspn(base64->data + digits, "=") != padding)
		return 0;
	int length = EVP_DecodeBlock(
		out, (unsigned char *)base64->data, (int)base64->length);
	return length < 0 ? 0 : (size_t)length - padding;
}

/* DER of one certificate and not a byte more. */
static X509 *decode_certificate(const struct text *base64)
{
	cleanup(bytes) unsigned char *der = malloc(base64->length + 1);
	size_t length = der ? decode(base64, der) : 0;
	const unsigned char *at = der;

	if (length == 0)
		return NULL;
	cleanup(x509) X509 *certificate = d2i_X509(NULL, &at, (long)length);
	if (!certificate || at != der + length)
		return NULL;
	return take(certificate);
}

static bool close_block(struct parser *parser, struct error *err)
{
	cleanup(x509) X509 *certificate = decode_certificate(&parser->base64);

	text_clear(&parser->base64);
	parser->open = false;
	if (!certificate) {
		ERR_clear_error();
		return refuse(err, "has a block that is no certificate");
	}
	if (sk_X509_num(parser->chain) >= CHAIN_MAX_CERTIFICATES)
		return refuse(err, "has more than 10 certificates");
	if (sk_X509_push(parser->chain, certificate) == 0)
		return fail_memory(err);
	certificate = NULL;
	return true;
}

/* Anything but certificates may be a key of somebody else (RFC 8555 section
 * 11.4). */
static bool read_line(
	struct parser *parser, const struct line *line, struct error *err)
{
	if (line->length == 0)
		return true;
	if (parser->open && line_is(line, END))
		return close_block(parser, err);
	if (parser->open) {
		text_add_bytes(&parser->base64, line->text, line->length);
		return true;
	}
	if (!line_is(line, BEGIN))
		return refuse(err, "has something else than certificates");
	parser->open = true;
	return true;
}

static bool parse(struct parser *parser, struct error *err)
{
	while (parser->next < parser->end) {
		struct line line = next_line(parser);
		if (!read_line(parser, &line, err))
			return false;
	}
	if (parser->open)
		return refuse(err, "ends within a certificate");
	return sk_X509_num(parser->chain) > 0 || refuse(err, "is empty");
}

STACK_OF(X509) *
	certificate_chain_parse(
		const char *pem, size_t length, struct error *err)
{
	if (length > CHAIN_MAX_BYTES) {
		refuse(err, "is larger than 64 KiB");
		return NULL;
	}
	cleanup(chain) STACK_OF(X509) *chain = sk_X509_new_null();
	struct parser parser = {
		.next = pem,
		.end = pem + length,
		.chain = chain,
		.base64 = {.limit = CHAIN_MAX_BYTES},
	};
	if (!chain) {
		fail_memory(err);
		return NULL;
	}
	bool parsed = parse(&parser, err);
	text_clear(&parser.base64);
	return parsed ? take(chain) : NULL;
}

void certificate_chain_free(STACK_OF(X509) * chain)
{
	sk_X509_pop_free(chain, X509_free);
}

char *certificate_chain_to_pem(
	STACK_OF(X509) * chain, int first, struct error *err)
{
	cleanup(bio) BIO *bio = BIO_new(BIO_s_mem());
	bool written = bio != NULL;
	char *data = NULL;

	for (int i = first; written && i < sk_X509_num(chain); i++)
		written = PEM_write_bio_X509(bio, sk_X509_value(chain, i)) == 1;
	if (!written) {
		fail_crypto(err, ERROR_LOCAL, "cannot write certificates");
		return NULL;
	}
	long length = BIO_get_mem_data(bio, &data);
	char *pem = strndup(data ? data : "", (size_t)length);
	if (!pem)
		fail_memory(err);
	return pem;
}
