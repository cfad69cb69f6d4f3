/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Publishing the answer to a challenge so that the CA finds it, and taking it
 * back. Each solver is one file in solvers/ and one `struct solver`; this is
 * what `renewal` sees of them.
 *
 * Callbacks come from the loop, never from inside a call of this header.
 */

#include "challenge.h"
#include "config.h"
#include "dns_call.h"
#include "event.h"

#include <ev.h>

struct solvers; /* what all solvers share: listeners, folders */
struct publication; /* one answer that is (being) published */

/* Both are borrowed. Never NULL. */
struct solvers *solvers_new(struct ev_loop *loop, struct events *events);

/* What DNS is spoken with (copied), and the vault that signs: before the
 * first answer over DNS. */
void solvers_set_tools(struct solvers *solvers, const struct dns_tools *tools);

/* Borrowed, for others who speak DNS. */
const struct dns_tools *solvers_tools(const struct solvers *solvers);

/* Removes what earlier runs left published in DNS, once the vault has a
 * configuration. */
void solvers_sweep(struct solvers *solvers);

/* Withdraws what is still published. */
void solvers_free(struct solvers *solvers);

/* Sockets that systemd or the parent handed over ("http01",
 * "tlsalpn01"); owned from now
 * on. */
void solvers_adopt_socket(struct solvers *solvers, const char *name, int fd);

struct publication_wish {
	const char *certificate; /* its name */
	const struct config_challenge *challenge; /* settings */
	const struct challenge *answer;
	/* It is published (err NULL) or not: H2, H3, H16, L4... After an error
	 * the publication is gone. */
	void (*on_published)(
		void *data, const struct error *err, bool sees_fetches);
	/* The CA (or someone) has fetched the answer; may come many times. */
	void (*on_fetch)(void *data);
	void *data;
};

/* Copies the wish. Never NULL. */
struct publication *solver_present(
	struct solvers *solvers, const struct publication_wish *wish);

/* Writes why the CA may not have got through, where something is known. */
void solver_explain(const struct publication *publication, struct error *cause);

/* Takes it back and forgets it; no callback will come. Works at any time,
 * also before on_published. What fails here is logged, never returned. */
void solver_withdraw(struct publication *publication);
