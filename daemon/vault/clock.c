/* SPDX-License-Identifier: MIT */
#include "clock.h"

#include "file.h"
#include "mem.h"
#include "text.h"
#include "timestamp.h"

#define FILE_NAME "clock"

#ifndef ACMED_BUILD_TIME
#define ACMED_BUILD_TIME 1763683200 /* else 2025-11-21: it was begun */
#endif

static int64_t read_learned(struct vault *vault)
{
	int cleanup_folder folder = folder_open(vault->state, "state", NULL);
	size_t length = 0;
	int64_t when = 0;
	cleanup(string) char *text = folder < 0
		? NULL
		: file_read(folder, FILE_NAME, 64, &length, NULL);

	return text && timestamp_parse(text, &when) ? when : 0;
}

bool clock_check(struct vault *vault, int64_t now, struct error *err)
{
	int64_t least = read_learned(vault);
	char now_text[TIMESTAMP_SIZE], least_text[TIMESTAMP_SIZE];

	if (least < ACMED_BUILD_TIME)
		least = ACMED_BUILD_TIME;
	if (now >= least)
		return true;
	timestamp_format(now, now_text);
	timestamp_format(least, least_text);
	return fail_cause(err, ERROR_LOCAL, "C1",
		"the clock says %s, but it must be after %s", now_text,
		least_text);
}

void clock_learn(struct vault *vault, int64_t not_before)
{
	char text[TIMESTAMP_SIZE];
	int cleanup_folder folder = folder_open(vault->state, "state", NULL);

	if (folder < 0 || not_before <= read_learned(vault))
		return;
	timestamp_format(not_before, text);
	file_write(folder, FILE_NAME, text, strlen(text), 0600, NULL);
}
