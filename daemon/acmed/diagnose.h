/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Every check of one certificate, in the order in which a person reads them:
 * its configuration and files, the right to reload, account, the way to the
 * CA and from the world to here, what is served, and last what the CA said.
 *
 * The callbacks come from the loop and never from inside a call of this
 * header: findings, then one end; the diagnosis is gone then.
 */

#include "fleet.h"
#include "preflight.h"
#include "verify.h"

/* All borrowed until the end. */
struct diagnose_wish {
	struct ev_loop *loop;
	const struct fleet *fleet; /* NULL: the daemon is down */
	const struct lineage *lineage;
	const struct config_certificate *certificate; /* or NULL, of it */
	const struct config_daemon *daemon;
	const struct preflight_tools *tools;
	struct verify *verify;
	bool writes_records; /* as preflight */
	struct finding_listener listener;
};

struct diagnose;

/* Never NULL. */
struct diagnose *diagnose_start(const struct diagnose_wish *wish);
void diagnose_cancel(struct diagnose *diagnose); /* NULL is fine */

/* The first line: which file, or that there is none. */
void diagnose_configuration(const struct config_certificate *certificate,
	const char *name, const struct finding_listener *listener);
/* A mistake, "FILE:LINE: text". */
void diagnose_mistake(const char *name, const char *mistake,
	const struct finding_listener *listener);

/* {"check","subject","verdict","text","code","cause","remedy"}, without what
 * does not apply. */
json_t *diagnose_to_json(const struct finding *finding);

/* Is it a check of files, that root sees better than the daemon? */
bool diagnose_is_of_files(const char *check);
