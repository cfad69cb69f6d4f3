/* SPDX-License-Identifier: MIT */
#include "acme_reply.h"

#include "duration.h"
#include "mem.h"
#include "problem.h"
#include "text.h"
#include "timestamp.h"

#include <ctype.h>
#include <strings.h>

#define RETRY_MIN 1
#define RETRY_MAX (7 * 86400)
#define WORDS_OLD 60
#define URL_LENGTH_MAX 2048

/* One value of a Link header (RFC 8288 section 3); points into it. */
struct link {
	const char *url;
	size_t url_length;
	const char *rel;
	size_t rel_length;
};

static const char *skip_blanks(const char *at)
{
	return at + strspn(at, " \t");
}

/* A token or a quoted string; its end. */
static const char *read_value(
	const char *at, const char **value, size_t *length)
{
	if (*at != '"') {
		*value = at;
		*length = strcspn(at, ";, \t");
		return at + *length;
	}
	*value = ++at;
	while (*at && *at != '"')
		at += *at == '\\' && at[1] ? 2 : 1;
	*length = (size_t)(at - *value);
	return *at ? at + 1 : at;
}

/* One parameter, ";" is behind us. The first rel counts. */
static const char *read_parameter(const char *at, struct link *link)
{
	const char *value = "";
	size_t length = 0;

	at = skip_blanks(at);
	const char *name = at;
	at += strcspn(at, "=;,");
	size_t name_length = (size_t)(at - name);
	if (*at == '=')
		at = read_value(skip_blanks(at + 1), &value, &length);
	while (name_length > 0 && name[name_length - 1] == ' ')
		name_length--;
	if (!link->rel && name_length == 3 &&
		strncasecmp(name, "rel", 3) == 0) {
		link->rel = value;
		link->rel_length = length;
	}
	return at;
}

/* The next link of a list: where it ends, or NULL when there is none. */
static const char *read_link(const char *at, struct link *link)
{
	*link = (struct link){0};
	at += strspn(at, " \t,");
	if (*at != '<')
		return NULL;
	link->url = ++at;
	at += strcspn(at, ">");
	if (*at != '>')
		return NULL;
	link->url_length = (size_t)(at - link->url);
	at = skip_blanks(at + 1);
	while (*at == ';')
		at = skip_blanks(read_parameter(at + 1, link));
	return at;
}

/* Is the relation one of those in rel, which is a list too? */
static bool has_relation(const struct link *link, const char *relation)
{
	const char *at = link->rel;
	const char *end = at ? at + link->rel_length : at;

	while (at && at < end) {
		size_t length = 0;
		while (at + length < end && at[length] != ' ')
			length++;
		if (length == strlen(relation) &&
			strncasecmp(at, relation, length) == 0)
			return true;
		at += length + 1;
	}
	return false;
}

static char *url_of(const struct link *link)
{
	if (link->url_length == 0 || link->url_length > URL_LENGTH_MAX)
		return NULL;
	char *url = mem_new(link->url_length + 1);
	memcpy(url, link->url, link->url_length);
	if (text_is_visible(url))
		return url;
	free(url);
	return NULL;
}

static void take_alternate(struct acme_reply *out, char *url)
{
	size_t count = out->reply.alternate_count;

	if (!url_is_https(url) || count == REPLY_ALTERNATES) {
		free(url);
		return;
	}
	out->alternates[count] = url;
	out->reply.alternates[count] = url;
	out->reply.alternate_count++;
}

/* The first link of a relation is kept, with its URL. */
static bool keep_first(
	char **slot, const struct link *link, const char *relation, char *url)
{
	if (*slot || !has_relation(link, relation))
		return false;
	*slot = url;
	return true;
}

static void take_url(struct acme_reply *out, const struct link *link, char *url)
{
	if (has_relation(link, "alternate"))
		take_alternate(out, url);
	else if (!keep_first(&out->terms, link, "terms-of-service", url) &&
		!keep_first(&out->help, link, "help", url))
		free(url);
}

static void read_links(struct acme_reply *out, const char *value)
{
	struct link link;

	while ((value = read_link(value, &link))) {
		char *url = url_of(&link);
		if (url)
			take_url(out, &link, url);
	}
	out->reply.terms = out->terms;
	out->reply.help = out->help;
}

/* The type before ';', lower case (RFC 9110 section 8.3.1). */
static char *media_type(const char *value)
{
	char *type = mem_string(value ? value : "");

	type[strcspn(type, "; \t,")] = '\0';
	for (char *c = type; *c; c++)
		*c = (char)tolower((unsigned char)*c);
	return type;
}

/* Seconds or a date (RFC 9110 section 10.2.3), else what the words of a limit
 * say, unless it is long past; false: none, or nonsense. */
static bool read_wait(const struct http_reply *source,
	const struct reply *reply, int64_t now, int64_t *seconds)
{
	const char *value = http_reply_header(source, "retry-after");
	int64_t when;

	if (value && duration_parse_retry_after(value, now, seconds))
		return true;
	if (!problem_deadline(reply, &when) || when + WORDS_OLD < now)
		return false;
	*seconds = when - now;
	return true;
}

/* 0: none. A date is compared with the server's clock, ours may be wrong. */
static double retry_after(
	const struct http_reply *source, const struct reply *reply, int64_t now)
{
	const char *date = http_reply_header(source, "date");
	int64_t seconds;

	if (date)
		timestamp_parse_http(date, &now);
	if (!read_wait(source, reply, now, &seconds))
		return 0;
	if (seconds < RETRY_MIN)
		return RETRY_MIN;
	return seconds > RETRY_MAX ? RETRY_MAX : (double)seconds;
}

void acme_reply_read(
	struct acme_reply *out, const struct http_reply *source, int64_t now)
{
	const char *location = http_reply_header(source, "location");

	*out = (struct acme_reply){
		.content_type =
			media_type(http_reply_header(source, "content-type")),
		.reply =
			{
				.status = source->status,
				.location = location && url_is_https(location)
					? location
					: NULL,
				.body = source->body,
				.length = source->length,
			},
	};
	out->reply.content_type = out->content_type;
	out->reply.retry_after = retry_after(source, &out->reply, now);
	for (size_t i = 0; i < source->header_count; i++)
		if (streq(source->headers[i].name, "link"))
			read_links(out, source->headers[i].value);
}

void acme_reply_clear(struct acme_reply *reply)
{
	free(reply->content_type);
	free(reply->terms);
	free(reply->help);
	for (size_t i = 0; i < reply->reply.alternate_count; i++)
		free(reply->alternates[i]);
}
