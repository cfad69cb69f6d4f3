/* SPDX-License-Identifier: MIT */
#include "finding.h"

#include <stdarg.h>
#include <stdio.h>

#define TEXT_SIZE 512

const char *finding_verdict_name(enum finding_verdict verdict)
{
	static const char *const NAMES[] = {
		[FINDING_GOOD] = "good",
		[FINDING_UNKNOWN] = "unknown",
		[FINDING_BAD] = "bad",
	};

	return NAMES[verdict];
}

enum finding_verdict finding_join(
	enum finding_verdict a, enum finding_verdict b)
{
	if (a == FINDING_BAD || b == FINDING_BAD)
		return FINDING_BAD;
	return a == FINDING_GOOD || b == FINDING_GOOD ? FINDING_GOOD
						      : FINDING_UNKNOWN;
}

void finding_good(const struct finding_listener *listener, const char *check,
	const char *subject, const char *format, ...)
{
	char text[TEXT_SIZE];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	listener->on_finding(listener->data,
		&(struct finding){
			.check = check,
			.subject = subject,
			.verdict = FINDING_GOOD,
			.code = "",
			.text = text,
		});
}

void finding_error(const struct finding_listener *listener, const char *check,
	const char *subject, enum finding_verdict verdict,
	const struct error *err)
{
	listener->on_finding(listener->data,
		&(struct finding){
			.check = check,
			.subject = subject,
			.verdict = verdict,
			.code = err->code,
			.text = err->text,
		});
}
