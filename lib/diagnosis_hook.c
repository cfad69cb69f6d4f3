/* SPDX-License-Identifier: MIT */
#include "diagnosis_hook.h"

#include <stddef.h>
#include <string.h>

/* Cloudflare, Route 53, DigitalOcean, OVH, Hetzner, GoDaddy, Gandi and their
 * kin; certbot, when it was told to ask a human. */
static const struct {
	const char *words;
	const char *code;
} HOOK_WORDS[] = {
	{"too many requests", "D9"},
	{"rate limit", "D9"},
	{"rate exceeded", "D9"},
	{"throttling", "D9"},
	{"invalid access token", "D1"},
	{"invalid api token", "D1"},
	{"invalid api key", "D1"},
	{"invalid credential", "D1"},
	{"invalid_credential", "D1"},
	{"credential is not valid", "D1"},
	{"invalid authentication", "D1"},
	{"authentication error", "D1"},
	{"authentication failed", "D1"},
	{"unable to authenticate", "D1"},
	{"unable_to_authenticate", "D1"},
	{"invalid format for authorization", "D1"},
	{"security token included in the request is", "D1"},
	{"SignatureDoesNotMatch", "D1"},
	{"is not authorized to perform", "D1"},
	{"could not verify that you authorized", "D1"},
	{"token has expired", "D1"},
	{"tsig verify failure", "D1"},
	{"update failed: REFUSED", "D1"},
	{"update failed: NOTAUTH", "D1"},
	{"--manual-auth-hook", "D10"},
	{"No space left on device", "L1"},
};

const char *diagnosis_of_hook(const char *words)
{
	for (size_t i = 0; i < sizeof(HOOK_WORDS) / sizeof(*HOOK_WORDS); i++)
		if (strcasestr(words, HOOK_WORDS[i].words))
			return HOOK_WORDS[i].code;
	return "E4";
}
