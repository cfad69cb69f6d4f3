/* SPDX-License-Identifier: MIT */
#include "mistakes.h"

#include "mem.h"
#include "text.h"

#include <stdarg.h>
#include <stdio.h>

#define MESSAGE_MAX 1024

void mistakes_add(struct mistakes *mistakes, const char *file, unsigned line,
	const char *format, ...)
{
	char message[MESSAGE_MAX];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(message, sizeof(message), format, arguments);
	va_end(arguments);
	cleanup(string) char *whole = line
		? text_format("%s:%u: %s", file, line, message)
		: text_format("%s: %s", file, message);
	if (!whole)
		abort();
	strings_add(&mistakes->list, whole);
}

void mistakes_clear(struct mistakes *mistakes)
{
	strings_clear(&mistakes->list);
}
