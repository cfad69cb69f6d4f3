/* SPDX-License-Identifier: MIT */
#include "starttls_dialect.h"

#include <string.h>

/*
 * PostgreSQL and MySQL: packets.
 */

/* PostgreSQL, "SSL Session Encryption": an SSLRequest is answered by one
 * letter. */

static const unsigned char SSL_REQUEST[] = {0, 0, 0, 8, 4, 210, 22, 47};

static size_t measure_letter(const unsigned char *bytes, size_t length)
{
	(void)bytes;
	(void)length;
	return 1;
}

static bool read_postgres(struct starttls *talk, const unsigned char *letter,
	size_t length, struct error *err)
{
	(void)length;
	switch (*letter) {
	case 'S':
		talk->step = STARTTLS_READY;
		return true;
	case 'N':
		return fail(err, ERROR_REFUSED,
			"the server does not use TLS (ssl=off)");
	case 'E':
		return fail(err, ERROR_REFUSED,
			"the server answers with an error instead of TLS");
	default:
		return fail(err, ERROR_REFUSED,
			"the server does not speak PostgreSQL");
	}
}

/* MySQL and MariaDB, "Connection Phase Packets": each has a header of three
 * bytes of length and a number. */

#define HEADER 4
#define PROTOCOL 10
#define ERROR_MARK 0xff
#define CAN_TLS 0x0800
#define BEHIND_VERSION 13 /* bytes: connection, salt, filler */

/* What we can: long passwords, protocol 4.1, TLS, secure login. */
#define CAPABILITIES 0x01, 0x8a, 0, 0
#define LARGEST_PACKET 0, 0, 0, 1
#define CHARACTERS 33 /* UTF-8 */

static const unsigned char TLS_REQUEST[HEADER + 32] = {
	32, 0, 0, 1, CAPABILITIES, LARGEST_PACKET, CHARACTERS};

/* A login of nobody: refused, but no broken connection. */
static const unsigned char LOGIN[HEADER + 39] = {39, 0, 0, 2, CAPABILITIES,
	LARGEST_PACKET, CHARACTERS, [HEADER + 32] = 'a', 'c', 'm', 'e', 'd'};

static size_t measure_packet(const unsigned char *bytes, size_t length)
{
	if (length < HEADER)
		return 0;
	return HEADER +
		(bytes[0] | (size_t)bytes[1] << 8 | (size_t)bytes[2] << 16);
}

/* Mark, two bytes of number, perhaps "#" and five of state, words. */
static bool read_error(
	const unsigned char *payload, size_t length, struct error *err)
{
	size_t head = length > 9 && payload[3] == '#' ? 9 : 3;

	if (length < head)
		head = length;
	return starttls_refused(payload + head, length - head, err);
}

static bool read_mysql(struct starttls *talk, const unsigned char *packet,
	size_t length, struct error *err)
{
	const unsigned char *payload = packet + HEADER;
	const unsigned char *end = packet + length;

	if (length > HEADER && *payload == ERROR_MARK)
		return read_error(payload, length - HEADER, err);
	const unsigned char *version = length > HEADER && *payload == PROTOCOL
		? memchr(payload, '\0', length - HEADER)
		: NULL;
	if (!version || end - version < 1 + BEHIND_VERSION + 2)
		return fail(
			err, ERROR_REFUSED, "the server does not speak MySQL");
	const unsigned char *flags = version + 1 + BEHIND_VERSION;
	if (!((flags[0] | flags[1] << 8) & CAN_TLS))
		return fail(err, ERROR_REFUSED,
			"the server does not use TLS (no ssl_cert)");
	starttls_go(talk, STARTTLS_READY, TLS_REQUEST, sizeof(TLS_REQUEST));
	return true;
}

const struct starttls_dialect starttls_postgres = {
	.name = "postgres",
	.port = 5432,
	.first = SSL_REQUEST,
	.first_length = sizeof(SSL_REQUEST),
	.measure = measure_letter,
	.read = read_postgres,
};

const struct starttls_dialect starttls_mysql = {
	.name = "mysql",
	.port = 3306,
	.farewell = LOGIN,
	.farewell_length = sizeof(LOGIN),
	.measure = measure_packet,
	.read = read_mysql,
};
