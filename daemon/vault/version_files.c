/* SPDX-License-Identifier: MIT */
#include "version_files.h"

#include "certificate.h"
#include "file.h"
#include "key_file.h"
#include "mem.h"
#include "request_file.h"
#include "text.h"

#include <string.h>

#define COMBINED_MAX (CHAIN_MAX_BYTES + KEY_FILE_MAX)

static char *read_part(
	int folder, const char *name, size_t most, struct error *err)
{
	struct error why = {0};
	size_t length = 0;
	char *text = file_read(folder, name, most, &length, &why);

	if (!text && why.kind == ERROR_NONE)
		fail(err, ERROR_LOCAL, "%s is missing", name);
	else if (!text)
		*err = why;
	return text;
}

static bool is_joined(const char *whole, const char *first, const char *second)
{
	return text_starts_with(whole, first) &&
		streq(whole + strlen(first), second);
}

/* A certificate that signs itself is its own chain. */
static bool check_chain(int folder, const char *full, struct error *err)
{
	cleanup(string) char *cert =
		read_part(folder, "cert.pem", CHAIN_MAX_BYTES, err);
	cleanup(string) char *chain = cert
		? read_part(folder, "chain.pem", CHAIN_MAX_BYTES, err)
		: NULL;

	if (!chain)
		return false;
	if (is_joined(full, cert, chain) ||
		(streq(full, cert) && streq(full, chain)))
		return true;
	return fail_cause(err, ERROR_LOCAL, "L5",
		"cert.pem and chain.pem are not what fullchain.pem has: one of "
		"them is damaged");
}

static bool check_keys(int folder, const char *full, struct error *err)
{
	char *key = read_part(folder, "privkey.pem", KEY_FILE_MAX, err);
	char *combined = key
		? read_part(folder, "combined.pem", COMBINED_MAX, err)
		: NULL;
	bool is_same = combined && is_joined(combined, key, full);

	if (combined && !is_same)
		fail_cause(err, ERROR_LOCAL, "L5",
			"privkey.pem and fullchain.pem are not what "
			"combined.pem has: one of them is damaged");
	key_pem_free(combined);
	key_pem_free(key);
	return is_same;
}

/* Of one whose key is elsewhere the two with a key are not there. */
bool version_files_agree(int folder, struct error *err)
{
	cleanup(string) char *full =
		read_part(folder, "fullchain.pem", CHAIN_MAX_BYTES, err);

	return full && check_chain(folder, full, err) &&
		(request_file_is_there(folder) ||
			check_keys(folder, full, err));
}
