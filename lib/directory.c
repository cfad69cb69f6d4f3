/* SPDX-License-Identifier: MIT */
#include "directory.h"

#include "json.h"
#include "mem.h"
#include "text.h"

#include <stddef.h>
#include <string.h>

#define TERMS_MAX 2048

/* The resources that acmed uses; unknown ones are passed over (D01). */
static const struct resource {
	const char *name;
	size_t offset;
	bool required;
} RESOURCES[] = {
	{"newNonce", offsetof(struct directory, new_nonce), true},
	{"newAccount", offsetof(struct directory, new_account), true},
	{"newOrder", offsetof(struct directory, new_order), true},
	{"revokeCert", offsetof(struct directory, revoke_cert), false},
	{"keyChange", offsetof(struct directory, key_change), false},
	{"renewalInfo", offsetof(struct directory, renewal_info), false},
};

static bool has(const json_t *object, const char *name)
{
	const json_t *member = json_object_get(object, name);
	return member && !json_is_null(member);
}

static bool read_resource(struct directory *directory, const json_t *object,
	const struct resource *resource, struct error *err)
{
	char **slot = (char **)((char *)directory + resource->offset);

	if (!resource->required && !has(object, resource->name))
		return true;
	const char *url = member_url(object, resource->name, err);
	if (!url) {
		if (err)
			err->kind = ERROR_REFUSED;
		error_prefix(err, "the directory of the CA at '%.150s'",
			directory->url);
		return false;
	}
	*slot = strdup(url);
	return *slot || fail_memory(err);
}

/* A text of any scheme (Pebble's terms are a data: URL, D03), cleaned. */
static char *read_text(const json_t *meta, const char *name)
{
	const char *value = member_string_or(meta, name, "");
	char clean[TERMS_MAX];

	text_clean(clean, sizeof(clean), value, strlen(value));
	return *clean ? strdup(clean) : NULL;
}

/* Everything here is optional, the whole of it too (D02). */
static void read_meta(struct directory *directory, const json_t *meta)
{
	json_t *profiles = json_object_get(meta, "profiles");
	json_t *caa_identities = json_object_get(meta, "caaIdentities");
	json_t *issuers = json_object_get(meta, "issuerDomainNames");

	directory->terms = read_text(meta, "termsOfService");
	directory->website = read_text(meta, "website");
	directory->account_hash_prefix = read_text(meta, "accountHashPrefix");
	directory->eab_required =
		member_bool_or(meta, "externalAccountRequired", false);
	if (json_is_object(profiles))
		directory->profiles = json_incref(profiles);
	if (json_is_array(caa_identities))
		directory->caa_identities = json_incref(caa_identities);
	if (json_is_array(issuers))
		directory->issuer_domain_names = json_incref(issuers);
}

static bool read_all(
	struct directory *directory, const json_t *object, struct error *err)
{
	for (size_t i = 0; i < sizeof(RESOURCES) / sizeof(*RESOURCES); i++)
		if (!read_resource(directory, object, &RESOURCES[i], err))
			return false;
	read_meta(directory, json_object_get(object, "meta"));
	return true;
}

/* 403, 404 and 410 are no outage: the URL is wrong (N9). */
static bool is_retired(const struct reply *reply)
{
	return reply->status == 403 || reply->status == 404 ||
		reply->status == 410;
}

DEFINE_CLEANUP(directory, struct directory, directory_free)

struct directory *directory_parse(
	const char *url, const struct reply *reply, struct error *err)
{
	if (!url_is_https(url)) {
		fail(err, ERROR_REFUSED,
			"the directory '%.200s' is no https URL", url);
		return NULL;
	}
	if (is_retired(reply)) {
		fail_cause(err, ERROR_REFUSED, "N9",
			"the directory '%.200s' is wrong or retired (status "
			"%ld)",
			url, reply->status);
		return NULL;
	}
	cleanup(json) json_t *object =
		reply_object(reply, "the directory", err);
	if (!object) {
		error_prefix(err, "'%.200s'", url);
		return NULL;
	}
	cleanup(directory) struct directory *made = calloc(1, sizeof(*made));
	if (!made || !(made->url = strdup(url))) {
		fail_memory(err);
		return NULL;
	}
	return read_all(made, object, err) ? take(made) : NULL;
}

void directory_free(struct directory *directory)
{
	if (!directory)
		return;
	for (size_t i = 0; i < sizeof(RESOURCES) / sizeof(*RESOURCES); i++)
		free(*(char **)((char *)directory + RESOURCES[i].offset));
	free(directory->url);
	free(directory->terms);
	free(directory->website);
	json_decref(directory->profiles);
	json_decref(directory->caa_identities);
	json_decref(directory->issuer_domain_names);
	free(directory->account_hash_prefix);
	free(directory);
}

bool directory_has_profile(
	const struct directory *directory, const char *profile)
{
	return json_object_get(directory->profiles, profile) != NULL;
}
