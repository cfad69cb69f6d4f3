/* SPDX-License-Identifier: MIT */
#include "dns_vectors.h"

#include <check.h>
#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINE_MAX_BYTES 8192

static FILE *open_data(void)
{
	char path[512];
	const char *top = getenv("TEST_TOP");

	snprintf(path, sizeof(path), "%s/tests/unit/data/tsig-vectors.txt",
		top ? top : ".");
	return fopen(path, "re");
}

const unsigned char *dns_vector(const char *name, size_t *length)
{
	static unsigned char bytes[2][LINE_MAX_BYTES];
	static unsigned turn;
	char line[LINE_MAX_BYTES];
	FILE *file = open_data();
	unsigned char *out = bytes[turn++ % 2];

	ck_assert_ptr_nonnull(file);
	while (fgets(line, sizeof(line), file)) {
		line[strcspn(line, "\n")] = '\0';
		char *hex = strchr(line, ' ');
		ck_assert_ptr_nonnull(hex);
		*hex++ = '\0';
		if (strcmp(line, name) != 0)
			continue;
		fclose(file);
		ck_assert_int_eq(OPENSSL_hexstr2buf_ex(out, LINE_MAX_BYTES,
					 length, hex, '\0'),
			1);
		return out;
	}
	ck_abort_msg("there is no vector '%s'", name);
	return NULL;
}
