/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * One cause of troubles, whatever the number of certificates that have it:
 * what people know of it, and what they are to hear next. Part of `telling`.
 */

#include "telling_level.h"

#include <stddef.h>

struct cause {
	struct cause *next;
	char *code; /* owned: of lib/diagnosis, or the source of a trouble */
	char *part; /* owned: which of several with that code; "": all */
	size_t counts[ALERT_LEVELS]; /* of its troubles now */
	enum alert_level known; /* the worst that people heard of; NOTICE:
				 * they heard nothing */
	bool is_open; /* they have not heard that it is well */
	int64_t told; /* when they heard of it last */
	int64_t peak; /* when it was as bad as they know, last */
	int64_t news; /* since when there is something new; 0: nothing */
};

enum cause_news {
	CAUSE_QUIET,
	CAUSE_NEWS, /* it is new, or worse than people know */
	CAUSE_WELL, /* they heard of it, and it is over */
};

struct cause *cause_new(const char *code, const char *part);
void cause_free(struct cause *cause);

/* The worst of its troubles; NOTICE when there is none. */
enum alert_level cause_level(const struct cause *cause);
/* Troubles that people have to know: at warning or above. */
size_t cause_count(const struct cause *cause);

/* What is to be told, once it has lasted a few seconds: what fails together
 * comes in one message. To be called when something has changed, and now and
 * then. */
enum cause_news cause_look(struct cause *cause, int64_t now);

/* Has people heard of it too long ago? */
bool cause_is_lasting(const struct cause *cause);

/* People have heard of it as it is. */
void cause_tell(struct cause *cause, int64_t now);

/* Nothing is left of it that anybody could want to know. */
bool cause_is_over(const struct cause *cause);

/* Has `span` passed since then? A clock that went back counts as yes. */
bool cause_has_passed(int64_t then, int64_t now, int64_t span);
