/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What solver.c and the files in solvers/ share: a publication, and a solver
 * as they see it. Nobody else includes this.
 */

#include "conversation.h"
#include "entrance.h"
#include "record_look.h"
#include "records.h"
#include "solver.h"

struct solver {
	bool sees_fetches;
	/* Starts; ends in one publication_report(), from inside or later. */
	void (*present)(struct publication *publication);
	/* Takes back what was done so far, also after a failure. */
	void (*withdraw)(struct publication *publication);
	/* Or NULL: writes a cause that the CA cannot know, for when it has not
	 * got through. */
	void (*explain)(
		const struct publication *publication, struct error *cause);
};

#define SOLVER_OF(id, name, types, keys, needs) \
	extern const struct solver solver_##name;
SOLVER_LIST(SOLVER_OF)
#undef SOLVER_OF

struct solvers {
	struct ev_loop *loop;
	struct events *events; /* borrowed */
	struct entrances *entrances;
	struct conversations *conversations;
	struct hook_queue *hooks;
	struct dns_tools tools;
	struct records *records; /* NULL: nobody gave tools */
	struct publication *publications;
};

enum publication_state {
	PUBLICATION_STARTED,
	PUBLICATION_REPORTED, /* on_published is on its way */
	PUBLICATION_PUBLISHED,
};

struct publication {
	struct publication *next;
	struct solvers *solvers;
	const struct solver *solver;
	struct publication_wish wish; /* its pointers are owned copies */
	enum publication_state state;
	struct error err; /* of the report */
	ev_idle report; /* bring on_published and on_fetch from the loop */
	ev_idle fetch;

	/* Of the solvers; zeroed is nothing. */
	bool is_visited; /* the CA comes by an entrance of ours */
	struct door_set doors;
	struct alpn_answer *alpn; /* owned; of tls-alpn-01 */
	struct alpn_probe *probe; /* under way, or NULL */
	unsigned losses; /* of the reception before */
	ino_t inode; /* of the token's file */
	struct conversation *conversation; /* with the hand */
	struct helper_call *call; /* its answer is awaited */
	struct hook_run *hook_run;
	struct record_run *record_run;
	struct dns_lookup *lookup; /* for a persistent record */
	struct record_look *look; /* at what a hook wrote */
};

/* How it went: err NULL for well. Once for each publication. */
void publication_report(
	struct publication *publication, const struct error *err);

/* Somebody has seen the answer; told when it is published. */
void publication_fetched(struct publication *publication);

/* A failure while taking back, which nobody waits for: to the log. */
void solvers_complain(struct solvers *solvers, const char *certificate,
	const struct error *err);

/* A name server does not have a record yet. */
void solvers_tell_wait(struct solvers *solvers, const char *certificate,
	const struct error *err);
