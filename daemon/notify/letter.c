/* SPDX-License-Identifier: MIT */
#include "letter.h"

#include <stdio.h>

#define MOST_INDENT 8
#define LINE_MAX_BYTES 900 /* mail has 998 (RFC 5322 section 2.1.1) */

static void add_subject(struct text *letter, const char *subject)
{
	text_add(letter, "Subject: ");
	for (; *subject; subject++) {
		char c = *subject >= ' ' && *subject <= '~' ? *subject : '?';
		text_add_bytes(letter, &c, 1);
	}
	text_add(letter, "\n");
}

/* What is no character, or one that a terminal would obey, is shown as "?". */
static void add_line(struct text *letter, const char *line, size_t length)
{
	char clean[LINE_MAX_BYTES + 1];
	size_t indent = strspn(line, " ");

	if (indent > MOST_INDENT || indent > length)
		indent = 0;
	text_add_bytes(letter, line, indent);
	text_clean(clean, sizeof(clean), line + indent, length - indent);
	text_add(letter, clean);
	text_add(letter, "\n");
}

void letter_write(struct text *letter, const char *to, const char *subject,
	const char *text)
{
	text_addf(letter, "To: %s\n", to);
	add_subject(letter, subject);
	text_add(letter,
		"Auto-Submitted: auto-generated\n"
		"MIME-Version: 1.0\n"
		"Content-Type: text/plain; charset=UTF-8\n"
		"Content-Transfer-Encoding: 8bit\n"
		"\n");
	while (*text) {
		size_t length = strcspn(text, "\n");
		add_line(letter, text, length);
		text += length + (text[length] == '\n');
	}
}
