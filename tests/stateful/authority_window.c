/* SPDX-License-Identifier: MIT */

/* Renewal information (RFC 9773), sane and not. */

#include "authority_order.h"

#include "base64url.h"
#include "mem.h"
#include "timestamp.h"
#include "world.h"

static long serial_of(const char *path)
{
	const char *dot = strchr(path, '.');
	size_t length = 0;
	cleanup(bytes) unsigned char *bytes =
		dot ? base64url_decode(dot + 1, &length) : NULL;
	long serial = 0;

	for (size_t i = 0; bytes && i < length; i++)
		serial = serial * 256 + bytes[i];
	return serial;
}

/* 0: as it should be. */
static void choose_window(const struct order_issue *issue, unsigned whim,
	int64_t *start, int64_t *end)
{
	int64_t life = issue->not_after - issue->not_before;

	*start = issue->not_before + life * 2 / 3;
	*end = *start + life / 50;
	if (whim == 1)
		*start = world_truth() - 2 * DAY; /* an incident */
	if (whim == 1)
		*end = world_truth() - DAY;
	if (whim == 2)
		*end = *start - DAY;
	if (whim == 3)
		*start = *end = issue->not_after + 100 * DAY;
	if (whim == 4)
		*start = 0;
	if (whim == 5)
		*end = INT64_C(253402300799); /* the year 9999 */
	if (whim == 6)
		*start = *end = world_truth() + HOUR;
}

void order_answer_renewal_info(const struct authority *authority,
	const char *path, struct authority_reply *out)
{
	const struct order_issue *issue = order_find_issue(serial_of(path));
	char start[TIMESTAMP_SIZE];
	char end[TIMESTAMP_SIZE];
	int64_t times[2];

	if (!issue || authority->window % 8 == 7) {
		reply_problem(out, 404, "malformed", "not issued by us");
		return;
	}
	choose_window(issue, authority->window % 8, &times[0], &times[1]);
	timestamp_format(times[0], start);
	timestamp_format(times[1], end);
	reply_json(out, 200,
		json_pack("{s:{s:s, s:s}}", "suggestedWindow", "start", start,
			"end", end));
	reply_retry_after(out, "21600");
}
