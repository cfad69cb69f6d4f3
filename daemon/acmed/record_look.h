/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Looks for a TXT record that somebody else wrote, a hook for one, at every
 * authoritative name server of the zone that its name, or the alias of it,
 * lies in. What servers here say may differ from what the CA sees, so a look
 * that fails is no failure: after two minutes the CA may judge.
 *
 * Callbacks come from the loop, never from inside a call of this header.
 */

#include "dns_call.h"

struct record_look;

struct record_look_wish {
	const struct dns_tools *tools; /* borrowed */
	/* Both are copied. */
	const char *record; /* name */
	const char *value;
	/* A server does not have it yet (D2, D7); once for each. */
	void (*on_wait)(void *data, const struct error *err);
	/* All have it, or there is nothing more to see. The look is gone
	 * then. */
	void (*on_end)(void *data);
	void *data;
};

/* Never NULL. */
struct record_look *record_look_start(const struct record_look_wish *wish);
/* No callback will come. NULL is fine. */
void record_look_cancel(struct record_look *look);
