/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What probe.c and the probes of each type of challenge share; nobody else
 * includes this.
 */

#include "probe.h"

/* Borrowed for the call, but for the wish. */
struct probe_setup {
	const struct probe_wish *wish; /* borrowed until the end */
	const struct name_addresses *addresses;
	struct finding_listener listener; /* of probe.c */
};

/* One type of challenge. A probe is gone after the listener's on_end; until
 * then cancel() ends it without a callback. */
struct probe_kind {
	void *(*start)(const struct probe_setup *setup); /* never NULL */
	void (*cancel)(void *probe);
};

extern const struct probe_kind probe_http;
extern const struct probe_kind probe_alpn;
extern const struct probe_kind probe_record;

/* May an answer be published? Others look, and cannot be sure. */
bool probe_publishes(const struct probe_wish *wish);

/* A challenge that nobody set: a random token and the thumbprint of nobody;
 * to be cleared by challenge_clear(). False with err for what has no record. */
bool probe_challenge_make(const struct probe_path *path,
	struct challenge *challenge, struct error *err);
