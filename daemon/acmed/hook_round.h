/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * All hooks of one certificate: programs by acmed-deploy in one errand, then
 * units over D-Bus, one after another in their order.
 */

#include "bus.h"
#include "config.h"

struct hook_round;

struct hook_round_wish {
	struct ev_loop *loop;
	struct bus *bus; /* borrowed, as all below */
	const char *certificate;
	unsigned version;
	size_t program_count; /* Hook=/path; 0: none, or they wait */
	const struct strings *units;
	/* Once, from the loop: NULL, or err. The round is gone then. */
	void (*on_end)(void *data, const struct error *err);
	void *data;
};

/* Never NULL. */
struct hook_round *hook_round_start(const struct hook_round_wish *wish);
void hook_round_cancel(struct hook_round *round);
