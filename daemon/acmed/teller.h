/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * All channels to people: each message goes out by every one of them, so that
 * one that fails takes nothing with it.
 */

#include "channel.h"

struct teller;

struct teller_setup {
	struct ev_loop *loop; /* borrowed, as all of it */
	struct http *http;
	const char *host; /* the name of this machine */
	/* As channel.h has it. */
	void (*on_change)(void *data, struct channel *channel, bool is_sent);
	void *data;
};

struct teller *teller_new(const struct teller_setup *setup);
void teller_free(struct teller *teller);

/* Goes by these settings from now on. */
void teller_configure(
	struct teller *teller, const struct config_daemon *settings);

/* The channels' names that take it, "mail and url", or "" for none; static. */
const char *teller_send(
	struct teller *teller, const struct telling_message *message);

/* Sends a test by every channel; on_end once, from the loop, when all have
 * ended, with what teller_describe() says then. One test at a time: another
 * one joins it. */
struct teller_test;
struct teller_test *teller_test_start(struct teller *teller,
	void (*on_end)(void *data, const json_t *channels), void *data);
void teller_test_cancel(struct teller_test *test);

/* "mail" is 0, "url" is 1; both are always there, set or not. */
#define TELLER_CHANNELS 2
struct channel *teller_channel(const struct teller *teller, int index);

/* Would nobody be told? No channel has worked. */
bool teller_tells_nobody(const struct teller *teller);
/* Is nothing on its way? */
bool teller_is_idle(const struct teller *teller);

/* [{"name", "target", "proved", ...}] of those that are set. */
json_t *teller_describe(const struct teller *teller);

/* {"mail": {...}, "url": {...}}, what lasts over a restart. */
json_t *teller_to_json(const struct teller *teller);
void teller_from_json(struct teller *teller, const json_t *state);
