/* SPDX-License-Identifier: MIT */

/*
 * What servers say before TLS (SMTP, IMAP, POP3, PostgreSQL, MySQL): it means
 * the same however it is cut into packets. The first byte says which protocol
 * and where it is cut.
 */

#include "starttls.h"

#include "fuzz.h"
#include "mem.h"

#define PROTOCOLS 6
#define STEPS_MAX 8

static void check(struct starttls *talk, bool is_fine, const struct error *err)
{
	size_t length = 0;

	if (!is_fine)
		fuzz_check_error(err);
	fuzz_check(talk->held <= sizeof(talk->unit));
	fuzz_check(talk->step <= STARTTLS_READY);
	if (starttls_take_output(talk, &length))
		fuzz_check(length > 0 && length < 128);
	fuzz_check(!starttls_take_output(talk, &length));
}

/* In pieces of that many bytes. */
static bool talk_in_pieces(struct starttls *talk, const uint8_t *bytes,
	size_t length, size_t piece)
{
	bool is_fine = true;

	check(talk, true, NULL);
	while (length && is_fine) {
		struct error err = {0};
		size_t part = length < piece ? length : piece;
		cleanup(string) char *copy = fuzz_string(bytes, part);
		is_fine = starttls_read(talk, copy, part, &err);
		check(talk, is_fine, &err);
		bytes += part;
		length -= part;
	}
	return is_fine;
}

void fuzz_starttls(const uint8_t *bytes, size_t length)
{
	struct starttls whole;
	struct starttls cut;
	enum starttls_protocol protocol;

	if (!length)
		return;
	protocol = bytes[0] % PROTOCOLS;
	size_t piece = 1U + bytes[0] / PROTOCOLS;
	starttls_start(&whole, protocol);
	starttls_start(&cut, protocol);
	bool is_fine = talk_in_pieces(&whole, bytes + 1, length - 1, length);
	bool is_fine_cut = talk_in_pieces(&cut, bytes + 1, length - 1, piece);
	fuzz_check(is_fine == is_fine_cut);
	if (is_fine)
		fuzz_check(
			starttls_is_ready(&whole) == starttls_is_ready(&cut));
	if (protocol == STARTTLS_NONE)
		fuzz_check(starttls_is_ready(&whole));
}
