/* SPDX-License-Identifier: MIT */

/*
 * Renewal information (RFC 9773), of a CA and as it lies in the state: the
 * moment lies in its window, the next question within a day, and nothing
 * moves a renewal behind the half of the slack.
 */

#include "renewal_info.h"

#include "json.h"
#include "mem.h"
#include "replies.h"
#include "text.h"

#define ID "aYhba4dGQEHhs3uEe6CuLN4ByNQ.AIdlQyE"
#define DAY INT64_C(86400)

static void check(const struct renewal_info *info)
{
	int64_t not_after = FUZZ_NOW + 60 * DAY;
	int64_t planned = not_after - 30 * DAY;
	int64_t time =
		renewal_info_time(info, ID, planned, not_after, 30 * DAY);

	fuzz_check(time <= not_after - 15 * DAY);
	fuzz_check(memchr(info->explanation, '\0', sizeof(info->explanation)));
	fuzz_check_text(info->explanation);
	renewal_info_due(info, not_after, FUZZ_NOW);
}

static void check_kept(const struct renewal_info *info)
{
	struct renewal_info other = {0};
	cleanup(json) json_t *object = renewal_info_to_json(info);

	renewal_info_from_json(&other, object);
	cleanup(json) json_t *again = renewal_info_to_json(&other);
	fuzz_check(json_equal(object, again));
}

static void read_reply(struct renewal_info *info, struct fuzz_parts *parts)
{
	struct fuzz_reply reply;
	struct error err = {0};

	fuzz_reply_take(&reply, parts);
	if (renewal_info_read(info, &reply.reply, 0.5, FUZZ_NOW, &err)) {
		fuzz_check(info->start <= info->selected);
		fuzz_check(info->selected <= info->end);
	} else {
		fuzz_check_error(&err);
		renewal_info_miss(info, &err, 0.5, FUZZ_NOW);
	}
	fuzz_check(info->next > FUZZ_NOW && info->next <= FUZZ_NOW + 2 * DAY);
	fuzz_reply_clear(&reply);
}

void fuzz_renewal_info(const uint8_t *bytes, size_t length)
{
	struct fuzz_parts parts = {bytes, length};
	struct renewal_info info = {0};
	cleanup(string) char *state = fuzz_part(&parts, &length);
	cleanup(json) json_t *object =
		fuzz_object((const uint8_t *)state, length);

	renewal_info_from_json(&info, object);
	check(&info);
	renewal_info_bind(&info, ID);
	do {
		read_reply(&info, &parts);
		check(&info);
		check_kept(&info);
	} while (parts.left);
}
