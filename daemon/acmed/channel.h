/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * A way out to people: mail, or a URL. It sends one message after the other,
 * tries again what fails, and remembers when it last worked. Part of
 * `teller`.
 */

#include "sending.h"

#include <ev.h>

#define CHANNEL_QUEUE 8

struct channel;

struct channel_setup {
	struct ev_loop *loop; /* borrowed, as the next two */
	struct http *http;
	const char *host;
	const char *name; /* static: "mail", "url" */
	/* It has begun or ceased to work; is_sent: a message is out. From the
	 * loop. */
	void (*on_change)(void *data, struct channel *channel, bool is_sent);
	void *data;
};

struct channel *channel_new(const struct channel_setup *setup);
void channel_free(struct channel *channel);

/* Where it leads. */
struct channel_target {
	const char *shown; /* to people; NULL: nowhere */
	const char *mark; /* another one is another channel, of which nothing
			   * is known */
	const char *url_file; /* NULL: mail */
	const char *proxy; /* or NULL */
};
void channel_set(struct channel *channel, const struct channel_target *target);
/* It cannot work as it is set. */
void channel_break(struct channel *channel, const struct error *err);

/* Queues a copy; the oldest ones that wait are dropped. Without a target
 * nothing happens. */
void channel_send(
	struct channel *channel, const struct telling_message *message);

/* Sends one past the queue; on_end once, from the loop. False without a
 * target. */
bool channel_test(struct channel *channel,
	const struct telling_message *message,
	void (*on_end)(
		void *data, struct channel *channel, const struct error *err),
	void *data);
/* The callback of a test will not come. */
void channel_forget_test(struct channel *channel);

const char *channel_name(const struct channel *channel);
bool channel_is_set(const struct channel *channel);
/* It worked last time, to the target that it has. */
bool channel_is_proved(const struct channel *channel);
/* Failures since it last worked, and what the last one was. */
unsigned channel_failures(const struct channel *channel);
const struct error *channel_error(const struct channel *channel);
/* Nothing is on its way or waits. */
bool channel_is_idle(const struct channel *channel);

/* {"name", "target", "proved", "worked", "failing_since", "error"} of the
 * interface, without what does not apply. */
json_t *channel_describe(const struct channel *channel);

/* What lasts over a restart. */
json_t *channel_to_json(const struct channel *channel);
void channel_from_json(struct channel *channel, const json_t *state);
