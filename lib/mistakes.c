/* SPDX-License-Identifier: MIT */
#include "mistakes.h"

#include "mem.h"
#include "text.h"

#include <stdarg.h>
#include <stdio.h>

#define MESSAGE_MAX 1024

static void add(struct strings *list, const char *file, unsigned line,
	const char *format, va_list arguments)
	__attribute__((format(printf, 4, 0)));

static void add(struct strings *list, const char *file, unsigned line,
	const char *format, va_list arguments)
{
	char message[MESSAGE_MAX];
	char shown[2 * MESSAGE_MAX];

	vsnprintf(message, sizeof(message), format, arguments);
	cleanup(string) char *whole = line
		? mem_format("%s:%u: %s", file, line, message)
		: mem_format("%s: %s", file, message);
	text_clean(shown, sizeof(shown), whole, strlen(whole));
	strings_add(list, shown);
}

void mistakes_add_list(struct mistakes *mistakes, const char *file,
	unsigned line, const char *format, va_list arguments)
{
	add(&mistakes->list, file, line, format, arguments);
}

void mistakes_add(struct mistakes *mistakes, const char *file, unsigned line,
	const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	add(&mistakes->list, file, line, format, arguments);
	va_end(arguments);
}

void mistakes_advise(struct mistakes *mistakes, const char *file, unsigned line,
	const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	add(&mistakes->advice, file, line, format, arguments);
	va_end(arguments);
}

void mistakes_clear(struct mistakes *mistakes)
{
	strings_clear(&mistakes->list);
	strings_clear(&mistakes->advice);
}
