/* SPDX-License-Identifier: MIT */
#include "server_date.h"

#include "duration.h"
#include "text.h"
#include "timestamp.h"

#define MOST_APART 300 /* seconds */
#define EARLIEST 1763683200 /* 2025-11-21: acmed was begun */
#define LATEST 7258118400 /* 2200-01-01 */

void server_date_read(struct server_date *date, const char *date_header,
	const char *age_header, double asked, double received)
{
	int64_t said = 0;

	*date = (struct server_date){.asked = asked, .received = received};
	if (!date_header || (age_header && !streq(age_header, "0")))
		return;
	if (timestamp_parse_http(date_header, &said) && said >= EARLIEST &&
		said < LATEST)
		date->date = said;
}

static bool fail_apart(
	int64_t ours, int64_t theirs, int64_t apart, struct error *err)
{
	char span[DURATION_SIZE], our_text[TIMESTAMP_SIZE];
	char their_text[TIMESTAMP_SIZE];

	duration_format(apart, span);
	timestamp_format(ours, our_text);
	timestamp_format(theirs, their_text);
	return fail_cause(err, ERROR_TRANSIENT, "C1",
		"the clock of this machine is %s %s the CA's: it says %s, the "
		"CA %s; one of the two is wrong, see 'timedatectl'",
		span, theirs < ours ? "ahead of" : "behind", our_text,
		their_text);
}

bool server_date_agrees(const struct server_date *date, int64_t wall,
	double now, struct error *err)
{
	/* It cannot have been later when it was received, nor earlier when it
	 * was asked: the machine may have slept between the two. */
	int64_t least = date->date + (int64_t)(now - date->received);
	int64_t most = date->date + (int64_t)(now - date->asked);

	if (!date->date)
		return true;
	if (wall < least - MOST_APART)
		return fail_apart(wall, least, least - wall, err);
	if (wall > most + MOST_APART)
		return fail_apart(wall, most, wall - most, err);
	return true;
}
