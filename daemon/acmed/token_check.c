/* SPDX-License-Identifier: MIT */
#include "token_check.h"

#include "config_setting.h"
#include "text.h"
#include "token_key.h"

#include <unistd.h>

static void tell(const struct setting *at, const struct error *err,
	struct mistakes *mistakes)
{
	if (geteuid() == 0)
		mistakes_add(mistakes, at->file, at->line, "'AccountKey=': %s",
			err->text);
	else
		mistakes_advise(mistakes, at->file, at->line,
			"'AccountKey=' could not be tried as uid %u: %s",
			(unsigned)geteuid(), err->text);
}

static bool opens(const char *uri, struct error *err)
{
	EVP_PKEY *key = token_key_open(uri, err);
	enum key_type type;
	bool is_ours = key && key_type_of(key, &type);

	if (key && !is_ours)
		fail(err, ERROR_REFUSED,
			"the key in the token is none that a CA takes");
	EVP_PKEY_free(key);
	return is_ours;
}

void token_check(const struct config *config, struct mistakes *mistakes)
{
	for (size_t i = 0; i < config->ca_count; i++) {
		const struct config_ca *ca = config->cas[i];
		const struct setting *at = settings_find(
			config->settings, SECTION_CA, ca->name, "AccountKey");
		struct error err;
		if (at && ca->account_key_uri &&
			!opens(ca->account_key_uri, &err))
			tell(at, &err, mistakes);
	}
}
