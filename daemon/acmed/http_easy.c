/* SPDX-License-Identifier: MIT */
#include "http_easy.h"

#include "mem.h"

#include <stdio.h>

#define CURL_AT_LEAST(major, minor) \
	(LIBCURL_VERSION_NUM >= ((major) << 16 | (minor) << 8))
#define KEPT_SECONDS 60L

static void add_header(
	struct curl_slist **headers, const char *name, const char *value)
{
	cleanup(string) char *line = mem_format("%s: %s", name, value);
	struct curl_slist *longer = curl_slist_append(*headers, line);

	if (!longer)
		abort();
	*headers = longer;
}

static void set_method(CURL *easy, const struct http_request *request)
{
	switch (request->method) {
	case HTTP_GET:
		curl_easy_setopt(easy, CURLOPT_HTTPGET, 1L);
		break;
	case HTTP_HEAD:
		curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
		break;
	case HTTP_POST:
		curl_easy_setopt(easy, CURLOPT_POST, 1L);
		curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE,
			(long)strlen(request->body));
		curl_easy_setopt(easy, CURLOPT_COPYPOSTFIELDS, request->body);
		break;
	}
}

static void set_https_only(CURL *easy)
{
#if CURL_AT_LEAST(7, 85)
	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "https");
#else
	curl_easy_setopt(easy, CURLOPT_PROTOCOLS, (long)CURLPROTO_HTTPS);
#endif
	curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(
		easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
}

/* Whom to trust is said in the TLS callback, so curl loads nothing. */
static void set_trust(CURL *easy, const char *trust_file)
{
	curl_easy_setopt(easy, CURLOPT_CAINFO, NULL);
	/* Never read, but it keeps the connections of CAs with different
	 * trust apart. */
	curl_easy_setopt(easy, CURLOPT_CAPATH, trust_file);
}

/* An empty proxy is none, whatever the environment says. */
static void set_route(CURL *easy, const struct http_request *request)
{
	curl_easy_setopt(
		easy, CURLOPT_PROXY, request->proxy ? request->proxy : "");
	curl_easy_setopt(easy, CURLOPT_NOPROXY, "");
	curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
	if (!request->source_address)
		return;
	char *interface = mem_format("host!%s", request->source_address);
	curl_easy_setopt(easy, CURLOPT_INTERFACE, interface);
	free(interface);
}

static void set_connection(CURL *easy)
{
	curl_easy_setopt(
		easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_2TLS);
	curl_easy_setopt(easy, CURLOPT_PIPEWAIT, 1L);
	curl_easy_setopt(easy, CURLOPT_MAXAGE_CONN, KEPT_SECONDS);
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
#if CURL_AT_LEAST(7, 87)
	curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
#endif
}

void http_easy_user_agent(char *out, size_t size)
{
	snprintf(out, size, "acmed/" ACMED_VERSION " libcurl/%s",
		curl_version_info(CURLVERSION_NOW)->version);
}

CURL *http_easy_new(const struct http_request *request, const char *user_agent,
	struct curl_slist **headers)
{
	CURL *easy = curl_easy_init();

	if (!easy)
		return NULL;
	add_header(headers, "Accept-Language", "en");
	if (request->accept)
		add_header(headers, "Accept", request->accept);
	if (request->authorization)
		add_header(headers, "Authorization", request->authorization);
	if (request->content_type)
		add_header(headers, "Content-Type", request->content_type);
	curl_easy_setopt(easy, CURLOPT_URL, request->url);
	curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);
	curl_easy_setopt(easy, CURLOPT_HTTPHEADER, *headers);
	curl_easy_setopt(easy, CURLOPT_USERAGENT, user_agent);
	set_method(easy, request);
	set_https_only(easy);
	set_trust(easy, request->trust_file);
	set_route(easy, request);
	set_connection(easy);
	return easy;
}
