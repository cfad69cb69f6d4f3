/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Looks at a CA without asking anything of it: does its directory come, is its
 * certificate trusted, do its clock and ours agree, and does IPv6 lead there?
 *
 * The callbacks come from the loop and never from inside a call of this
 * header; after on_end the look is gone.
 */

#include "config.h"
#include "finding.h"
#include "http.h"

struct ca_look;

struct ca_look_wish {
	struct ev_loop *loop; /* borrowed, as the next two */
	struct dns *dns; /* NULL: IPv6 is not looked at */
	struct http *http;
	const struct config_ca *ca; /* borrowed until the end */
	const struct config_daemon *daemon; /* borrowed for the call */
	void (*on_finding)(void *data, const struct finding *finding);
	/* The names that the CA goes by in CAA records (borrowed): those of
	 * its directory, else those of the configuration. */
	void (*on_end)(void *data, const json_t *issuers);
	void *data;
};

/* Never NULL. */
struct ca_look *ca_look_start(const struct ca_look_wish *wish);
void ca_look_cancel(struct ca_look *look); /* NULL is fine */
