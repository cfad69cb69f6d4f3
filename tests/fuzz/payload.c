/* SPDX-License-Identifier: MIT */

/*
 * What a compromised loop could give the vault to sign: whatever is allowed
 * has one of few shapes, and never speaks of revoking, of another key or of
 * names that are not configured. The first byte says how it is signed.
 */

#include "payload.h"

#include "fuzz.h"
#include "json.h"
#include "mem.h"
#include "text.h"

#include <string.h>

static const char GLOBAL[] = "[CA little]\nDirectory=https://ca.test/dir\n"
			     "Contact=ops@a.example\nAgreeToTerms=yes\n"
			     "[Certificate]\nCA=little\n";
static const char SITE[] = "[Certificate]\nNames=a.example www.a.example\n";

static struct config *config;

static void prepare(void)
{
	struct mistakes mistakes = {0};
	struct config_text global = {"acmed.conf", GLOBAL, strlen(GLOBAL)};
	struct config_text site = {"a", SITE, strlen(SITE)};

	config = config_new(&global, 1, 0, &mistakes);
	config_add_certificate(config, "a", &site, &mistakes);
}

static bool is_own_csr(void *data, const struct config_ca *ca, const char *csr)
{
	(void)data;
	(void)ca;
	return streq(csr, "b3duLWNzcg");
}

static void check(const char *payload, bool may_close)
{
	static const char *const NEVER[] = {"certificate", "reason", "oldKey",
		"account", "protected", "externalAccountBinding"};
	cleanup(json) json_t *object =
		fuzz_object((const uint8_t *)payload, strlen(payload));
	const json_t *names = json_object_get(object, "identifiers");

	fuzz_check(object || !*payload);
	for (size_t i = 0; i < sizeof(NEVER) / sizeof(*NEVER); i++)
		fuzz_check(!json_object_get(object, NEVER[i]));
	for (size_t i = 0; i < json_array_size(names); i++)
		fuzz_check(text_ends_with(
			member_string_or(json_array_get(names, i), "value", ""),
			"a.example"));
	if (json_object_get(object, "status") && !may_close)
		fuzz_check(json_object_size(object) == 1);
}

void fuzz_payload(const uint8_t *bytes, size_t length)
{
	unsigned how = length ? bytes[0] : 0;
	cleanup(string) char *payload =
		fuzz_string(bytes + !!length, length - !!length);
	struct error err = {0};

	if (!config)
		prepare();
	struct payload_context context = {.config = config,
		.ca = config_find_ca(config, "little"),
		.url = how & 4 ? "https://ca.test/account/1"
			       : "https://ca.test/some/thing",
		.account = "https://ca.test/account/1",
		.is_by_key = how & 1,
		.may_close = how & 2,
		.is_own_csr = is_own_csr};
	if (payload_is_allowed(&context, payload, &err))
		check(payload, context.may_close);
	else
		fuzz_check_error(&err);
}
