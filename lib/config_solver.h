/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The list of solvers, one line each: what it is called in Solver=, which
 * types of challenge it can answer, the keys of [Challenge] that go with it,
 * and those that it cannot do without. All else is made from it: what -t says,
 * and the table of the loop, which wants `struct solver solver_NAME` in
 * daemon/acmed/solvers/NAME.c.
 */

#include "challenge.h"

#define ANSWERS_HTTP (1U << CHALLENGE_HTTP_01)
#define ANSWERS_ALPN (1U << CHALLENGE_TLS_ALPN_01)
#define ANSWERS_PORT (ANSWERS_HTTP | ANSWERS_ALPN)
#define ANSWERS_PERSIST (1U << CHALLENGE_DNS_PERSIST_01)
#define ANSWERS_DNS \
	(1U << CHALLENGE_DNS_01 | 1U << CHALLENGE_DNS_ACCOUNT_01 | \
		ANSWERS_PERSIST)
#define ANSWERS_ALL (ANSWERS_PORT | ANSWERS_DNS)

/* clang-format off */
#define SOLVER_LIST(SOLVER) \
	SOLVER(WEBROOT, webroot, ANSWERS_HTTP, "Webroot", "") \
	SOLVER(STANDALONE, standalone, ANSWERS_PORT, "Listen", "") \
	SOLVER(SOCKET, socket, ANSWERS_PORT, "Listen", "") \
	SOLVER(NONE, none, ANSWERS_ALL, "", "") \
	SOLVER(RFC2136, rfc2136, ANSWERS_DNS, \
		"Server Zone KeyFile TTL Timeout", "Server KeyFile") \
	SOLVER(EXEC, exec, ANSWERS_ALL, \
		"Command Protocol Provider Timeout EnvironmentFile " \
		"Concurrency", "Command") \
	SOLVER(PERSIST, persist, ANSWERS_PERSIST, "", "")
/* clang-format on */

#define SOLVER_ID(id, name, types, keys, needs) SOLVER_##id,
enum config_solver {
	SOLVER_LIST(SOLVER_ID) SOLVERS_COUNT
};
#undef SOLVER_ID

struct config_solver_facts {
	const char *name;
	unsigned types; /* one bit each: ANSWERS_... */
	const char *keys; /* words */
	const char *needs;
};

const struct config_solver_facts *config_solver_facts(
	enum config_solver solver);

/* Does one of the words say `key`? */
bool config_solver_has_key(const char *words, const char *key);
