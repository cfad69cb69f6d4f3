/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Another key for the account at one CA (RFC 8555 section 7.3.5): the vault
 * makes it, the CA is told, and asked by which of the two it goes; the other
 * one is dropped only then. What was not settled is taken up again.
 *
 * Callbacks come from the loop, never from inside a call of this header.
 */

#include "ca_settings.h"
#include "exchange.h"

struct key_rollover;

struct key_rollover_wish {
	struct helper *vault; /* borrowed, as all until the end */
	struct exchange *exchange;
	const struct ca_settings *settings;
	const struct directory *directory;
	const char *url; /* of the account */
	bool is_resumed; /* the vault has the new key already */
	/* Once: err NULL when the CA goes by the new key. */
	void (*on_end)(void *data, const struct error *err);
	void *data;
};

/* Never NULL; gone after on_end. */
struct key_rollover *key_rollover_start(const struct key_rollover_wish *wish);
void key_rollover_cancel(struct key_rollover *rollover);
