/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Walks one path as a CA will: looks the name up, publishes the answer to a
 * challenge that nobody set through the certificate's own solver, looks for
 * it where the CA would, and takes it back.
 *
 * The callbacks come from the loop and never from inside a call of this
 * header; after on_end the probe is gone.
 */

#include "finding.h"
#include "name_look.h"
#include "solver.h"

/* All borrowed. */
struct probe_tools {
	struct ev_loop *loop;
	const struct dns_tools *dns; /* names are looked up with */
	struct solvers *solvers; /* NULL: nothing can be published */
};

/* All borrowed. */
struct probe_path {
	const char *certificate; /* name */
	const struct identifier *identifier;
	const struct config_challenge *challenge; /* its settings */
};

struct probe_wish {
	const struct probe_tools *tools; /* borrowed, as the path's parts */
	struct probe_path path;
	bool writes_records; /* TXT records, if need be by hooks */
	bool runs_hooks; /* of the other types */
	struct finding_listener listener;
};

struct probe;

/* Never NULL. */
struct probe *probe_start(const struct probe_wish *wish);
void probe_cancel(struct probe *probe); /* NULL is fine */
