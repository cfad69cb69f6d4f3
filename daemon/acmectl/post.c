/* SPDX-License-Identifier: MIT */
#include "post.h"

#include "mem.h"
#include "notify_url.h"
#include "secret.h"
#include "text.h"

#include <curl/curl.h>
#include <time.h>

#define DEADLINE 60L /* seconds */

DEFINE_CLEANUP(curl, CURL, curl_easy_cleanup)
DEFINE_CLEANUP(slist, struct curl_slist, curl_slist_free_all)

/* What it says is of no interest. */
static size_t on_body(char *bytes, size_t size, size_t count, void *data)
{
	(void)bytes;
	(void)data;
	return size * count;
}

static struct curl_slist *headers_for(const struct notify_url *url)
{
	struct curl_slist *headers =
		curl_slist_append(NULL, "Content-Type: application/json");
	cleanup(string) char *line = url->authorization
		? text_format("Authorization: %s", url->authorization)
		: NULL;

	return line ? curl_slist_append(headers, line) : headers;
}

static void set_https_only(CURL *curl)
{
#if CURL_AT_LEAST_VERSION(7, 85, 0)
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "https");
#else
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS, (long)CURLPROTO_HTTPS);
#endif
}

static void set_options(CURL *curl, const struct config_daemon *settings,
	const struct notify_url *url)
{
	curl_easy_setopt(curl, CURLOPT_URL, url->url);
	set_https_only(curl);
	curl_easy_setopt(curl, CURLOPT_TIMEOUT, DEADLINE);
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(
		curl, CURLOPT_PROXY, settings->proxy ? settings->proxy : "");
	if (settings->source_address)
		curl_easy_setopt(
			curl, CURLOPT_INTERFACE, settings->source_address);
	if (url->trust_file)
		curl_easy_setopt(curl, CURLOPT_CAINFO, url->trust_file);
}

static bool perform(CURL *curl, const char *host, struct error *err)
{
	CURLcode code = curl_easy_perform(curl);
	long status = 0;

	if (code != CURLE_OK)
		return fail(err, ERROR_TRANSIENT, "'%s': %s", host,
			curl_easy_strerror(code));
	curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
	return status / 100 == 2 ||
		fail(err, ERROR_REFUSED, "'%s' answers %ld", host, status);
}

static bool send_to(const struct config_daemon *settings,
	const struct notify_url *url, const char *body, struct error *err)
{
	cleanup(curl) CURL *curl = curl_easy_init();
	cleanup(slist) struct curl_slist *headers = headers_for(url);

	if (!curl || !headers || !body)
		return fail_memory(err);
	set_options(curl, settings, url);
	curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body);
	return perform(curl, url->host, err);
}

bool post_message(const struct config_daemon *settings, const char *host,
	const struct telling_message *message, struct error *err)
{
	struct notify_url url = {0};
	char *secret = secret_read(settings->notify_url_file, "acmed", err);

	if (!secret)
		return false;
	bool is_read = notify_url_read(&url, secret, err);
	secret_free(secret);
	if (!is_read)
		return false;
	cleanup(string) char *body =
		notify_url_body(&url, message, host, time(NULL));
	bool is_sent = send_to(settings, &url, body, err);
	notify_url_clear(&url);
	return is_sent;
}
