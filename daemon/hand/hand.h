/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * One conversation with the loop about one certificate: answers to challenges
 * are put into the document roots that its configuration names, or given to
 * its hooks, and are taken back at the latest when the conversation ends.
 *
 * The loop is not trusted. It gives a name, an identifier, a token and an
 * answer; where that goes stands in the root-owned configuration, and what is
 * published can only be the answer to a challenge. One request is done at a
 * time: hooks that may run side by side have a conversation each.
 */

#include "error.h"

#include <jansson.h>

#define HAND_PUBLICATIONS 100

struct hand;

/* `main_file` is -c FILE or NULL; borrowed. With has_walls the process locks
 * itself into the document roots of its certificate once it knows it, unless
 * it runs hooks. Never NULL. */
struct hand *hand_new(const char *main_file, bool has_walls);
/* Withdraws what is still published and ends what hooks left behind; says on
 * standard error what stays. */
void hand_free(struct hand *hand);

/* Does what one request asks: a new reference to its reply, which may be an
 * error. */
json_t *hand_answer(struct hand *hand, const json_t *request);

/* Answers the requests of a socket until its end. False, with a message on
 * standard error, when it could not go on. */
bool hand_serve(struct hand *hand, int socket);
