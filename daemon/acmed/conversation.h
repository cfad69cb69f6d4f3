/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Conversations with the hand: one for each certificate that has something
 * to publish there, shared by its publications. When the last of them closes
 * it, the hand withdraws what it has published.
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
void conversation_close(struct conversation *conversation);

/* NULL once the hand has gone away; nobody else uses it when is_last. */
struct helper *conversation_helper(struct conversation *conversation);
bool conversation_is_last(const struct conversation *conversation);
