/* SPDX-License-Identifier: MIT */
#include "starttls.h"

#include "starttls_dialect.h"
#include "text.h"

static const struct starttls_dialect *const DIALECTS[] = {
	[STARTTLS_NONE] = NULL,
	[STARTTLS_SMTP] = &starttls_smtp,
	[STARTTLS_IMAP] = &starttls_imap,
	[STARTTLS_POP3] = &starttls_pop3,
	[STARTTLS_POSTGRES] = &starttls_postgres,
	[STARTTLS_MYSQL] = &starttls_mysql,
};

#define DIALECT_COUNT (sizeof(DIALECTS) / sizeof(*DIALECTS))

bool starttls_parse(
	const char *name, size_t length, enum starttls_protocol *protocol)
{
	for (size_t i = 1; i < DIALECT_COUNT; i++)
		if (strlen(DIALECTS[i]->name) == length &&
			memcmp(DIALECTS[i]->name, name, length) == 0) {
			*protocol = (enum starttls_protocol)i;
			return true;
		}
	return false;
}

const char *starttls_name(enum starttls_protocol protocol)
{
	return protocol == STARTTLS_NONE ? "" : DIALECTS[protocol]->name;
}

uint16_t starttls_port(enum starttls_protocol protocol)
{
	return protocol == STARTTLS_NONE ? 0 : DIALECTS[protocol]->port;
}

const void *starttls_farewell(enum starttls_protocol protocol, size_t *length)
{
	*length = 0;
	if (protocol == STARTTLS_NONE)
		return NULL;
	*length = DIALECTS[protocol]->farewell_length;
	return DIALECTS[protocol]->farewell;
}

void starttls_go(struct starttls *talk, enum starttls_step step,
	const void *output, size_t length)
{
	talk->step = step;
	talk->output = output;
	talk->output_length = length;
}

bool starttls_refused(
	const unsigned char *words, size_t length, struct error *err)
{
	char text[128];

	text_clean(text, sizeof(text), (const char *)words, length);
	return fail(err, ERROR_REFUSED, "the server says '%s' instead of TLS",
		text);
}

void starttls_start(struct starttls *talk, enum starttls_protocol protocol)
{
	*talk = (struct starttls){.protocol = protocol};
	if (protocol == STARTTLS_NONE)
		talk->step = STARTTLS_READY;
	else
		starttls_go(talk, STARTTLS_GREETING, DIALECTS[protocol]->first,
			DIALECTS[protocol]->first_length);
}

const void *starttls_take_output(struct starttls *talk, size_t *length)
{
	const void *output = talk->output;

	*length = talk->output_length;
	talk->output = NULL;
	talk->output_length = 0;
	return output;
}

/* The units that are whole. */
static bool read_units(struct starttls *talk, struct error *err)
{
	const struct starttls_dialect *dialect = DIALECTS[talk->protocol];

	while (talk->held && talk->step != STARTTLS_READY) {
		size_t length = dialect->measure(talk->unit, talk->held);
		if (length > sizeof(talk->unit) ||
			(!length && talk->held == sizeof(talk->unit)))
			return fail(err, ERROR_REFUSED,
				"the server says more than %d bytes at once",
				STARTTLS_UNIT_MAX);
		if (!length || length > talk->held)
			return true;
		if (!dialect->read(talk, talk->unit, length, err))
			return false;
		talk->held -= length;
		memmove(talk->unit, talk->unit + length, talk->held);
	}
	return true;
}

/* Somebody on the way could put it there (CVE-2021-33515 and its kin). */
static bool is_alone(
	const struct starttls *talk, size_t left, struct error *err)
{
	if (talk->step != STARTTLS_READY || (!talk->held && !left))
		return true;
	return fail(err, ERROR_REFUSED,
		"the server talks on between its consent and TLS");
}

bool starttls_read(struct starttls *talk, const void *bytes, size_t length,
	struct error *err)
{
	const unsigned char *next = bytes;

	talk->total += length;
	if (talk->total > STARTTLS_TALK_MAX)
		return fail(err, ERROR_REFUSED,
			"the server says more than %d bytes before TLS",
			STARTTLS_TALK_MAX);
	while (length && talk->step != STARTTLS_READY) {
		size_t room = sizeof(talk->unit) - talk->held;
		size_t part = length < room ? length : room;
		memcpy(talk->unit + talk->held, next, part);
		talk->held += part;
		next += part;
		length -= part;
		if (!read_units(talk, err))
			return false;
	}
	return is_alone(talk, length, err);
}

bool starttls_is_ready(const struct starttls *talk)
{
	return talk->step == STARTTLS_READY;
}
