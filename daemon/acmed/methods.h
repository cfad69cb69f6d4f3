/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The methods of org.acmed.Control and org.varlink.service: rights,
 * parameters, replies. One function a method, one table.
 */

#include "connection.h"
#include "control.h"

struct methods {
	struct schedule *schedule;
	struct control_daemon daemon;
	unsigned diagnoses; /* under way */
};

/* Answers the call, now or later. */
void methods_run(struct methods *methods, struct call *call);

/* The interface as text (Varlink's own language). */
const char *methods_description(void);
