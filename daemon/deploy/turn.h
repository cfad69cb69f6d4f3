/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The turn at the exports of a certificate: one acmed-deploy has it at a time,
 * so that what it writes is of one version and no late one writes into it. It
 * goes with the process, however that ends.
 */

#include "error.h"

struct turn {
	int lock; /* owned */
	int conversation; /* borrowed; -1: none */
	uint32_t number; /* of the certificate; who shares it shares the turn */
};

/* Waits for it, while the other end of the conversation waits for us. */
bool turn_take(struct turn *turn, const char *certificate, int conversation,
	struct error *err);
void turn_leave(struct turn *turn);

/* Does somebody still wait for what is done? */
bool turn_is_wanted(const struct turn *turn, struct error *err);
