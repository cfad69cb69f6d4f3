/* SPDX-License-Identifier: MIT */
#include "notify_url.h"

#include "json.h"
#include "mem.h"
#include "text.h"
#include "timestamp.h"

#include <openssl/crypto.h>
#include <string.h>

#define SCHEME "https://"
#define MOST_LINES 8

static const char *const SHAPES[] = {
	[NOTIFY_GENERIC] = "generic",
	[NOTIFY_NTFY] = "ntfy",
	[NOTIFY_SLACK] = "slack",
};
#define SHAPE_COUNT (sizeof(SHAPES) / sizeof(*SHAPES))

/* The file. */

static bool set_shape(
	struct notify_url *out, const char *value, struct error *err)
{
	for (unsigned i = 0; i < SHAPE_COUNT; i++) {
		if (!streq(SHAPES[i], value))
			continue;
		out->shape = (enum notify_shape)i;
		return true;
	}
	return fail(err, ERROR_REFUSED,
		"'Shape=' is none of 'ntfy', 'slack' and 'generic'");
}

static bool set_token(
	struct notify_url *out, const char *value, struct error *err)
{
	if (!*value || !text_is_visible(value))
		return fail(err, ERROR_REFUSED, "'Token=' is no word");
	free(out->authorization);
	out->authorization = text_format("Bearer %s", value);
	return out->authorization || fail_memory(err);
}

static bool set_trust_file(
	struct notify_url *out, const char *value, struct error *err)
{
	if (*value != '/')
		return fail(
			err, ERROR_REFUSED, "'TrustFile=' is no absolute path");
	free(out->trust_file);
	out->trust_file = mem_string(value);
	return true;
}

static bool read_key(struct notify_url *out, char *line, struct error *err)
{
	static const struct {
		const char *name;
		bool (*set)(struct notify_url *out, const char *value,
			struct error *err);
	} KEYS[] = {
		{"Shape=", set_shape},
		{"Token=", set_token},
		{"TrustFile=", set_trust_file},
	};

	if (!*line || *line == '#' || *line == ';')
		return true;
	for (size_t i = 0; i < sizeof(KEYS) / sizeof(*KEYS); i++)
		if (text_starts_with(line, KEYS[i].name))
			return KEYS[i].set(
				out, line + strlen(KEYS[i].name), err);
	return fail(err, ERROR_REFUSED,
		"only 'Shape=', 'Token=' and 'TrustFile=' may follow the URL");
}

/* Without a name and a password in front, and without the port. */
static char *host_of(const char *url)
{
	const char *start = url + strlen(SCHEME);
	size_t length = strcspn(start, "/?#");
	const char *at = memchr(start, '@', length);

	if (at) {
		length -= (size_t)(at + 1 - start);
		start = at + 1;
	}
	if (*start != '[' && memchr(start, ':', length))
		length = strcspn(start, ":");
	return text_format("%.*s", (int)length, start);
}

static bool set_url(struct notify_url *out, const char *url, struct error *err)
{
	if (!text_starts_with(url, SCHEME) || !text_is_visible(url) ||
		strpbrk(url, "\"<>\\^`{|}#"))
		return fail(err, ERROR_REFUSED, "it is no 'https://' URL");
	out->url = mem_string(url);
	out->host = host_of(url);
	if (!out->host || !*out->host)
		return fail(err, ERROR_REFUSED, "the URL has no host");
	if (streq(out->host, "hooks.slack.com"))
		out->shape = NOTIFY_SLACK;
	else if (text_starts_with(out->host, "ntfy."))
		out->shape = NOTIFY_NTFY;
	return true;
}

/* ntfy takes JSON at its root, and the topic inside of it. */
static bool split_topic(struct notify_url *out, struct error *err)
{
	char *path = strchr(out->url + strlen(SCHEME), '/');
	size_t length = path ? strcspn(path + 1, "/?") : 0;

	if (out->shape != NOTIFY_NTFY)
		return true;
	if (!length || path[1 + length])
		return fail(err, ERROR_REFUSED,
			"of ntfy it is 'https://HOST/TOPIC'");
	out->topic = mem_string(path + 1);
	OPENSSL_cleanse(path + 1, length);
	return true;
}

static bool read_lines(struct notify_url *out, char *text, struct error *err)
{
	char *rest = text;

	for (int i = 1; rest; i++) {
		char *line = strsep(&rest, "\n");
		line[strcspn(line, "\r")] = '\0';
		bool is_read = i <= MOST_LINES &&
			(i == 1 ? set_url(out, line, err)
				: read_key(out, line, err));
		if (i > MOST_LINES)
			fail(err, ERROR_REFUSED, "that is too long");
		if (is_read)
			continue;
		error_prefix(err, "line %d", i);
		return false;
	}
	return split_topic(out, err);
}

bool notify_url_read(
	struct notify_url *out, const char *text, struct error *err)
{
	char *copy = mem_string(text);
	size_t length = strlen(copy);

	*out = (struct notify_url){.shape = NOTIFY_GENERIC};
	bool is_read = read_lines(out, copy, err);
	OPENSSL_cleanse(copy, length);
	free(copy);
	if (!is_read)
		notify_url_clear(out);
	return is_read;
}

static void wipe(char *secret)
{
	if (secret)
		OPENSSL_cleanse(secret, strlen(secret));
	free(secret);
}

void notify_url_clear(struct notify_url *url)
{
	wipe(url->url);
	wipe(url->topic);
	wipe(url->authorization);
	free(url->host);
	free(url->trust_file);
	*url = (struct notify_url){0};
}

/* The shapes. */

static json_t *make_generic(const struct notify_url *url,
	const struct telling_message *message, const char *host, int64_t when)
{
	char time[TIMESTAMP_SIZE];

	(void)url;
	timestamp_format(when, time);
	return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:O*}", "from",
		"acmed", "host", host, "time", time, "kind",
		telling_kind_name(message->kind), "level",
		alert_level_name(message->level), "subject", message->subject,
		"text", message->text, "causes", message->causes);
}

/* From 1 to 5; 3 is its default. */
static int ntfy_priority(enum alert_level level)
{
	switch (level) {
	case ALERT_NOTICE:
		return 2;
	case ALERT_WARNING:
		return 3;
	case ALERT_ERROR:
	case ALERT_CRITICAL:
		return 4;
	case ALERT_EMERGENCY:
		return 5;
	}
	return 3;
}

/* A server of ntfy makes a file of what is over 4 KiB. */
#define NTFY_TEXT_MAX 3800

static size_t cut(const char *text, size_t most)
{
	size_t length = 0;

	for (size_t next = 1; text[length] && next; length += next) {
		next = text_character_length(
			text + length, strlen(text + length));
		if (length + next > most)
			break;
	}
	return length;
}

static json_t *make_ntfy(const struct notify_url *url,
	const struct telling_message *message, const char *host, int64_t when)
{
	(void)host;
	(void)when;
	return json_pack("{s:s, s:s, s:s%, s:i, s:[s]}", "topic", url->topic,
		"title", message->subject, "message", message->text,
		cut(message->text, NTFY_TEXT_MAX), "priority",
		ntfy_priority(message->level), "tags",
		message->kind == TELLING_WELL ? "white_check_mark" : "warning");
}

/* Its three characters with a meaning are written as in HTML. */
static char *escape(const char *text)
{
	struct text out cleanup_text_value = {0};

	for (; *text; text++) {
		if (*text == '&')
			text_add(&out, "&amp;");
		else if (*text == '<')
			text_add(&out, "&lt;");
		else if (*text == '>')
			text_add(&out, "&gt;");
		else
			text_add_bytes(&out, text, 1);
	}
	return text_take(&out);
}

static json_t *make_slack(const struct notify_url *url,
	const struct telling_message *message, const char *host, int64_t when)
{
	cleanup(string) char *subject = escape(message->subject);
	cleanup(string) char *text = escape(message->text);
	cleanup(string) char *both = text_format("*%s*\n%s", subject, text);

	(void)url;
	(void)host;
	(void)when;
	return json_pack("{s:s}", "text", both);
}

char *notify_url_body(const struct notify_url *url,
	const struct telling_message *message, const char *host, int64_t when)
{
	static json_t *(*const MAKERS[])(const struct notify_url *url,
		const struct telling_message *message, const char *host,
		int64_t when) = {
		[NOTIFY_GENERIC] = make_generic,
		[NOTIFY_NTFY] = make_ntfy,
		[NOTIFY_SLACK] = make_slack,
	};
	cleanup(json) json_t *body =
		MAKERS[url->shape](url, message, host, when);

	return body ? json_write(body) : NULL;
}
