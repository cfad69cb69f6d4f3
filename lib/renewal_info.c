/* SPDX-License-Identifier: MIT */
#include "renewal_info.h"

#include "json.h"
#include "mem.h"
#include "span.h"
#include "text.h"
#include "timestamp.h"

#include <stdio.h>

#define MINUTE 60
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)

/* Retry-After is obeyed within these (RFC 9773 section 4.3.2). */
#define ASK_MIN MINUTE
#define ASK_MAX DAY
#define ASK_OTHERWISE (6 * HOUR)

#define MISSES_MAX 6 /* 1, 2, 4 ... 32 minutes, then six hours */
#define WINDOW_MAX ((int64_t)400 * DAY)
#define STALE (2 * DAY)
#define SPREAD 0.05 /* of a wait, so that a fleet does not ask at once */

char *renewal_info_url(const char *base, const char *id)
{
	const char *slash = text_ends_with(base, "/") ? "" : "/";

	return text_format("%s%s%s", base, slash, id);
}

void renewal_info_bind(struct renewal_info *info, const char *id)
{
	if (streq(info->id, id))
		return;
	*info = (struct renewal_info){0};
	if (strlen(id) < sizeof(info->id))
		snprintf(info->id, sizeof(info->id), "%s", id);
}

/* No wait is as long: the clock was ahead (C2). */
static bool is_too_far(int64_t next, int64_t now)
{
	return (double)span_between(now, next) > ASK_MAX * (1 + SPREAD);
}

int64_t renewal_info_due(
	const struct renewal_info *info, int64_t not_after, int64_t now)
{
	int64_t next = is_too_far(info->next, now) ? now : info->next;

	return *info->id && next <= not_after ? next : INT64_MAX;
}

static void ask_after(
	struct renewal_info *info, double seconds, double random, int64_t now)
{
	if (seconds < ASK_MIN)
		seconds = ASK_MIN;
	if (seconds > ASK_MAX)
		seconds = ASK_MAX;
	info->next =
		span_after(now, (int64_t)(seconds * (1 + SPREAD * random)));
}

static bool read_time(
	const json_t *window, const char *name, int64_t *out, struct error *err)
{
	const char *text = member_string(window, name, err);

	return text &&
		(timestamp_parse(text, out) ||
			fail(err, ERROR_TRANSIENT,
				"the window of the CA has the %s '%.60s'", name,
				text));
}

static bool read_window(
	const json_t *object, int64_t *start, int64_t *end, struct error *err)
{
	const json_t *window = member_object(object, "suggestedWindow", err);

	if (!window || !read_time(window, "start", start, err) ||
		!read_time(window, "end", end, err))
		return false;
	if (*end > *start && *end - *start <= WINDOW_MAX)
		return true;
	return fail(err, ERROR_TRANSIENT, "the CA suggests a window of %lld s",
		(long long)(*end - *start));
}

/* For people: a link that a browser takes, or nothing. */
static void read_explanation(struct renewal_info *info, const json_t *object)
{
	const char *url = member_string_or(object, "explanationURL", "");
	bool is_link = text_starts_with(url, "https://") ||
		text_starts_with(url, "http://");

	*info->explanation = '\0';
	if (is_link && text_is_visible(url) &&
		strlen(url) < sizeof(info->explanation))
		text_clean(info->explanation, sizeof(info->explanation), url,
			strlen(url));
}

static void draw(
	struct renewal_info *info, int64_t start, int64_t end, double random)
{
	if (info->start == start && info->end == end && info->selected)
		return;
	info->start = start;
	info->end = end;
	info->selected = start + (int64_t)((double)(end - start) * random);
}

/* A server of 5xx is away for a time. Everything else that it says instead of
 * a window will be the same in a minute, unless it names a time itself (RFC
 * 9773 section 4.3.3). */
static bool fail_as_told(const struct reply *reply, struct error *err)
{
	if (!err)
		return false;
	if (reply->status >= 500) {
		snprintf(err->code, sizeof(err->code), "N8");
		return false;
	}
	err->kind = ERROR_REFUSED;
	err->retry_after = reply_is_ok(reply) ? 0 : reply->retry_after;
	return false;
}

bool renewal_info_read(struct renewal_info *info, const struct reply *reply,
	double random, int64_t now, struct error *err)
{
	int64_t start = 0;
	int64_t end = 0;
	cleanup(json) json_t *object =
		reply_object(reply, "the renewal information", err);

	if (!object || !read_window(object, &start, &end, err))
		return fail_as_told(reply, err);
	draw(info, start, end, random);
	read_explanation(info, object);
	info->confirmed = now;
	info->failures = 0;
	ask_after(info,
		reply->retry_after > 0 ? reply->retry_after : ASK_OTHERWISE,
		random, now);
	return true;
}

/* Who refuses connections, or has no address, counts as gone for long (RFC 9773
 * section 4.3.3); who is slow, or breaks down, does not. */
static bool is_passing(const struct error *err)
{
	static const char *const LASTING[] = {"N2", "N3", "H14"};

	for (size_t i = 0; i < sizeof(LASTING) / sizeof(*LASTING); i++)
		if (streq(err->code, LASTING[i]))
			return false;
	return err->kind == ERROR_TRANSIENT || err->kind == ERROR_LIMITED;
}

void renewal_info_miss(struct renewal_info *info, const struct error *err,
	double random, int64_t now)
{
	if (err->retry_after > 0)
		ask_after(info, err->retry_after, random, now);
	else if (is_passing(err) && info->failures < MISSES_MAX)
		ask_after(info, MINUTE << info->failures, random, now);
	else
		ask_after(info, ASK_OTHERWISE, random, now);
	if (info->failures < MISSES_MAX)
		info->failures++;
}

int64_t renewal_info_time(const struct renewal_info *info, const char *id,
	int64_t planned, int64_t not_after, int64_t slack)
{
	int64_t latest = span_after(not_after, -(slack / 2));

	if (!*id || !streq(info->id, id) || !info->selected)
		return planned;
	if (info->selected <= planned)
		return info->selected;
	bool is_stale = info->failures &&
		span_between(info->confirmed, planned) > STALE;
	if (latest < planned || is_stale)
		return planned;
	return info->selected < latest ? info->selected : latest;
}

static bool is_same(const char *a, const char *b)
{
	return a && b && *a && streq(a, b);
}

bool renewal_info_may_replace(const char *id,
	const struct renewal_origin *before, const struct renewal_origin *now,
	bool has_renewal_info)
{
	return *id && has_renewal_info &&
		is_same(before->directory, now->directory) &&
		is_same(before->account, now->account);
}

static void put_time(json_t *object, const char *name, int64_t when)
{
	char text[TIMESTAMP_SIZE];

	if (!when)
		return;
	timestamp_format(when, text);
	json_object_set_new(object, name, json_string(text));
}

static int64_t get_time(const json_t *object, const char *name)
{
	int64_t when = 0;

	timestamp_parse(member_string_or(object, name, ""), &when);
	return when;
}

json_t *renewal_info_to_json(const struct renewal_info *info)
{
	json_t *object =
		json_pack("{s:s, s:i, s:s}", "id", info->id, "failures",
			(int)info->failures, "explanation", info->explanation);

	put_time(object, "start", info->start);
	put_time(object, "end", info->end);
	put_time(object, "selected", info->selected);
	put_time(object, "confirmed", info->confirmed);
	put_time(object, "next", info->next);
	return object;
}

void renewal_info_from_json(struct renewal_info *info, const json_t *object)
{
	const char *explanation = member_string_or(object, "explanation", "");
	const char *id = member_string_or(object, "id", "");
	int64_t failures = member_integer_or(object, "failures", 0);

	*info = (struct renewal_info){0};
	renewal_info_bind(info, text_is_visible(id) ? id : "");
	info->start = get_time(object, "start");
	info->end = get_time(object, "end");
	info->selected = get_time(object, "selected");
	info->confirmed = get_time(object, "confirmed");
	info->next = get_time(object, "next");
	if (failures > 0)
		info->failures =
			failures < MISSES_MAX ? (unsigned)failures : MISSES_MAX;
	text_clean(info->explanation, sizeof(info->explanation), explanation,
		strlen(explanation));
	if (info->selected < info->start || info->selected > info->end)
		info->start = info->end = info->selected = 0;
}
