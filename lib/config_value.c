/* SPDX-License-Identifier: MIT */
#include "config_value.h"

#include "config.h"
#include "duration.h"
#include "limit.h"
#include "mem.h"
#include "request.h"
#include "text.h"

#include <arpa/inet.h>
#include <stdlib.h>

#define COUNT_MAX 1000
#define INTERVAL_MAX 86400
#define PATH_LENGTH_MAX 4096
#define WORD_LENGTH_MAX 255
#define CREDENTIAL "credential:"

static bool set_string(char **field, const char *value)
{
	free(*field);
	*field = mem_string(value);
	return true;
}

bool config_value_choose(const char *value, const char *const *words,
	size_t count, size_t *index, struct error *err)
{
	struct text list cleanup_text_value = {.limit = WORD_LENGTH_MAX};
	const char *near = NULL;

	for (size_t i = 0; i < count; i++) {
		*index = i;
		if (streq(value, words[i]))
			return true;
		if (text_distance(value, words[i]) <= 2)
			near = words[i];
		text_addf(&list, "%s'%s'",
			i == 0                  ? ""
				: i + 1 < count ? ", "
						: " and ",
			words[i]);
	}
	if (near)
		return fail(err, ERROR_REFUSED,
			"is unknown: did you mean '%s'?", near);
	return fail(err, ERROR_REFUSED, "is none of %s", list.data);
}

bool config_value_boolean(const char *value, void *field, struct error *err)
{
	static const char *const WORDS[] = {
		"no", "yes", "false", "true", "off", "on", "0", "1"};

	for (size_t i = 0; i < sizeof(WORDS) / sizeof(*WORDS); i++) {
		if (!streq(value, WORDS[i]))
			continue;
		*(bool *)field = i % 2 != 0;
		return true;
	}
	return fail(err, ERROR_REFUSED, "is neither 'yes' nor 'no'");
}

bool config_value_count(const char *value, void *field, struct error *err)
{
	char *end;
	long number = strtol(value, &end, 10);

	if (*value < '0' || *value > '9' || *end || number < 1 ||
		number > COUNT_MAX)
		return fail(err, ERROR_REFUSED, "is no number from 1 to %d",
			COUNT_MAX);
	*(int64_t *)field = number;
	return true;
}

bool config_value_span(const char *value, void *field, struct error *err)
{
	int64_t seconds;

	if (!duration_parse(value, &seconds))
		return fail(err, ERROR_REFUSED,
			"is no span of time such as '30d' or '12h'");
	if (seconds > 0 && !value[strspn(value, "0123456789")])
		return fail(err, ERROR_REFUSED,
			"has no unit: write '%sd' for days, or '%ss'", value,
			value);
	if (seconds <= 0)
		return fail(err, ERROR_REFUSED, "is no time at all");
	*(int64_t *)field = seconds;
	return true;
}

bool config_value_limit(const char *value, void *field, struct error *err)
{
	return limits_add(field, value, err);
}

bool config_value_interval(const char *value, void *field, struct error *err)
{
	int64_t seconds;

	if (!duration_parse(value, &seconds) || seconds < 0 ||
		seconds > INTERVAL_MAX)
		return fail(err, ERROR_REFUSED,
			"is no span of time from '0s' to '1d'");
	*(int64_t *)field = seconds;
	return true;
}

static bool is_dots(const char *component, size_t length)
{
	return (length == 1 && component[0] == '.') ||
		(length == 2 && component[0] == '.' && component[1] == '.');
}

/* Double slashes and one at the end are left out; false for "." and "..". */
static bool normalise(const char *path, struct text *out)
{
	while (*path) {
		path += strspn(path, "/");
		size_t length = strcspn(path, "/");
		if (is_dots(path, length))
			return false;
		if (length) {
			text_add(out, "/");
			text_add_bytes(out, path, length);
		}
		path += length;
	}
	return !out->failed;
}

bool config_value_path(const char *value, void *field, struct error *err)
{
	struct text path cleanup_text_value = {.limit = PATH_LENGTH_MAX};

	if (*value != '/')
		return fail(err, ERROR_REFUSED, "is no absolute path");
	if (!normalise(value, &path))
		return fail(err, ERROR_REFUSED,
			"is too long, or has '.' or '..' in it");
	return set_string(field, path.data ? path.data : "/");
}

bool config_value_metrics_file(
	const char *value, void *field, struct error *err)
{
	if (!text_ends_with(value, ".prom") || text_ends_with(value, "/.prom"))
		return fail(err, ERROR_REFUSED, "does not end in 'NAME.prom'");
	return config_value_path(value, field, err);
}

const char *config_credentials(void)
{
	const char *folder = getenv("CREDENTIALS_DIRECTORY");

	return folder && *folder == '/' ? folder : NULL;
}

bool config_value_file(const char *value, void *field, struct error *err)
{
	if (!text_starts_with(value, CREDENTIAL))
		return config_value_path(value, field, err);
	const char *name = value + strlen(CREDENTIAL);
	const char *folder = config_credentials();
	if (!config_name_is_valid(name))
		return fail(err, ERROR_REFUSED, "names no credential");
	if (!folder)
		return set_string(field, value);
	cleanup(string) char *path = text_format("%s/%s", folder, name);
	return path ? set_string(field, path) : fail_memory(err);
}

/* Is there a host behind the scheme, and nothing that no URL has? */
static bool is_url(const char *url, const char *scheme)
{
	if (!text_starts_with(url, scheme) || !text_is_visible(url) ||
		strpbrk(url, "\"<>\\^`{|}#"))
		return false;
	return strcspn(url + strlen(scheme), "/?:@") > 0;
}

bool config_value_url(const char *value, void *field, struct error *err)
{
	if (!is_url(value, "https://"))
		return fail(err, ERROR_REFUSED, "is no 'https://' URL");
	if (!url_is_https(value))
		return fail(
			err, ERROR_REFUSED, "has a user in it, or is too long");
	return set_string(field, value);
}

bool config_value_proxy(const char *value, void *field, struct error *err)
{
	static const char *const SCHEMES[] = {
		"http://", "https://", "socks5://", "socks5h://"};

	for (size_t i = 0; i < sizeof(SCHEMES) / sizeof(*SCHEMES); i++)
		if (is_url(value, SCHEMES[i]))
			return set_string(field, value);
	return fail(err, ERROR_REFUSED,
		"is no proxy such as 'http://proxy.example:3128'");
}

bool config_value_address(const char *value, void *field, struct error *err)
{
	unsigned char address[sizeof(struct in6_addr)];

	if (inet_pton(AF_INET, value, address) != 1 &&
		inet_pton(AF_INET6, value, address) != 1)
		return fail(err, ERROR_REFUSED, "is no IP address");
	return set_string(field, value);
}

bool config_value_word(const char *value, void *field, struct error *err)
{
	if (!*value || strlen(value) > WORD_LENGTH_MAX ||
		!text_is_visible(value))
		return fail(err, ERROR_REFUSED, "is no word");
	return set_string(field, value);
}

/* It becomes an argument of sendmail: no option, no list, no program. */
bool config_value_mailbox(const char *value, void *field, struct error *err)
{
	static const char ALPHABET[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
		"0123456789._+-=";
	size_t user = strspn(value, ALPHABET);
	const char *host = value[user] == '@' ? value + user + 1 : NULL;

	if (!user || *value == '-' || strlen(value) > WORD_LENGTH_MAX ||
		(host ? !*host || host[strspn(host, ALPHABET)] : value[user]))
		return fail(err, ERROR_REFUSED,
			"is neither an address such as 'ops@example.com' nor "
			"'no'");
	return set_string(field, value);
}

bool config_value_line(const char *value, void *field, struct error *err)
{
	char clean[WORD_LENGTH_MAX + 1];

	text_clean(clean, sizeof(clean), value, strlen(value));
	if (!*value || !streq(clean, value))
		return fail(err, ERROR_REFUSED,
			"is too long, or has odd characters in it");
	return set_string(field, value);
}

bool config_value_sandbox(const char *value, void *field, struct error *err)
{
	static const char *const WORDS[] = {
		[SANDBOX_STRICT] = "strict",
		[SANDBOX_LOG] = "log",
	};
	size_t index = 0;

	if (!config_value_choose(
		    value, WORDS, sizeof(WORDS) / sizeof(*WORDS), &index, err))
		return false;
	*(enum config_sandbox *)field = (enum config_sandbox)index;
	return true;
}
