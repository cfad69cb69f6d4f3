/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * When what is done for which lineage. One wall-clock timer stands at the
 * earliest due time, at most a minute ahead (clock steps, suspend); what is
 * due gets a job. It also takes in the configuration, and what people ask
 * for.
 *
 * Callbacks come from the loop, never from inside a call of this header.
 */

#include "fleet.h"
#include "intake.h"
#include "refusal.h"
#include "work.h"

struct schedule;

/* The fleet is borrowed, and its on_change taken over. Nothing happens
 * before schedule_rescan(). on_minute is called once a minute, and after
 * each change of what status_line() says, also while a rescan runs. */
struct schedule *schedule_new(
	struct fleet *fleet, void (*on_minute)(void *data), void *data);
/* Stops all jobs without callbacks. */
void schedule_free(struct schedule *schedule);

/* Looks at what is due now, whatever the timers say. */
void schedule_wake(struct schedule *schedule);

/* Takes in the configuration; on_done (may be NULL) is called once with what
 * came of it. While one runs, the next one waits. */
void schedule_rescan(struct schedule *schedule,
	void (*on_done)(void *data, const struct intake_result *result),
	void *data);
/* The callback with this data will not come. */
void schedule_forget_rescan(struct schedule *schedule, void *data);

/* A human asks for a renewal now. True: begun, or under way already; see
 * work_await(). False, with why, as refusal_is_none(). */
bool schedule_renew(struct schedule *schedule, struct lineage *lineage,
	const struct renew_wish *wish, struct error *why);

/* Stops renewing until `until` (0: until unhold). */
void schedule_hold(
	struct schedule *schedule, struct lineage *lineage, int64_t until);
void schedule_unhold(struct schedule *schedule, struct lineage *lineage);

/* Back to the version before, deployed and held; see work_await(). False
 * when something is under way. */
bool schedule_rollback(
	struct schedule *schedule, struct lineage *lineage, struct error *err);

/* "12 certificates, 1 failing; next: example.com in 29d 4h", into a static
 * buffer. */
const char *schedule_status_line(const struct schedule *schedule);

struct fleet *schedule_fleet(struct schedule *schedule);
struct work *schedule_work(struct schedule *schedule);
