/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What has happened in this run, counted from the events: orders step by
 * step, what was issued, what failed and why.
 */

#include "event.h"
#include "histogram.h"

struct tally;

/* Listens until it is freed; the events are borrowed. Never NULL. */
struct tally *tally_new(struct events *events);
void tally_free(struct tally *tally);

enum tally_result {
	TALLY_ACCEPTED,
	TALLY_REJECTED,
};

/* A taking-in of the configuration; nothing for NULL. */
void tally_rescan(struct tally *tally, enum tally_result result);
uint64_t tally_rescans(const struct tally *tally, enum tally_result result);

/* Times it was issued in this run. */
uint64_t tally_issued(const struct tally *tally, const char *certificate);

/* Calls for each cause that it failed with: the code, or where there is none
 * the kind of the error; `stage` is "renewal" or "deployment". */
void tally_each_failure(const struct tally *tally, const char *certificate,
	void (*on_failure)(void *data, const char *stage, const char *code,
		uint64_t count),
	void *data);

/* Calls for each step of an order that has ended at some CA. */
void tally_each_step(const struct tally *tally,
	void (*on_step)(void *data, const char *ca, const char *step,
		const struct histogram *histogram),
	void *data);
