/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What people are told, and when. Whoever finds a trouble sets it, and clears
 * it when it is well; messages come of that: one for a new cause or a risen
 * level, whatever the number of certificates; one a day for all that lasts;
 * one when a cause has ended. What comes back within a day waits for the
 * daily one.
 *
 * Time is an argument, in seconds of wall time.
 */

#include "telling_level.h"

#include <jansson.h>

/* One thing that is wrong. Borrowed for the call. */
struct alert_trouble {
	const char *source; /* "renewal", "rehearsal", "served", "machine" */
	const char *subject; /* a certificate's NAME, or "" for the machine;
			      * may go on with "/path" */
	const char *code; /* of lib/diagnosis, or "" */
	enum alert_level level;
	const char *text; /* one line: what, and where */
	bool is_logged; /* the journal has it from its source already */
	bool is_once; /* it is over when people have heard of it */
};

struct telling;

struct telling *telling_new(void);
void telling_free(struct telling *telling);

/* The state of (source, subject) now. Is it new, or has it another cause or a
 * higher level? */
bool telling_set(struct telling *telling, const struct alert_trouble *trouble,
	int64_t now);
/* It is well. Was it not, and for whom (out is borrowed from `telling` until
 * the next call)? */
bool telling_clear(struct telling *telling, const char *source,
	const char *subject, struct alert_trouble *out);

/* Clears what speaks of subjects that are no more, or that this source looks at
 * no more, but what is told once. They are not well, and nobody hears that they
 * were. */
void telling_sweep(struct telling *telling,
	bool (*is_there)(void *data, const char *source, const char *subject),
	void *data);

enum telling_kind {
	TELLING_NEWS,
	TELLING_LASTING, /* the daily one */
	TELLING_WELL,
	TELLING_TEST,
};
const char *telling_kind_name(enum telling_kind kind);

#define TELLING_SUBJECT_MAX 200
#define TELLING_TEXT_MAX 16384

struct telling_message {
	enum telling_kind kind;
	enum alert_level level;
	char *subject; /* owned: one line */
	char *text; /* owned: lines of people's text, the last ends too */
	json_t *causes; /* owned: [{"code","level","count","subjects"}] */
};
void telling_message_clear(struct telling_message *message);

/* Makes the next message that is due, and counts it as told; false when there
 * is none. `host` is the name of this machine. */
bool telling_next(struct telling *telling, const char *host, int64_t now,
	struct telling_message *message);

/* Is something on its way, so that telling_next() is to be asked again within
 * seconds? */
bool telling_is_gathering(const struct telling *telling);

/* How many troubles at warning or above there are. */
size_t telling_count(const struct telling *telling);

/* What lasts over a restart, at most 48 KiB of text. A trouble that was read
 * and is not set again within eight days is dropped. */
json_t *telling_to_json(const struct telling *telling);
void telling_from_json(
	struct telling *telling, const json_t *state, int64_t now);
