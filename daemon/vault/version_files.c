/* SPDX-License-Identifier: MIT */
#include "version_files.h"

#include "certificate.h"
#include "file.h"
#include "key_file.h"
#include "request_file.h"
#include "text.h"

#include <stdlib.h>
#include <string.h>

#define COMBINED_MAX (CHAIN_MAX_BYTES + KEY_FILE_MAX)

void version_files_clear(struct version_files *files)
{
	free(files->full);
	free(files->cert);
	free(files->chain);
	key_pem_free(files->key);
	key_pem_free(files->combined);
	*files = (struct version_files){0};
}

static bool read_one(int folder, const char *name, size_t most, char **out,
	struct error *err)
{
	struct error why = {0};
	size_t length = 0;

	*out = file_read(folder, name, most, &length, &why);
	if (*out)
		return strlen(*out) == length ||
			fail_cause(err, ERROR_LOCAL, "L5",
				"%s is damaged: it is no text", name);
	if (why.kind == ERROR_NONE)
		return fail(err, ERROR_LOCAL, "%s is missing", name);
	*err = why;
	return false;
}

/* Of one whose key is elsewhere the two with a key are not there. */
bool version_files_read(
	int folder, struct version_files *out, struct error *err)
{
	*out = (struct version_files){0};
	return read_one(folder, "fullchain.pem", CHAIN_MAX_BYTES, &out->full,
		       err) &&
		read_one(
			folder, "cert.pem", CHAIN_MAX_BYTES, &out->cert, err) &&
		read_one(folder, "chain.pem", CHAIN_MAX_BYTES, &out->chain,
			err) &&
		(request_file_is_there(folder) ||
			(read_one(folder, "privkey.pem", KEY_FILE_MAX,
				 &out->key, err) &&
				read_one(folder, "combined.pem", COMBINED_MAX,
					&out->combined, err)));
}

static bool is_joined(const char *whole, const char *first, const char *second)
{
	return text_starts_with(whole, first) &&
		streq(whole + strlen(first), second);
}

/* A certificate that signs itself is its own chain. */
static bool has_its_chain(const struct version_files *files)
{
	return is_joined(files->full, files->cert, files->chain) ||
		(streq(files->full, files->cert) &&
			streq(files->full, files->chain));
}

bool version_files_agree(const struct version_files *files, struct error *err)
{
	if (!has_its_chain(files))
		return fail_cause(err, ERROR_LOCAL, "L5",
			"cert.pem and chain.pem are not what fullchain.pem "
			"has: one of them is damaged");
	if (files->key && !is_joined(files->combined, files->key, files->full))
		return fail_cause(err, ERROR_LOCAL, "L5",
			"privkey.pem and fullchain.pem are not what "
			"combined.pem has: one of them is damaged");
	return true;
}
