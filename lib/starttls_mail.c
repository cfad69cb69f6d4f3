/* SPDX-License-Identifier: MIT */
#include "starttls_dialect.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

/*
 * SMTP, IMAP and POP3: lines.
 */

static size_t measure_line(const unsigned char *bytes, size_t length)
{
	const unsigned char *end = memchr(bytes, '\n', length);

	return end ? (size_t)(end - bytes) + 1 : 0;
}

static bool begins(const unsigned char *line, size_t length, const char *word)
{
	size_t size = strlen(word);

	return length >= size &&
		strncasecmp((const char *)line, word, size) == 0;
}

static void say(
	struct starttls *talk, enum starttls_step step, const char *words)
{
	starttls_go(talk, step, words, strlen(words));
}

/* SMTP (RFC 5321 section 4.2): "250-MORE", "250 LAST". The client names
 * itself by an address, as one without a name may (section 4.1.4). */

static bool has_ended(const unsigned char *line, size_t length)
{
	return length < 4 || line[3] != '-';
}

static void answer_smtp(struct starttls *talk)
{
	switch (talk->step) {
	case STARTTLS_GREETING:
		say(talk, STARTTLS_OFFER, "EHLO [127.0.0.1]\r\n");
		break;
	case STARTTLS_OFFER:
		say(talk, STARTTLS_CONSENT, "STARTTLS\r\n");
		break;
	case STARTTLS_CONSENT:
	case STARTTLS_READY:
		talk->step = STARTTLS_READY;
		break;
	}
}

static bool read_smtp(struct starttls *talk, const unsigned char *line,
	size_t length, struct error *err)
{
	bool is_offer = talk->step == STARTTLS_OFFER;

	if (!begins(line, length, is_offer ? "250" : "220"))
		return starttls_refused(line, length, err);
	if (is_offer && length > 4 && begins(line + 4, length - 4, "STARTTLS"))
		talk->is_offered = true;
	if (!has_ended(line, length))
		return true;
	if (is_offer && !talk->is_offered)
		return fail(
			err, ERROR_REFUSED, "the server offers no STARTTLS");
	answer_smtp(talk);
	return true;
}

/* IMAP (RFC 9051 section 6.2.1): lines with "*" speak of other things. */

static bool read_imap(struct starttls *talk, const unsigned char *line,
	size_t length, struct error *err)
{
	if (talk->step == STARTTLS_GREETING && begins(line, length, "* OK"))
		say(talk, STARTTLS_CONSENT, "a STARTTLS\r\n");
	else if (talk->step == STARTTLS_CONSENT && begins(line, length, "a OK"))
		talk->step = STARTTLS_READY;
	else if (talk->step == STARTTLS_GREETING ||
		!begins(line, length, "* ") || begins(line, length, "* BYE"))
		return starttls_refused(line, length, err);
	return true;
}

/* POP3 (RFC 2595 section 4). */

static bool read_pop3(struct starttls *talk, const unsigned char *line,
	size_t length, struct error *err)
{
	if (!begins(line, length, "+OK"))
		return starttls_refused(line, length, err);
	if (talk->step == STARTTLS_GREETING)
		say(talk, STARTTLS_CONSENT, "STLS\r\n");
	else
		talk->step = STARTTLS_READY;
	return true;
}

const struct starttls_dialect starttls_smtp = {
	.name = "smtp",
	.port = 25,
	.farewell = "QUIT\r\n",
	.farewell_length = 6,
	.measure = measure_line,
	.read = read_smtp,
};

const struct starttls_dialect starttls_imap = {
	.name = "imap",
	.port = 143,
	.farewell = "b LOGOUT\r\n",
	.farewell_length = 10,
	.measure = measure_line,
	.read = read_imap,
};

const struct starttls_dialect starttls_pop3 = {
	.name = "pop3",
	.port = 110,
	.farewell = "QUIT\r\n",
	.farewell_length = 6,
	.measure = measure_line,
	.read = read_pop3,
};
