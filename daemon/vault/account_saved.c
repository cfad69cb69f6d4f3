/* SPDX-License-Identifier: MIT */
#include "account_saved.h"

#include "file.h"
#include "json.h"
#include "mem.h"
#include "request.h"
#include "text.h"

#define SAVED_MAX 65536
#define FORMER_MAX 16

bool account_saved_read(int folder, json_t **out, struct error *err)
{
	struct error why = {0};
	size_t length = 0;
	cleanup(string) char *bytes =
		file_read(folder, ACCOUNT_SAVED, SAVED_MAX, &length, &why);

	*out = NULL;
	if (!bytes && file_is_unseen(&why)) {
		*err = why;
		return false;
	}
	cleanup(json) json_t *saved =
		bytes ? json_read(bytes, length, ACCOUNT_SAVED, NULL) : NULL;
	if (url_is_https(member_string_or(saved, "url", "")))
		*out = take(saved);
	return true;
}

json_t *account_saved_contacts(const struct config_ca *ca)
{
	json_t *list = json_array();

	for (size_t i = 0; i < ca->contacts.count; i++)
		json_array_append_new(list, json_string(ca->contacts.items[i]));
	return list;
}

static json_t *read_urls(const json_t *request, struct error *err)
{
	const char *url = member_url(request, "url", err);
	const char *directory =
		url ? member_url(request, "directory", err) : NULL;

	if (!directory)
		return NULL;
	return json_pack("{s:i, s:s, s:s, s:b}", "schema", 1, "url", url,
		"directory", directory, "closed",
		member_bool_or(request, "closed", false));
}

static bool has_url(const json_t *urls, const char *url)
{
	const json_t *known;
	size_t i;

	json_array_foreach (urls, i, known)
		if (streq(json_string_value(known), url))
			return true;
	return false;
}

/* What was the account's URL once is never taken for anything else. */
static bool keep_former(json_t *saved, const json_t *before, struct error *err)
{
	json_t *former = json_deep_copy(json_object_get(before, "former"));
	const char *url = member_string_or(before, "url", NULL);

	if (!json_is_array(former)) {
		json_decref(former);
		former = json_array();
	}
	if (url && !streq(url, member_string_or(saved, "url", "")) &&
		!has_url(former, url))
		json_array_append_new(former, json_string(url));
	json_object_set_new(saved, "former", former);
	return json_array_size(former) <= FORMER_MAX ||
		fail(err, ERROR_REFUSED,
			"the account has had %d URLs; its folder below "
			"accounts/ is to be removed",
			FORMER_MAX);
}

json_t *account_saved_make(const json_t *request, const struct config_ca *ca,
	const json_t *before, struct error *err)
{
	cleanup(json) json_t *saved = read_urls(request, err);

	if (!saved || !keep_former(saved, before, err))
		return NULL;
	if (json_object_get(before, "terms"))
		json_object_set(
			saved, "terms", json_object_get(before, "terms"));
	if (member_bool_or(request, "has_contacts", true))
		json_object_set_new(
			saved, "contacts", account_saved_contacts(ca));
	return take(saved);
}

bool account_saved_write(struct vault *vault, const char *path,
	const json_t *saved, struct error *err)
{
	int cleanup_folder folder = folder_open(vault->state, path, err);
	cleanup(string) char *text = json_write(saved);

	if (folder < 0)
		return false;
	return text ? file_write(folder, ACCOUNT_SAVED, text, strlen(text),
			      0600, err)
		    : fail_memory(err);
}
