/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Where the CA comes in for an answer: for http-01 and tls-alpn-01 a
 * responder each, and the doors that lead to it. What the solvers
 * `standalone` and `socket` are made of; nobody else includes this.
 */

#include "door.h"

#include <ev.h>

struct publication;
struct solvers;

struct entrances;

/* The solvers are borrowed: their publications are what is served. Never
 * NULL. */
struct entrances *entrances_new(struct solvers *solvers);
/* All publications are gone before. */
void entrances_free(struct entrances *entrances);

/* A socket that listens, "http01" or "tlsalpn01"; owned from now on. */
void entrances_adopt(struct entrances *entrances, const char *name, int fd);

/* Opens what Listen= names; without it the port of the challenge's type, or
 * its Unix socket. Ends in publication_report(), from inside or later. */
void entrance_open(struct publication *publication, enum door_kind kind);
void entrance_close(struct publication *publication);

/* T1: another program holds port 443 of this machine; T3: not the port that
 * the CA comes to; T5: strangers take all places. */
void entrance_explain(
	const struct publication *publication, struct error *cause);
