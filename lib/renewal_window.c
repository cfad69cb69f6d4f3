/* SPDX-License-Identifier: MIT */
#include "renewal_time.h"

#include "text.h"

#include <limits.h>
#include <strings.h>
#include <time.h>

#define DAYS_OF_WEEK 7
#define MINUTES_OF_DAY (24 * 60)
#define EVERY_DAY 0x7fU

/* Reading. Each reader goes on behind what it has taken. */

static bool read_day(const char **at, int *day)
{
	static const char *const DAYS[DAYS_OF_WEEK] = {"Sunday", "Monday",
		"Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"};

	for (int i = 0; i < DAYS_OF_WEEK; i++) {
		size_t whole = strlen(DAYS[i]);
		if (strncasecmp(*at, DAYS[i], 3) != 0)
			continue;
		bool is_whole = strncasecmp(*at, DAYS[i], whole) == 0;
		*at += is_whole ? whole : 3;
		*day = i;
		return true;
	}
	return false;
}

/* "Sat..Mon" goes over the end of the week. */
static bool read_range(const char **at, unsigned *days)
{
	int first;
	int last;

	if (!read_day(at, &first))
		return false;
	last = first;
	if (text_starts_with(*at, "..")) {
		*at += 2;
		if (!read_day(at, &last))
			return false;
	}
	for (int day = first;; day = (day + 1) % DAYS_OF_WEEK) {
		*days |= 1U << day;
		if (day == last)
			return true;
	}
}

static bool read_days(const char **at, unsigned *days)
{
	*days = 0;
	if (**at >= '0' && **at <= '9') {
		*days = EVERY_DAY;
		return true;
	}
	do {
		if (!read_range(at, days))
			return false;
	} while (*(*at)++ == ',');
	return (*at)[-1] == ' ';
}

static bool read_two_digits(const char **at, int *number)
{
	const char *digits = *at;

	if (digits[0] < '0' || digits[0] > '9' || digits[1] < '0' ||
		digits[1] > '9')
		return false;
	*number = (digits[0] - '0') * 10 + digits[1] - '0';
	*at += 2;
	return true;
}

/* "02:30"; 24:00 is the end of the day. */
static bool read_time(const char **at, int *minutes)
{
	int hour;
	int minute;

	if (!read_two_digits(at, &hour) || *(*at)++ != ':' ||
		!read_two_digits(at, &minute))
		return false;
	*minutes = hour * 60 + minute;
	return minute < 60 && *minutes <= MINUTES_OF_DAY;
}

static bool read_zone(const char *at, bool *utc)
{
	*utc = false;
	if (*at == '\0')
		return true;
	if (*at != ' ')
		return false;
	*utc = true;
	return streq(at + strspn(at, " "), "UTC");
}

bool renewal_window_parse(const char *text, struct renewal_window *out)
{
	struct renewal_window window;
	const char *at = text;

	if (!read_days(&at, &window.days))
		return false;
	at += strspn(at, " ");
	if (!read_time(&at, &window.start) || *at++ != '-' ||
		!read_time(&at, &window.end) || !read_zone(at, &window.utc))
		return false;
	if (window.start == window.end || window.start == MINUTES_OF_DAY)
		return false;
	*out = window;
	return true;
}

/* Finding the next one. */

static int clock_of(int64_t when)
{
	time_t moment = when;
	struct tm shown = {0};

	localtime_r(&moment, &shown);
	return shown.tm_hour * 60 + shown.tm_min;
}

/* The earliest moment that a local clock shows as this; where the hour is
 * left out in spring, as much later as is left out. (mktime() with tm_isdst
 * set would be simpler, but searches the centuries where there is no summer
 * time.) */
static int64_t moment_of_local(struct tm date)
{
	static const int REPEATED[] = {120, 60, 30};
	int wanted = date.tm_hour * 60 + date.tm_min;

	date.tm_isdst = -1;
	int64_t when = mktime(&date);
	int off = (wanted - clock_of(when) + MINUTES_OF_DAY * 3 / 2) %
			MINUTES_OF_DAY -
		MINUTES_OF_DAY / 2;
	if (off)
		return off > 0 ? when + (int64_t)off * 60 : when;
	for (size_t i = 0; i < sizeof(REPEATED) / sizeof(*REPEATED); i++)
		if (clock_of(when - REPEATED[i] * 60) == wanted)
			return when - REPEATED[i] * 60;
	return when;
}

/* Of a day so many days after that of `today`. */
static int64_t moment_of(
	const struct tm *today, int days, int minutes, bool utc, int *weekday)
{
	struct tm date = {
		.tm_year = today->tm_year,
		.tm_mon = today->tm_mon,
		.tm_mday = today->tm_mday + days,
	};

	timegm(&date);
	*weekday = date.tm_wday;
	date.tm_hour = minutes / 60;
	date.tm_min = minutes % 60;
	if (utc)
		return timegm(&date);
	if (date.tm_hour < 24)
		return moment_of_local(date);
	date.tm_mday++;
	date.tm_hour = 0;
	timegm(&date);
	return moment_of_local(date);
}

/* When the window that opens so many days from today is next open. */
static int64_t next_of_day(const struct renewal_window *window,
	const struct tm *today, int days, int64_t when)
{
	bool is_over_midnight = window->end < window->start;
	int weekday;
	int unused;
	int64_t start =
		moment_of(today, days, window->start, window->utc, &weekday);
	int64_t end = moment_of(today, days + is_over_midnight, window->end,
		window->utc, &unused);

	if (!(window->days & (1U << weekday)))
		return INT64_MAX;
	/* It lay in the hour that was left out: it is as long, but later. */
	if (end <= start)
		end = start + (int64_t)(window->end - window->start) * 60;
	if (end <= when)
		return INT64_MAX;
	return start > when ? start : when;
}

static int64_t next_of(const struct renewal_window *window, int64_t when)
{
	time_t now = when;
	int64_t next = INT64_MAX;
	struct tm today;

	if (!(window->utc ? gmtime_r(&now, &today) : localtime_r(&now, &today)))
		return when;
	for (int days = -1; days <= DAYS_OF_WEEK + 1; days++) {
		int64_t found = next_of_day(window, &today, days, when);
		if (found < next)
			next = found;
	}
	return next;
}

int64_t renewal_window_next(
	const struct renewal_window *windows, size_t count, int64_t when)
{
	int64_t next = INT64_MAX;

	for (size_t i = 0; i < count; i++) {
		int64_t found = next_of(&windows[i], when);
		if (found < next)
			next = found;
	}
	return count ? next : when;
}
