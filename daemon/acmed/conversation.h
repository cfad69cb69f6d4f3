/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Conversations with the hand: one for each certificate that has something
 * to publish there, shared by its publications, and more where hooks may run
 * side by side. When the last of them closes it, the hand withdraws what it
 * has published.
 */

#include "helper.h"

struct conversations;
struct conversation;

/* Never NULL. */
struct conversations *conversations_new(struct ev_loop *loop);
/* All conversations are closed before. */
void conversations_free(struct conversations *conversations);

/* Joins the conversation about a certificate, or begins it. NULL with err. */
struct conversation *conversation_open(struct conversations *conversations,
	const char *certificate, struct error *err);

/* The same for one that runs a hook at a time: joins one that is not busy,
 * nobody else's, and not retired. */
struct conversation *conversation_open_idle(struct conversations *conversations,
	const char *certificate, struct error *err);
bool conversation_is_busy(const struct conversation *conversation);
void conversation_set_busy(struct conversation *conversation, bool is_busy);
/* Nobody joins it any more: the next one reads the configuration anew. */
void conversation_retire(struct conversation *conversation);

/* NULL is fine. */
void conversation_close(struct conversation *conversation);

/* NULL once the hand has gone away; nobody else uses it when is_last. */
struct helper *conversation_helper(struct conversation *conversation);
bool conversation_is_last(const struct conversation *conversation);
