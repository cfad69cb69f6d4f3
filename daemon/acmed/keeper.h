/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What the parent does after the split: keeps the helpers' sockets, starts
 * who is called, reaps, passes signals on to the loop, and ends with it.
 */

#include "error.h"
#include "launch.h"

#include <signal.h>

enum service {
	SERVICE_VAULT,
	SERVICE_HAND,
	SERVICE_DEPLOY,
	SERVICE_NOTIFY,
	SERVICES,
};

#define KEEPER_CHILDREN_MAX 133 /* the sum of what the services may run */

struct keeper_child {
	pid_t pid; /* 0: free */
	enum service service;
	double since;
};

/* Filled in by `parent` before keeper_open(): the first four. */
struct keeper {
	const char *main_file; /* borrowed, or NULL */
	struct launch_user loop_user;
	struct launch_user users[SERVICES];
	sigset_t handled; /* blocked: CHLD HUP INT TERM */
	pid_t loop; /* set after the fork; 0 once it has ended */
	int status; /* to exit with */
	int signals;
	int listeners[SERVICES];
	unsigned running[SERVICES];
	double not_before[SERVICES];
	double pause[SERVICES];
	struct keeper_child children[KEEPER_CHILDREN_MAX];
};

/* Listens on the helpers' sockets and for signals. */
bool keeper_open(struct keeper *keeper, struct error *err);
/* For the loop, which has no business with them. */
void keeper_close(struct keeper *keeper);
/* Until the loop has ended, and the helpers after it. */
_Noreturn void keeper_run(struct keeper *keeper);
