/* SPDX-License-Identifier: MIT */
#include "timestamp.h"

#include <stddef.h>
#include <string.h>

#define DAY 86400
#define FIRST_SECOND (-62135596800) /* 0001-01-01T00:00:00Z */
#define LAST_SECOND 253402300799 /* 9999-12-31T23:59:59Z */

struct moment {
	int year;
	int month;
	int day;
	int hour;
	int minute;
	int second;
};

static const char *const MONTHS[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
	"Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
static const char *const DAYS[] = {
	"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
static const char *const LONG_DAYS[] = {"Monday", "Tuesday", "Wednesday",
	"Thursday", "Friday", "Saturday", "Sunday"};

/* Eras of 400 years that begin on 1 March. */
int64_t timestamp_days(int year, int month, int day)
{
	int64_t y = (int64_t)year - (month <= 2);
	int64_t era = (y >= 0 ? y : y - 399) / 400;
	int64_t year_of_era = y - era * 400;
	int64_t day_of_year =
		(153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;

	return era * 146097 + year_of_era * 365 + year_of_era / 4 -
		year_of_era / 100 + day_of_year - 719468;
}

/* The reverse. */
static void split_days(int64_t days, struct moment *out)
{
	int64_t shifted = days + 719468;
	int64_t era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
	int64_t day_of_era = shifted - era * 146097;
	int64_t year_of_era =
		(day_of_era - day_of_era / 1460 + day_of_era / 36524 -
			day_of_era / 146096) /
		365;
	int64_t day_of_year = day_of_era -
		(365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	int64_t month = (5 * day_of_year + 2) / 153;

	out->day = (int)(day_of_year - (153 * month + 2) / 5 + 1);
	out->month = (int)(month < 10 ? month + 3 : month - 9);
	out->year = (int)(year_of_era + era * 400) + (out->month <= 2);
}

static int days_in_month(int year, int month)
{
	bool december = month == 12;

	return (int)(timestamp_days(
			     year + december, december ? 1 : month + 1, 1) -
		timestamp_days(year, month, 1));
}

/* A leap second is the first one of the next minute. */
static bool to_seconds(const struct moment *moment, int64_t *out)
{
	if (moment->year < 1 || moment->month < 1 || moment->month > 12 ||
		moment->day < 1 ||
		moment->day > days_in_month(moment->year, moment->month) ||
		moment->hour > 23 || moment->minute > 59 || moment->second > 60)
		return false;
	*out = timestamp_days(moment->year, moment->month, moment->day) * DAY +
		moment->hour * 3600 + moment->minute * 60 + moment->second;
	return true;
}

/* Reads exactly `digits` digits. */
static bool take_number(const char **text, int digits, int *out)
{
	int value = 0;

	for (; digits > 0; digits--, (*text)++) {
		if (**text < '0' || **text > '9')
			return false;
		value = value * 10 + (**text - '0');
	}
	*out = value;
	return true;
}

/* Reads one of the words; *index counts from 1. */
static bool take_word(
	const char **text, const char *const words[], int count, int *index)
{
	for (int i = 0; i < count; i++) {
		size_t length = strlen(words[i]);
		if (strncmp(*text, words[i], length) != 0)
			continue;
		*text += length;
		*index = i + 1;
		return true;
	}
	return false;
}

/* RFC 850 has two digits; acmed and the web are younger than 1970. */
static bool take_short_year(const char **text, int *out)
{
	if (!take_number(text, 2, out))
		return false;
	*out += *out < 70 ? 2000 : 1900;
	return true;
}

/* The day of asctime() has a blank for its first digit. */
static bool take_padded_day(const char **text, int *out)
{
	if (**text != ' ')
		return take_number(text, 2, out);
	(*text)++;
	return take_number(text, 1, out);
}

/* Reads one field: W and L a week day, M the name and O the number of a
 * month, D and P a day, Y and R a year; everything else stands for itself. */
static bool take_field(const char **text, char field, struct moment *out)
{
	int ignored;

	switch (field) {
	case 'W':
		return take_word(text, DAYS, 7, &ignored);
	case 'L':
		return take_word(text, LONG_DAYS, 7, &ignored);
	case 'M':
		return take_word(text, MONTHS, 12, &out->month);
	case 'O':
		return take_number(text, 2, &out->month);
	case 'D':
		return take_number(text, 2, &out->day);
	case 'P':
		return take_padded_day(text, &out->day);
	case 'Y':
		return take_number(text, 4, &out->year);
	case 'R':
		return take_short_year(text, &out->year);
	case 'h':
		return take_number(text, 2, &out->hour);
	case 'm':
		return take_number(text, 2, &out->minute);
	case 's':
		return take_number(text, 2, &out->second);
	default:
		return *(*text)++ == field;
	}
}

/* Matches a pattern of fields and moves *text behind it. */
static bool match(const char **text, const char *pattern, struct moment *out)
{
	for (; *pattern; pattern++)
		if (!**text || !take_field(text, *pattern, out))
			return false;
	return true;
}

static bool skip_fraction(const char **text)
{
	if (**text != '.')
		return true;
	size_t digits = strspn(*text + 1, "0123456789");
	*text += 1 + digits;
	return digits > 0;
}

/* "Z" or "+hh:mm", in seconds. */
static bool take_offset(const char **text, int64_t *out)
{
	struct moment offset = {0};
	char sign = *(*text)++;

	*out = 0;
	if (sign == 'Z' || sign == 'z')
		return true;
	if ((sign != '+' && sign != '-') || !match(text, "h:m", &offset) ||
		offset.hour > 23 || offset.minute > 59)
		return false;
	*out = offset.hour * 3600 + offset.minute * 60;
	if (sign == '-')
		*out = -*out;
	return true;
}

static bool is_in_range(int64_t when)
{
	return when >= FIRST_SECOND && when <= LAST_SECOND;
}

bool timestamp_parse(const char *text, int64_t *out)
{
	struct moment moment = {0};
	int64_t seconds;
	int64_t offset;

	if (!match(&text, "Y-O-D", &moment) || (*text != 'T' && *text != 't'))
		return false;
	text++;
	if (!match(&text, "h:m:s", &moment) || !to_seconds(&moment, &seconds) ||
		!skip_fraction(&text) || !*text ||
		!take_offset(&text, &offset) || *text)
		return false;
	if (!is_in_range(seconds - offset))
		return false;
	*out = seconds - offset;
	return true;
}

static const struct {
	const char *pattern;
	const char *rest;
} HTTP_DATES[] = {
	{"W, D M Y h:m:s", " GMT"},
	{"L, D-M-R h:m:s", " GMT"},
	{"W M P h:m:s Y", ""},
};

bool timestamp_parse_http(const char *text, int64_t *out)
{
	for (size_t i = 0; i < sizeof(HTTP_DATES) / sizeof(*HTTP_DATES); i++) {
		struct moment moment = {0};
		const char *at = text;
		if (match(&at, HTTP_DATES[i].pattern, &moment) &&
			strcmp(at, HTTP_DATES[i].rest) == 0)
			return to_seconds(&moment, out);
	}
	return false;
}

bool timestamp_parse_words(const char *text, int64_t *out)
{
	struct moment moment = {0};

	return match(&text, "Y-O-D h:m:s UTC", &moment) &&
		to_seconds(&moment, out);
}

/* Writes digits and the character behind them, returns where they end. */
static char *put(char *out, int64_t value, int digits, char end)
{
	for (int i = digits; i > 0; i--, value /= 10)
		out[i - 1] = (char)('0' + value % 10);
	out[digits] = end;
	return out + digits + 1;
}

void timestamp_format(int64_t when, char out[static TIMESTAMP_SIZE])
{
	struct moment moment;

	if (when < FIRST_SECOND)
		when = FIRST_SECOND;
	if (when > LAST_SECOND)
		when = LAST_SECOND;
	int64_t second = (when % DAY + DAY) % DAY;
	split_days((when - second) / DAY, &moment);
	out = put(out, moment.year, 4, '-');
	out = put(out, moment.month, 2, '-');
	out = put(out, moment.day, 2, 'T');
	out = put(out, second / 3600, 2, ':');
	out = put(out, second / 60 % 60, 2, ':');
	out = put(out, second % 60, 2, 'Z');
	*out = '\0';
}
