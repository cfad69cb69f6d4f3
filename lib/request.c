/* SPDX-License-Identifier: MIT */
#include "request.h"

#include "json.h"
#include "mem.h"
#include "problem.h"
#include "text.h"

#include <string.h>
#include <strings.h>

#define URL_MAX 2048
#define URL_SCHEME "https://"
#define URL_ALPHABET \
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789" \
	"-._~:/?#[]@!$&'()*+,;=%"

bool request_set(struct request *request, enum request_signer signer,
	const char *url, const char *payload)
{
	struct request made = {
		.url = strdup(url),
		.payload = strdup(payload),
		.signer = signer,
	};
	if (!made.url || !made.payload) {
		request_clear(&made);
		return false;
	}
	request_clear(request);
	*request = made;
	return true;
}

bool request_set_json(struct request *request, enum request_signer signer,
	const char *url, json_t *payload)
{
	cleanup(json) json_t *owned = payload;
	if (!owned)
		return false;
	cleanup(string) char *text = json_write(owned);
	return text && request_set(request, signer, url, text);
}

void request_clear(struct request *request)
{
	free(request->url);
	free(request->payload);
	json_decref(request->subject);
	*request = (struct request){0};
}

/* The media type without parameters, in any case (RFC 9110 section 8.3). */
static bool is_media_type(const char *content_type, const char *type)
{
	size_t length = strcspn(content_type, "; \t");
	return length == strlen(type) &&
		strncasecmp(content_type, type, length) == 0;
}

/* Some CAs call JSON and PEM by that type as well (T06). */
bool reply_is_html(const struct reply *reply)
{
	char first = reply->body[strspn(reply->body, " \t\r\n")];

	if (is_media_type(reply->content_type, "text/html"))
		return first != '{' && first != '-';
	return first == '<';
}

json_t *reply_object(
	const struct reply *reply, const char *what, struct error *err)
{
	if (!reply_is_ok(reply) || reply_is_html(reply)) {
		problem_from_reply(reply, err);
		return NULL;
	}
	cleanup(json) json_t *object =
		json_read(reply->body, reply->length, what, err);
	if (!object)
		return NULL;
	if (!json_is_object(object)) {
		fail(err, ERROR_TRANSIENT, "%s is no JSON object", what);
		return NULL;
	}
	return take(object);
}

const char *member_url(
	const json_t *object, const char *name, struct error *err)
{
	const char *url = member_string(object, name, err);
	if (!url)
		return NULL;
	if (url_is_https(url))
		return url;
	fail(err, ERROR_TRANSIENT, "the CA gave no https URL as '%s': '%.200s'",
		name, url);
	return NULL;
}

bool url_is_https(const char *url)
{
	if (strncasecmp(url, URL_SCHEME, strlen(URL_SCHEME)) != 0)
		return false;
	const char *host = url + strlen(URL_SCHEME);
	size_t host_length = strcspn(host, "/?#");
	size_t length = strlen(url);

	return host_length > 0 && !memchr(host, '@', host_length) &&
		length <= URL_MAX && strspn(url, URL_ALPHABET) == length;
}
