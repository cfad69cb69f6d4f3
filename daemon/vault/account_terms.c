/* SPDX-License-Identifier: MIT */
#include "account_terms.h"

#include "account_saved.h"
#include "accounts.h"
#include "file.h"
#include "json.h"
#include "mem.h"

#define TERMS_MAX 1024

static bool set_terms(struct vault *vault, const char *path, const char *terms,
	struct error *err)
{
	int cleanup_folder folder = folder_open(vault->state, path, err);

	if (folder < 0)
		return false;
	cleanup(json) json_t *saved = NULL;
	if (!account_saved_read(folder, &saved, err))
		return false;
	if (!saved)
		return fail(err, ERROR_REFUSED, "there is no account in '%s'",
			path);
	json_object_set_new(saved, "terms", json_string(terms));
	return account_saved_write(vault, path, saved, err);
}

json_t *account_keep_terms(
	struct vault *vault, const json_t *request, struct error *err)
{
	const char *terms = member_string(request, "terms", err);
	struct account_wanted wanted;
	char path[VAULT_PATH_MAX];

	if (!terms || !account_wanted_read(vault, request, &wanted, err))
		return NULL;
	if (strlen(terms) > TERMS_MAX) {
		fail(err, ERROR_REFUSED, "the address of terms is too long");
		return NULL;
	}
	account_folder(path, &wanted);
	if (!set_terms(vault, path, terms, err))
		return NULL;
	account_forget(vault, &wanted);
	return json_object();
}
