/* SPDX-License-Identifier: MIT */
#include "config_value.h"

#include "config.h"
#include "mem.h"
#include "text.h"

#include <stdlib.h>

#define MAILTO "mailto:"

/* One address, and nothing that a mailto: URL would take for more (RFC 8555
 * section 7.3). */
static bool is_address(const char *mail)
{
	const char *at = strchr(mail, '@');

	return at && at != mail && at[1] && !strchr(at + 1, '@') &&
		!strpbrk(mail, ":,?;<>\"%#&") && text_is_visible(mail);
}

bool config_value_contact(const char *value, void *field, struct error *err)
{
	const char *mail = value;

	if (text_starts_with(value, MAILTO))
		mail += strlen(MAILTO);
	if (!is_address(mail))
		return fail(err, ERROR_REFUSED, "is no mail address");
	cleanup(string) char *contact = text_format(MAILTO "%s", mail);
	if (!contact)
		return fail_memory(err);
	strings_add(field, contact);
	return true;
}

bool config_value_key(const char *value, void *field, struct error *err)
{
	const char *names[KEY_TYPES];
	size_t index = 0;

	if (key_type_parse(value, field))
		return true;
	if (text_starts_with(value, "pkcs11:"))
		return fail(err, ERROR_REFUSED, "is for AccountKey= only");
	for (int i = 0; i < KEY_TYPES; i++)
		names[i] = key_type_name((enum key_type)i);
	return config_value_choose(value, names, KEY_TYPES, &index, err);
}

bool config_value_ca(const char *value, void *field, struct error *err)
{
	struct config_certificate *certificate = field;

	if (!config_name_is_valid(value))
		return fail(err, ERROR_REFUSED, "is no valid name");
	for (size_t i = 0; i < certificate->ca_names.count; i++)
		if (streq(certificate->ca_names.items[i], value))
			return fail(err, ERROR_REFUSED, "is given twice");
	strings_add(&certificate->ca_names, value);
	return true;
}

/* A PIN has no place in a file that all may read. */
bool config_value_account_key(const char *value, void *field, struct error *err)
{
	struct config_ca *ca = field;
	char *uri = NULL;

	if (!text_starts_with(value, "pkcs11:")) {
		free(take(ca->account_key_uri));
		return config_value_key(value, &ca->account_key, err);
	}
	if (strstr(value, "pin-value="))
		return fail(err, ERROR_REFUSED,
			"tells the PIN to all: put it into a file, and name "
			"that with 'pin-source=file:/...'");
	if (!config_value_word(value, &uri, err))
		return false;
	free(ca->account_key_uri);
	ca->account_key_uri = uri;
	return true;
}

bool config_value_keys(const char *value, void *field, struct error *err)
{
	struct config_certificate *certificate = field;
	enum key_type type;

	if (!config_value_key(value, &type, err))
		return false;
	for (size_t i = 0; i < certificate->key_count; i++)
		if (certificate->keys[i] == type)
			return fail(err, ERROR_REFUSED, "is given twice");
	certificate->keys[certificate->key_count++] = type;
	return true;
}

bool config_value_identifier(const char *value, void *field, struct error *err)
{
	struct config_certificate *certificate = field;
	struct identifier identifier;
	struct error why = {0};

	if (!identifier_parse(value, &identifier, &why))
		return fail(err, ERROR_REFUSED, "is no name: %s", why.text);
	if (certificate->identifier_count >= CONFIG_IDENTIFIERS_MAX)
		return fail(err, ERROR_REFUSED,
			"is one too many: a certificate has at most %d names",
			CONFIG_IDENTIFIERS_MAX);
	certificate->identifiers = mem_resize(certificate->identifiers,
		certificate->identifier_count + 1, sizeof(identifier));
	certificate->identifiers[certificate->identifier_count++] = identifier;
	return true;
}

bool config_value_window(const char *value, void *field, struct error *err)
{
	struct config_certificate *certificate = field;
	struct renewal_window window;

	if (!renewal_window_parse(value, &window))
		return fail(err, ERROR_REFUSED,
			"is no window such as 'Sat..Sun 02:00-05:00'");
	certificate->windows = mem_resize(certificate->windows,
		certificate->window_count + 1, sizeof(window));
	certificate->windows[certificate->window_count++] = window;
	return true;
}

bool config_value_dead_names(const char *value, void *field, struct error *err)
{
	static const char *const WORDS[] = {"no", "after-half-slack"};
	size_t index = 0;

	if (!config_value_choose(value, WORDS, 2, &index, err))
		return false;
	*(bool *)field = index == 1;
	return true;
}
