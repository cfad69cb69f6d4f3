/* SPDX-License-Identifier: MIT */
#include "redirect.h"

#include "mem.h"
#include "text.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <stdio.h>

#define SHOWN 120 /* characters of a stranger's URL in a message */

DEFINE_CLEANUP(parts, CURLU, curl_url_cleanup)
DEFINE_CLEANUP(part, char, curl_free)

static const long FOLLOWED[] = {301, 302, 303, 307, 308};

bool redirect_is(long status)
{
	for (size_t i = 0; i < sizeof(FOLLOWED) / sizeof(*FOLLOWED); i++)
		if (status == FOLLOWED[i])
			return true;
	return false;
}

static char *part_of(CURLU *parts, CURLUPart what, unsigned flags)
{
	char *part = NULL;

	curl_url_get(parts, what, &part, flags);
	return part;
}

static bool is_address(const char *host)
{
	unsigned char bytes[16];

	return *host == '[' || inet_pton(AF_INET, host, bytes) == 1;
}

/* From the parts of a URL; false when one is missing or too long. */
static bool fill(struct redirect_target *target, CURLU *parts)
{
	cleanup(part) char *url = part_of(parts, CURLUPART_URL, 0);
	cleanup(part) char *host = part_of(parts, CURLUPART_HOST, 0);
	cleanup(part) char *port =
		part_of(parts, CURLUPART_PORT, CURLU_DEFAULT_PORT);

	if (!url || !host || !port || strlen(url) > REDIRECT_URL_MAX ||
		strlen(host) >= sizeof(target->host))
		return false;
	snprintf(target->url, sizeof(target->url), "%s", url);
	snprintf(target->host, sizeof(target->host), "%s", host);
	target->port = (uint16_t)strtoul(port, NULL, 10);
	target->is_https = text_starts_with(url, "https:");
	return true;
}

static bool parse(struct redirect_target *target, const char *base,
	const char *url, unsigned flags)
{
	cleanup(parts) CURLU *parts = curl_url();

	return parts &&
		(!base ||
			curl_url_set(parts, CURLUPART_URL, base, 0) ==
				CURLUE_OK) &&
		curl_url_set(parts, CURLUPART_URL, url, flags) == CURLUE_OK &&
		fill(target, parts);
}

bool redirect_begin(
	struct redirect_target *target, const char *url, struct error *err)
{
	return parse(target, NULL, url, CURLU_PATH_AS_IS) ||
		fail(err, ERROR_LOCAL, "'%.*s' is no URL", SHOWN, url);
}

static bool refuse(
	const char *from, const char *to, const char *why, struct error *err)
{
	char shown[SHOWN];

	text_clean(shown, sizeof(shown), to, strlen(to));
	return fail_cause(err, ERROR_VALIDATION, "H6",
		"'%.*s' redirects to '%s': %s", SHOWN, from, shown, why);
}

/* Where the CA would not go, in its own order of looking; NULL: it goes. */
static const char *objection(const struct redirect_target *target)
{
	if (!text_starts_with(target->url, "http:") && !target->is_https)
		return "a CA goes only to http and https";
	if (target->port != 80 && target->port != 443)
		return "a CA goes only to the ports 80 and 443";
	if (is_address(target->host))
		return "a CA goes only to names, not to IP addresses";
	if (!strchr(target->host, '.') || text_ends_with(target->host, "."))
		return "that is no name of a public domain";
	return NULL;
}

bool redirect_follow(struct redirect_target *target, long status,
	const char *location, struct error *err)
{
	struct redirect_target next;

	if (!redirect_is(status))
		return fail_cause(err, ERROR_VALIDATION, "H6",
			"'%.*s' answers with %ld: a CA follows only 301, 302, "
			"303, 307 and 308",
			SHOWN, target->url, status);
	if (!location || !*location)
		return fail_cause(err, ERROR_VALIDATION, "H6",
			"'%.*s' redirects (%ld) to nowhere", SHOWN, target->url,
			status);
	if (strlen(location) > REDIRECT_URL_MAX)
		return refuse(target->url, location, "that is too long", err);
	if (!parse(&next, target->url, location, CURLU_NON_SUPPORT_SCHEME))
		return refuse(target->url, location, "that is no URL", err);
	const char *why = objection(&next);
	if (why)
		return refuse(target->url, location, why, err);
	*target = next;
	return true;
}
