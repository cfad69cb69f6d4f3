/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Walks all that a renewal of one certificate needs, as the CA will, and tells
 * what it found: this machine, the CAs, CAA records, and each path of a name
 * (probe.h). It asks nothing of a CA that costs anything.
 *
 * The callbacks come from the loop and never from inside a call of this
 * header: findings from here to the CA and then from the world to here, then
 * one end; the walk is gone then.
 */

#include "config.h"
#include "helper.h"
#include "http.h"
#include "probe.h"

/* All borrowed. */
struct preflight_tools {
	struct probe_tools probe;
	struct http *http; /* NULL: no CA is spoken to */
	struct helper *vault; /* NULL: its folders are not tried */
};

/* What is looked at. */
enum preflight_look {
	PREFLIGHT_MACHINE = 1, /* disk, clock, folders */
	PREFLIGHT_CAS = 2, /* their directories */
	PREFLIGHT_CAA = 4,
	PREFLIGHT_PATHS = 8,
	PREFLIGHT_ALL = 15,
};

struct preflight_wish {
	const struct preflight_tools *tools; /* borrowed until the end, as is
					      * all below */
	const struct config_certificate *certificate;
	const struct config_daemon *daemon;
	const char *account; /* URL at the first CA, or NULL */
	json_t *issuers; /* copied: CA -> its names in CAA records, of those
			  * whose directory is known; or NULL */
	unsigned looks; /* of enum preflight_look */
	bool writes_records; /* TXT records, if need be by hooks */
	bool runs_hooks; /* of the other types */
	struct finding_listener listener;
};

struct preflight;

/* Never NULL. */
struct preflight *preflight_start(const struct preflight_wish *wish);
void preflight_cancel(struct preflight *preflight); /* NULL is fine */
