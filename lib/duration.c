/* SPDX-License-Identifier: MIT */
#include "duration.h"

#include "span.h"
#include "text.h"
#include "timestamp.h"

#include <stddef.h>
#include <stdio.h>

#define MINUTE 60
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)
#define LONGEST (INT64_C(36525) * DAY)

static const struct {
	char letter;
	int64_t seconds;
} UNITS[] = {
	{'w', 7 * DAY},
	{'d', DAY},
	{'h', HOUR},
	{'m', MINUTE},
	{'s', 1},
};

#define UNIT_COUNT (sizeof(UNITS) / sizeof(*UNITS))

/* The units that people read; weeks are not among them. */
#define FIRST_SHOWN 1

/* Reads digits; what is larger than `most` becomes `most`. */
static bool take_number(const char **text, int64_t most, int64_t *out)
{
	int64_t value = 0;
	const char *start = *text;

	for (; **text >= '0' && **text <= '9'; (*text)++) {
		value = value * 10 + (**text - '0');
		if (value > most)
			value = most;
	}
	*out = value;
	return *text > start;
}

static int64_t unit_seconds(char letter)
{
	for (size_t i = 0; i < UNIT_COUNT; i++)
		if (UNITS[i].letter == letter)
			return UNITS[i].seconds;
	return 0;
}

/* Reads "30d" and the blanks behind it. */
static bool take_part(const char **text, int64_t *seconds)
{
	int64_t number;

	if (!take_number(text, LONGEST + 1, &number))
		return false;
	int64_t unit = unit_seconds(**text);
	if (!unit || number > LONGEST / unit)
		return false;
	(*text)++;
	if (**text && **text != ' ' && (**text < '0' || **text > '9'))
		return false;
	*text += strspn(*text, " ");
	*seconds = number * unit;
	return true;
}

bool duration_parse(const char *text, int64_t *seconds)
{
	const char *at = text;
	int64_t total = 0;

	if (take_number(&at, LONGEST + 1, &total) && !*at) {
		if (total > LONGEST)
			return false;
		*seconds = total;
		return true;
	}
	total = 0;
	do {
		int64_t part;
		if (!take_part(&text, &part) || part > LONGEST - total)
			return false;
		total += part;
	} while (*text);
	*seconds = total;
	return true;
}

static uint64_t size_of(int64_t seconds)
{
	return seconds < 0 ? -(uint64_t)seconds : (uint64_t)seconds;
}

void duration_format(int64_t seconds, char out[static DURATION_SIZE])
{
	uint64_t left = size_of(seconds);
	const char *sign = seconds < 0 ? "-" : "";
	size_t i = FIRST_SHOWN;

	while (i < UNIT_COUNT - 1 && left < (uint64_t)UNITS[i].seconds)
		i++;
	uint64_t unit = (uint64_t)UNITS[i].seconds;
	uint64_t whole = left / unit;
	left %= unit;
	uint64_t next =
		i + 1 < UNIT_COUNT ? left / (uint64_t)UNITS[i + 1].seconds : 0;
	int length = snprintf(out, DURATION_SIZE, "%s%llu%c", sign,
		(unsigned long long)whole, UNITS[i].letter);
	if (next)
		snprintf(out + length, DURATION_SIZE - (size_t)length, " %u%c",
			(unsigned)next, UNITS[i + 1].letter);
}

/* A copy without the blanks around it; false when it does not fit. */
static bool strip(const char *text, char *out, size_t size)
{
	text += strspn(text, " \t");
	size_t length = strlen(text);
	while (length && (text[length - 1] == ' ' || text[length - 1] == '\t'))
		length--;
	if (length >= size)
		return false;
	memcpy(out, text, length);
	out[length] = '\0';
	return true;
}

bool duration_parse_retry_after(const char *text, int64_t now, int64_t *seconds)
{
	char value[64];
	int64_t when;

	if (!strip(text, value, sizeof(value)))
		return false;
	const char *at = value;
	if (take_number(&at, INT32_MAX, &when) && !*at) {
		*seconds = when;
		return true;
	}
	if (!timestamp_parse_http(value, &when))
		return false;
	*seconds = when <= now ? 0 : span_between(now, when);
	if (*seconds > INT32_MAX)
		*seconds = INT32_MAX;
	return true;
}
