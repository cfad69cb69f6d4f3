/* SPDX-License-Identifier: MIT */

/*
 * Subject and text of a mail as acmed-notify gets them: neither can add a
 * header, a recipient, or a character that does something to a terminal.
 */

#include "letter.h"

#include "fuzz.h"
#include "mem.h"
#include "text.h"

#include <string.h>

#define HEADERS 6 /* To, Subject and those that are always the same */
#define LINE_MAX_BYTES 998 /* RFC 5322 section 2.1.1 */

static void check_head(const char *head, const char *end)
{
	int lines = 0;

	fuzz_check(text_starts_with(head, "To: root\nSubject: "));
	for (; head < end; head++) {
		lines += *head == '\n';
		fuzz_check(*head == '\n' || (*head >= ' ' && *head <= '~'));
	}
	fuzz_check(lines == HEADERS - 1);
}

static void check_body(const char *body)
{
	while (*body) {
		size_t length = strcspn(body, "\n");
		cleanup(string) char *line =
			fuzz_string((const uint8_t *)body, length);
		fuzz_check(length <= LINE_MAX_BYTES);
		fuzz_check_text(line);
		body += length;
		fuzz_check(*body == '\n');
		body++;
	}
}

void fuzz_letter(const uint8_t *bytes, size_t length)
{
	struct fuzz_parts parts = {bytes, length};
	size_t rest;
	cleanup(string) char *subject = fuzz_part(&parts, &length);
	cleanup(string) char *text = fuzz_part(&parts, &rest);
	struct text letter cleanup_text_value = {0};

	letter_write(&letter, "root", subject, text);
	fuzz_check(!letter.failed);
	const char *end = strstr(letter.data, "\n\n");
	fuzz_check(end != NULL);
	check_head(letter.data, end);
	check_body(end + 2);
}
