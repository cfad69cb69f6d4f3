/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Joined reloads: the first one of a unit at once, then one per
 * ReloadInterval=; all that came in the meantime share its job.
 *
 * Where the loop may not, acmed-deploy does it, for all that a certificate
 * asks for; certificates that ask for the same share that too.
 *
 * Callbacks come from the loop; they may join and leave, not free.
 */

#include "bus.h"
#include "config.h"

struct reloads;
struct reload; /* one that waits for it */

struct reload_result {
	enum bus_result result;
	const char *unit; /* that is not running; borrowed */
	const struct error *err; /* NULL for BUS_DONE */
};

/* What acmed-deploy does, as one of the certificates asks for it. */
struct reload_errand {
	const char *step; /* "reload" or "restart", a literal */
	const char *what; /* all of it: who says the same, shares it */
	double deadline; /* seconds */
	const char *certificate;
	unsigned version;
};

/* Never NULL. Asks at once whether the loop may reload. */
struct reloads *reloads_new(struct ev_loop *loop, struct bus *bus);
void reloads_free(struct reloads *reloads);
/* Asks again whether it may. */
void reloads_configure(struct reloads *reloads, int64_t interval);

/* May the loop reload by itself? True until it is known. */
bool reloads_may(const struct reloads *reloads);

/* Joins the next reload of a unit. The waiting one is gone after its
 * callback. Never NULL. */
struct reload *reloads_join(struct reloads *reloads, const char *unit,
	void (*on_done)(void *data, const struct reload_result *result),
	void *data);
/* The same by acmed-deploy; the errand is borrowed for the call. */
struct reload *reloads_join_deploy(struct reloads *reloads,
	const struct reload_errand *errand,
	void (*on_done)(void *data, const struct reload_result *result),
	void *data);
void reload_cancel(struct reload *reload);

/* What has been reloaded with a version already: while one unit makes a
 * certificate wait, the others are left in peace. */
bool reloads_knows(const struct reloads *reloads, const char *certificate,
	unsigned version, const char *unit);
void reloads_remember(struct reloads *reloads, const char *certificate,
	unsigned version, const char *unit);
void reloads_forget(struct reloads *reloads, const char *certificate);
