/* SPDX-License-Identifier: MIT */
#include "conversation.h"

#include "mem.h"
#include "text.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

struct conversation {
	struct conversation *next;
	struct conversations *conversations;
	char *certificate; /* owned */
	struct helper *helper; /* owned; NULL once it has gone away */
	unsigned users;
	bool is_for_hooks;
	bool is_busy;
	bool is_retired;
};

struct conversations {
	struct ev_loop *loop;
	struct conversation *first;
};

/* The calls that were out have had their error by now. */
static void on_end(void *data, const struct error *err)
{
	struct conversation *conversation = data;

	(void)err;
	helper_free(conversation->helper);
	conversation->helper = NULL;
}

static struct conversation *find(struct conversations *conversations,
	const char *certificate, bool is_for_hooks)
{
	for (struct conversation *c = conversations->first; c; c = c->next)
		if (c->helper && c->is_for_hooks == is_for_hooks &&
			!c->is_busy && !c->is_retired &&
			streq(c->certificate, certificate))
			return c;
	return NULL;
}

static struct conversation *begin(struct conversations *conversations,
	const char *certificate, struct error *err)
{
	struct conversation *conversation = mem_new(sizeof(*conversation));

	conversation->helper = helper_new(
		conversations->loop, "hand", on_end, conversation, err);
	if (!conversation->helper) {
		free(conversation);
		return NULL;
	}
	conversation->certificate = mem_string(certificate);
	conversation->conversations = conversations;
	conversation->next = conversations->first;
	conversations->first = conversation;
	return conversation;
}

static struct conversation *join(struct conversations *conversations,
	const char *certificate, bool is_for_hooks, struct error *err)
{
	struct conversation *conversation =
		find(conversations, certificate, is_for_hooks);

	if (!conversation)
		conversation = begin(conversations, certificate, err);
	if (!conversation)
		return NULL;
	conversation->is_for_hooks = is_for_hooks;
	conversation->users++;
	return conversation;
}

struct conversation *conversation_open(struct conversations *conversations,
	const char *certificate, struct error *err)
{
	return join(conversations, certificate, false, err);
}

struct conversation *conversation_open_idle(struct conversations *conversations,
	const char *certificate, struct error *err)
{
	return join(conversations, certificate, true, err);
}

bool conversation_is_busy(const struct conversation *conversation)
{
	return conversation->is_busy;
}

void conversation_set_busy(struct conversation *conversation, bool is_busy)
{
	conversation->is_busy = is_busy;
}

void conversation_retire(struct conversation *conversation)
{
	conversation->is_retired = true;
}

void conversation_close(struct conversation *conversation)
{
	if (!conversation || --conversation->users)
		return;
	struct conversation **link = &conversation->conversations->first;
	while (*link != conversation)
		link = &(*link)->next;
	*link = conversation->next;
	helper_free(conversation->helper);
	free(conversation->certificate);
	free(conversation);
}

struct helper *conversation_helper(struct conversation *conversation)
{
	return conversation->helper;
}

bool conversation_is_last(const struct conversation *conversation)
{
	return conversation->users == 1;
}

struct conversations *conversations_new(struct ev_loop *loop)
{
	struct conversations *conversations = mem_new(sizeof(*conversations));

	conversations->loop = loop;
	return conversations;
}

void conversations_free(struct conversations *conversations)
{
	assert(!conversations || !conversations->first);
	free(conversations);
}
