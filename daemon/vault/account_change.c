/* SPDX-License-Identifier: MIT */
#include "account_change.h"

#include "account_file.h"
#include "file.h"
#include "json.h"
#include "jws.h"
#include "key_change.h"
#include "mem.h"
#include "old_keys.h"
#include "permits.h"
#include "request.h"
#include "sign.h"
#include "text.h"

static int open_folder(struct vault *vault, const struct account_wanted *wanted,
	struct error *err)
{
	char path[VAULT_PATH_MAX];

	account_folder(path, wanted);
	return folder_open(vault->state, path, err);
}

/* Where AccountKey= names a key in a token it has to name another one. */
static bool make_next(struct vault *vault, const struct account_wanted *wanted,
	struct error *err)
{
	const struct config_ca *ca = wanted->ca;
	cleanup(pkey) EVP_PKEY *key = account_file_make_key(vault, ca, err);

	if (!key)
		return false;
	if (EVP_PKEY_eq(key, account_key(vault, wanted, err)) == 1)
		return fail(err, ERROR_REFUSED,
			"the account has the key already that AccountKey= of "
			"CA '%s' names",
			ca->name);
	int cleanup_folder folder = open_folder(vault, wanted, err);
	return folder >= 0 &&
		account_file_write(folder, ACCOUNT_NEXT_KEY, ca, key, err);
}

/* One that is there already is that of an earlier try: it is gone on with,
 * for the CA may know it. A permit is for one key. */
json_t *account_change_begin(
	struct vault *vault, const json_t *request, struct error *err)
{
	struct account_wanted wanted;

	if (!account_wanted_read(vault, request, &wanted, err) ||
		!account_key(vault, &wanted, err))
		return NULL;
	bool is_resumed = account_next_key(vault, &wanted) != NULL;
	if (!is_resumed &&
		(!permit_account(
			 vault, PERMIT_KEY_CHANGE, wanted.ca->name, err) ||
			!make_next(vault, &wanted, err)))
		return NULL;
	permits_drop_account(vault, PERMIT_KEY_CHANGE, wanted.ca->name);
	if (is_resumed)
		return json_pack("{s:b}", "resumed", true);
	account_forget(vault, &wanted);
	return json_object();
}

/* Inner JWS by the new key, outer by the old one. The key that root had made
 * is the permit. */
static char *sign_both(struct vault *vault, const struct account_wanted *wanted,
	struct jws_header *header, struct error *err)
{
	EVP_PKEY *old_key = account_key(vault, wanted, err);

	if (!old_key)
		return NULL;
	EVP_PKEY *new_key = account_next_key(vault, wanted);
	header->kid = account_saved_url(vault, wanted);
	if (!new_key || !header->kid) {
		fail(err, ERROR_REFUSED,
			"the account at '%s' is to get no other key",
			wanted->ca->name);
		return NULL;
	}
	cleanup(string) char *payload = key_change_payload(
		new_key, old_key, header->kid, header->url, err);
	return payload ? jws_sign(old_key, header, payload, err) : NULL;
}

json_t *account_change_sign(
	struct vault *vault, const json_t *request, struct error *err)
{
	struct account_wanted wanted;
	struct jws_header header = {0};

	if (!account_wanted_read(vault, request, &wanted, err) ||
		!sign_read_header(request, &header, err))
		return NULL;
	cleanup(string) char *jws = sign_both(vault, &wanted, &header, err);
	return jws ? json_pack("{s:s}", "jws", jws) : NULL;
}

/* Each step leaves a folder that can be gone on from: a next key that is the
 * key itself counts for none. */
static bool settle(int folder, bool is_new, struct error *err)
{
	const char *lost = is_new ? ACCOUNT_KEY : ACCOUNT_NEXT_KEY;

	return old_keys_add(folder, lost, err) &&
		(!is_new ||
			account_file_copy(
				folder, ACCOUNT_NEXT_KEY, ACCOUNT_KEY, err)) &&
		file_remove(folder, ACCOUNT_NEXT_KEY, err);
}

json_t *account_change_settle(
	struct vault *vault, const json_t *request, struct error *err)
{
	struct account_wanted wanted;
	bool is_new = streq(member_string_or(request, "goes_by", ""), "new");

	if (!account_wanted_read(vault, request, &wanted, err))
		return NULL;
	if (!account_key(vault, &wanted, err))
		return NULL;
	if (!account_next_key(vault, &wanted))
		return json_object(); /* a second time */
	/* Half of it may have been done: the files say. */
	account_forget(vault, &wanted);
	int cleanup_folder folder = open_folder(vault, &wanted, err);
	return folder >= 0 && settle(folder, is_new, err) ? json_object()
							  : NULL;
}
