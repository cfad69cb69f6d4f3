/* SPDX-License-Identifier: MIT */
#include "error.h"

#include "diagnosis_errno.h"
#include "text.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const char *const KIND_NAMES[] = {
	[ERROR_NONE] = "none",
	[ERROR_LOCAL] = "local",
	[ERROR_TRANSIENT] = "transient",
	[ERROR_LIMITED] = "limited",
	[ERROR_VALIDATION] = "validation",
	[ERROR_REFUSED] = "refused",
};

__attribute__((format(printf, 4, 0))) static void set(struct error *err,
	enum error_kind kind, const char *code, const char *format,
	va_list arguments)
{
	char text[sizeof(err->text)];

	vsnprintf(text, sizeof(text), format, arguments);
	*err = (struct error){.kind = kind};
	text_clean(err->code, sizeof(err->code), code, strlen(code));
	text_clean(err->text, sizeof(err->text), text, strlen(text));
}

bool fail(struct error *err, enum error_kind kind, const char *format, ...)
{
	if (!err)
		return false;
	va_list arguments;
	va_start(arguments, format);
	set(err, kind, "", format, arguments);
	va_end(arguments);
	return false;
}

bool fail_cause(struct error *err, enum error_kind kind, const char *code,
	const char *format, ...)
{
	if (!err)
		return false;
	va_list arguments;
	va_start(arguments, format);
	set(err, kind, code, format, arguments);
	va_end(arguments);
	return false;
}

bool fail_errno(struct error *err, int number, const char *format, ...)
{
	if (!err)
		return false;
	va_list arguments;
	va_start(arguments, format);
	set(err, ERROR_LOCAL, diagnosis_of_errno(number), format, arguments);
	va_end(arguments);
	err->number = number;
	size_t length = strlen(err->text);
	snprintf(err->text + length, sizeof(err->text) - length, ": %s",
		strerror(number));
	return false;
}

bool fail_memory(struct error *err)
{
	fail(err, ERROR_LOCAL, "out of memory");
	if (err)
		err->number = ENOMEM;
	return false;
}

void error_prefix(struct error *err, const char *format, ...)
{
	if (!err)
		return;
	char prefix[256];
	char text[sizeof(prefix) + sizeof(": ") + sizeof(err->text)];
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(prefix, sizeof(prefix), format, arguments);
	va_end(arguments);
	snprintf(text, sizeof(text), "%s: %s", prefix, err->text);
	text_clean(err->text, sizeof(err->text), text, strlen(text));
}

const char *error_kind_name(enum error_kind kind)
{
	return KIND_NAMES[kind];
}

bool error_kind_parse(const char *name, enum error_kind *kind)
{
	for (int i = ERROR_NONE; i <= ERROR_REFUSED; i++) {
		if (!streq(name, KIND_NAMES[i]))
			continue;
		*kind = (enum error_kind)i;
		return true;
	}
	return false;
}
