/* SPDX-License-Identifier: MIT */
#include "payload.h"

#include "base64url.h"
#include "json.h"
#include "mem.h"
#include "text.h"
#include "timestamp.h"

#include <strings.h>

#define PAYLOAD_MAX 65536
#define WORD_MAX 256

/* Parts. */

static bool is_in(const char *const *names, const char *name)
{
	for (; *names; names++)
		if (streq(*names, name))
			return true;
	return false;
}

static bool has_only(const json_t *object, const char *const *names)
{
	const char *name;
	json_t *value;

	json_object_foreach ((json_t *)object, name, value)
		if (!is_in(names, name))
			return false;
	return true;
}

static bool is_word(const json_t *value)
{
	const char *word = json_string_value(value);

	return word && *word && strlen(word) <= WORD_MAX &&
		text_is_visible(word);
}

static bool is_time(const json_t *value)
{
	int64_t when;

	return is_word(value) &&
		timestamp_parse(json_string_value(value), &when);
}

/* RFC 9773 section 4.1: two words of base64url with a dot between them. */
static bool is_ari_id(const json_t *value)
{
	char id[WORD_MAX + 1];
	char *dot;

	if (!is_word(value))
		return false;
	strcpy(id, json_string_value(value));
	dot = strchr(id, '.');
	if (!dot)
		return false;
	*dot = '\0';
	return base64url_is_valid(id) && base64url_is_valid(dot + 1);
}

/* The contacts in the order of the configuration, all of them. */
static bool is_configured_contact(
	const struct config_ca *ca, const json_t *contacts)
{
	if (!json_is_array(contacts) ||
		json_array_size(contacts) != ca->contacts.count)
		return false;
	for (size_t i = 0; i < ca->contacts.count; i++) {
		const char *contact =
			json_string_value(json_array_get(contacts, i));
		if (!contact || !streq(contact, ca->contacts.items[i]))
			return false;
	}
	return true;
}

/* newOrder (RFC 8555 section 7.4): names of one configured certificate. */

static bool names_one_of(
	const struct config_certificate *certificate, const json_t *object)
{
	static const char *const MEMBERS[] = {"type", "value", NULL};
	struct identifier identifier;

	if (json_typeof(object) != JSON_OBJECT || !has_only(object, MEMBERS) ||
		!identifier_from_json(object, &identifier, NULL) ||
		!streq(member_string_or(object, "value", ""), identifier.value))
		return false;
	return identifier_is_in(certificate->identifiers,
		certificate->identifier_count, &identifier);
}

static bool is_within(
	const struct config_certificate *certificate, const json_t *identifiers)
{
	size_t count = json_array_size(identifiers);

	if (count == 0 || count > certificate->identifier_count)
		return false;
	for (size_t i = 0; i < count; i++)
		if (!names_one_of(certificate, json_array_get(identifiers, i)))
			return false;
	return true;
}

static bool is_configured(
	const struct payload_context *context, const json_t *identifiers)
{
	const struct config *config = context->config;

	for (size_t i = 0; i < config->certificate_count; i++)
		if (config_has_ca(config->certificates[i], context->ca) &&
			is_within(config->certificates[i], identifiers))
			return true;
	return false;
}

static bool is_new_order(
	const struct payload_context *context, const json_t *object)
{
	static const char *const MEMBERS[] = {"identifiers", "profile",
		"replaces", "notBefore", "notAfter", NULL};
	static const struct {
		const char *name;
		bool (*is_fine)(const json_t *value);
	} OPTIONS[] = {
		{"profile", is_word},
		{"replaces", is_ari_id},
		{"notBefore", is_time},
		{"notAfter", is_time},
	};

	for (size_t i = 0; i < sizeof(OPTIONS) / sizeof(*OPTIONS); i++) {
		const json_t *value = json_object_get(object, OPTIONS[i].name);
		if (value && !OPTIONS[i].is_fine(value))
			return false;
	}
	return has_only(object, MEMBERS) &&
		is_configured(context, json_object_get(object, "identifiers"));
}

/* finalize (RFC 8555 section 7.4): a CSR of our own. */
static bool is_finalize(
	const struct payload_context *context, const json_t *object)
{
	const char *csr = json_string_value(json_object_get(object, "csr"));

	return csr && json_object_size(object) == 1 &&
		context->is_own_csr(context->data, context->ca, csr);
}

/* Contacts of the account (RFC 8555 section 7.3.2). */
static bool is_contact(
	const struct payload_context *context, const json_t *object)
{
	return json_object_size(object) == 1 &&
		is_configured_contact(
			context->ca, json_object_get(object, "contact"));
}

/* What stands behind the host. A path that can be written in two ways might
 * be the account's in the other one. */
static const char *plain_path(const char *url)
{
	static const char ALPHABET[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
		"0123456789/-_.";
	const char *host = strstr(url, "://");
	const char *path = host ? strchr(host + 3, '/') : NULL;

	if (!path || strspn(path, ALPHABET) != strlen(path) ||
		strstr(path, "//") || strstr(path, "/.") ||
		text_ends_with(path, "/"))
		return NULL;
	return path;
}

/* Does it lie in the folder of that account? A CA may read the last part as a
 * number, and then /account/01 is /account/1. */
static bool lies_beside(const char *path, const char *account_url)
{
	const char *account = plain_path(account_url);
	const char *slash = account ? strrchr(account, '/') : NULL;

	return !slash ||
		strncasecmp(path, account, (size_t)(slash - account) + 1) == 0;
}

/* The URL of the account is what the loop says it is; so those that it said
 * before count as well. */
static bool may_be_account(
	const struct payload_context *context, const char *path)
{
	const json_t *url;
	size_t i;

	json_array_foreach (context->former, i, url)
		if (lies_beside(path, json_string_value(url)))
			return true;
	return lies_beside(path, context->account);
}

/* Deactivation of an authorization (RFC 8555 section 7.5.2); of the account
 * (7.3.6) only where root permits it. */
static bool is_deactivation(
	const struct payload_context *context, const json_t *object)
{
	const char *status =
		json_string_value(json_object_get(object, "status"));
	const char *path = plain_path(context->url);

	if (!status || !streq(status, "deactivated") ||
		json_object_size(object) != 1 || !path || !context->account)
		return false;
	if (context->may_close && streq(context->url, context->account))
		return true;
	return !may_be_account(context, path);
}

/* The answer to a challenge (RFC 8555 section 7.5.1). */
static bool is_empty(
	const struct payload_context *context, const json_t *object)
{
	(void)context;
	return json_object_size(object) == 0;
}

static bool (*const SHAPES[])(
	const struct payload_context *context, const json_t *object) = {
	is_new_order,
	is_finalize,
	is_contact,
	is_deactivation,
	is_empty,
};

static bool is_by_account(
	const struct payload_context *context, const json_t *object)
{
	for (size_t i = 0; i < sizeof(SHAPES) / sizeof(*SHAPES); i++)
		if (SHAPES[i](context, object))
			return true;
	return false;
}

/* newAccount (RFC 8555 section 7.3): consent only as configured. */
static bool is_new_account(
	const struct payload_context *context, const json_t *object)
{
	static const char *const MEMBERS[] = {
		"termsOfServiceAgreed", "contact", "onlyReturnExisting", NULL};
	const json_t *terms = json_object_get(object, "termsOfServiceAgreed");
	const json_t *contact = json_object_get(object, "contact");
	const json_t *existing = json_object_get(object, "onlyReturnExisting");

	if (!has_only(object, MEMBERS))
		return false;
	if (terms &&
		(json_typeof(terms) != JSON_TRUE ||
			!context->ca->agree_to_terms))
		return false;
	if (existing && json_typeof(existing) != JSON_TRUE)
		return false;
	return !contact || is_configured_contact(context->ca, contact);
}

bool payload_is_allowed(const struct payload_context *context,
	const char *payload, struct error *err)
{
	size_t length = strlen(payload);

	if (length == 0 && !context->is_by_key)
		return true; /* POST-as-GET */
	cleanup(json) json_t *object = length <= PAYLOAD_MAX
		? json_read(payload, length, "the payload", NULL)
		: NULL;
	if (json_is_object(object) &&
		(context->is_by_key ? is_new_account(context, object)
				    : is_by_account(context, object)))
		return true;
	return fail(err, ERROR_REFUSED,
		"the vault does not sign such a payload for '%.200s'",
		context->url);
}
