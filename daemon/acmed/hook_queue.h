/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Hooks that answer challenges, run by the hand: at most Concurrency= of one
 * command at a time, whatever the number of certificates, the rest in the
 * order in which they came. Two that run at a time have a conversation each.
 *
 * Callbacks come from the loop, never from inside a call of this header.
 */

#include "challenge.h"
#include "config.h"
#include "conversation.h"

struct hook_queue;
struct hook_run; /* one answer, from present to withdraw */

/* on_trouble: a hook could not take its answer back; nobody else is told. */
struct hook_queue *hook_queue_new(struct ev_loop *loop,
	struct conversations *conversations,
	void (*on_trouble)(
		void *data, const char *certificate, const struct error *err),
	void *data);
/* Forgets all runs; the hand withdraws what they published. */
void hook_queue_free(struct hook_queue *queue);

/* Everything is borrowed for the call. on_end comes once, err NULL for well;
 * the run stays until hook_run_withdraw(). Never NULL. */
struct hook_run *hook_queue_present(struct hook_queue *queue,
	const char *certificate, const struct config_challenge *settings,
	const struct challenge *answer,
	void (*on_end)(void *data, const struct error *err), void *data);

/* Takes the answer back, sooner or later, and forgets the run: on_end will not
 * come any more. */
void hook_run_withdraw(struct hook_run *run);
