/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * All of acmed's programs together, one of them traced, against the scripted
 * CA. set.test made the folders of lib.sh ($CONFIGURATION_DIRECTORY and its
 * kin, $DIR), the CA ($CA_CONTROL) and what it validates with.
 */

#include "text.h"
#include "trace.h"

#include <jansson.h>

#define SET_NAME "shop.test"
#define SET_TOKENS "www/.well-known/acme-challenge"

struct set_counts {
	unsigned accounts, orders;
	unsigned writes; /* requests that change what the CA keeps */
};

struct set {
	struct trace *trace; /* borrowed */
	const char *folder; /* $DIR: kept/, acmed/{state,run,etc}, out/ */
	pid_t pid; /* of acmed or its tracer, 0: has ended */
	bool is_traced;
	int status; /* with which it ended: or 128 and its signal */
	bool has_answered; /* since it was started */
	bool is_refused; /* what a human asked of it while it was disturbed */
	unsigned ended; /* how often it did not wait to be stopped */
	unsigned servers; /* how often a web server was tried */
	json_t *seen; /* the last status of SET_NAME, owned */
	char text[512]; /* why the last call failed */
};

void set_open(struct set *set, struct trace *trace);
const char *set_path(const struct set *set, const char *path);

/* Starts acmed, traced or not; returns at once. */
void set_start(struct set *set, bool is_traced);
/* SIGTERM, and after its time SIGKILL; false when that was needed. */
bool set_stop(struct set *set);
/* False when acmed has ended. */
bool set_is_there(struct set *set);
/* The same after a while, a moment. */
void set_pause(void);

/* One call over the control socket; `parameters` is taken. */
bool set_call(struct set *set, const char *method, json_t *parameters);
/* Reads the status of SET_NAME into set->seen; false without an answer. */
bool set_look(struct set *set);
/* A member of it: "state", "installed.serial"; "" without. */
const char *set_says(const struct set *set, const char *member);
/* Has any certificate an error to tell? */
bool set_tells(struct set *set);
int set_version(const struct set *set);

/* What the CA was asked since the last call of set_forget(). */
void set_forget(void);
struct set_counts set_count(void);
void set_tell_ca(const char *script);

/* The disk: kept/NAME is a copy of what acmed has. No token is put back. */
void set_keep(const struct set *set, const char *name);
void set_put_back(const struct set *set, const char *name);
