/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What has to hold whatever happens: the invariants of acmed, as far as they
 * can be decided in one process. Each look ends the program when one does
 * not.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

void watch_begin(void);

/* After each turn of the loop, each step, and at the good end. */
void watch_turn(void);
void watch_step(void);
void watch_end(void);

/* acmed is about to stop: what it knows has to be known after the start. */
void watch_remember(void);
/* It has stopped, or crashed. */
void watch_down(bool is_clean);

/* Something from outside: what went before is no measure any more; orders of
 * the last `seconds` may be made again. */
void watch_excuse(int64_t seconds);
/* A human has asked for something. */
void watch_excuse_site(size_t site);

/* The earliest time at which a certificate is due, as the clock shows it. */
int64_t watch_next_due(void);
/* Is a certificate being worked on? */
bool watch_is_working(void);

/* For the parts. */

struct event;

/* What the backoff of a certificate speaks of; static until the next turn. */
const char *watch_subject(const char *name);

void watch_attempts_begin(void);
void watch_attempts_excuse(size_t site);
void watch_attempts_event(const struct event *event);
void watch_attempts_restarted(void);

void watch_live_begin(void);
void watch_live_step(void);
/* What is installed at a site: when it ends, and is it for its names? */
int64_t watch_live_end(size_t site);
bool watch_live_has_names(size_t site);
