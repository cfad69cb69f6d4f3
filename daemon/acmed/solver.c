/* SPDX-License-Identifier: MIT */
#include "solver.h"

#include "hook_queue.h"
#include "mem.h"
#include "publication.h"
#include "text.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static const struct solver *const SOLVERS[] = {
	[SOLVER_WEBROOT] = &solver_webroot,
	[SOLVER_STANDALONE] = &solver_standalone,
	[SOLVER_SOCKET] = &solver_socket,
	[SOLVER_NONE] = &solver_none,
	[SOLVER_RFC2136] = &solver_missing,
	[SOLVER_EXEC] = &solver_exec,
	[SOLVER_PERSIST] = &solver_missing,
};

static const struct solver *find_solver(const struct config_challenge *settings)
{
	bool is_alpn = settings->type == CHALLENGE_TLS_ALPN_01;

	if (is_alpn && settings->solver != SOLVER_NONE &&
		settings->solver != SOLVER_EXEC)
		return &solver_missing;
	return SOLVERS[settings->solver];
}

/* Copies of what a wish borrows. */

static struct config_challenge *copy_settings(
	const struct config_challenge *settings)
{
	struct config_challenge *copy = mem_new(sizeof(*copy));

	config_challenge_copy(copy, settings);
	return copy;
}

static struct challenge *copy_answer(const struct challenge *answer)
{
	struct challenge *copy = mem_new(sizeof(*copy));

	copy->type = answer->type;
	copy->identifier = answer->identifier;
	copy->token = mem_string(answer->token);
	copy->answer = mem_string(answer->answer);
	copy->record_name = mem_string(answer->record_name);
	copy->record_value = mem_string(answer->record_value);
	return copy;
}

static void free_wish(struct publication_wish *wish)
{
	struct config_challenge *settings =
		(struct config_challenge *)wish->challenge;
	struct challenge *answer = (struct challenge *)wish->answer;

	free((char *)wish->certificate);
	config_challenge_clear(settings);
	free(settings);
	challenge_clear(answer);
	free(answer);
}

/* What the responder asks and tells. */

static struct publication *find(struct solvers *solvers, const char *token)
{
	for (struct publication *p = solvers->publications; p; p = p->next)
		if (p->solver->sees_fetches &&
			streq(p->wish.answer->token, token))
			return p;
	return NULL;
}

static const char *on_find(void *data, const char *token)
{
	const struct publication *publication = find(data, token);

	return publication ? publication->wish.answer->answer : NULL;
}

static void on_served(void *data, const char *token)
{
	struct solvers *solvers = data;
	struct publication *publication = find(solvers, token);

	if (publication)
		ev_idle_start(solvers->loop, &publication->fetch);
}

/* One publication. */

static void forget(struct publication *publication)
{
	struct solvers *solvers = publication->solvers;
	struct publication **link = &solvers->publications;

	while (*link != publication)
		link = &(*link)->next;
	*link = publication->next;
	ev_idle_stop(solvers->loop, &publication->report);
	ev_idle_stop(solvers->loop, &publication->fetch);
	publication->solver->withdraw(publication);
	free_wish(&publication->wish);
	free(publication);
}

static void on_report(struct ev_loop *loop, ev_idle *idle, int events)
{
	struct publication *publication = idle->data;
	struct publication_wish wish = publication->wish;
	struct error err = publication->err;

	(void)events;
	ev_idle_stop(loop, idle);
	if (err.kind != ERROR_NONE) {
		forget(publication);
		wish.on_published(wish.data, &err, false);
		return;
	}
	publication->state = PUBLICATION_PUBLISHED;
	wish.on_published(wish.data, NULL, publication->solver->sees_fetches);
}

static void on_fetch(struct ev_loop *loop, ev_idle *idle, int events)
{
	struct publication *publication = idle->data;

	(void)events;
	ev_idle_stop(loop, idle);
	if (publication->state == PUBLICATION_PUBLISHED &&
		publication->wish.on_fetch)
		publication->wish.on_fetch(publication->wish.data);
}

void publication_report(
	struct publication *publication, const struct error *err)
{
	assert(publication->state == PUBLICATION_STARTED);
	publication->state = PUBLICATION_REPORTED;
	if (err)
		publication->err = *err;
	ev_idle_start(publication->solvers->loop, &publication->report);
}

void solvers_complain(struct solvers *solvers, const char *certificate,
	const struct error *err)
{
	const struct event event = {
		.name = "error",
		.priority = LOG_WARNING,
		.certificate = certificate,
		.err = err,
	};

	events_emit(solvers->events, &event,
		"an answer to a challenge stays published: %s", err->text);
}

struct publication *solver_present(
	struct solvers *solvers, const struct publication_wish *wish)
{
	struct publication *publication = mem_new(sizeof(*publication));

	publication->solvers = solvers;
	publication->solver = find_solver(wish->challenge);
	publication->wish = *wish;
	publication->wish.certificate = mem_string(wish->certificate);
	publication->wish.challenge = copy_settings(wish->challenge);
	publication->wish.answer = copy_answer(wish->answer);
	ev_idle_init(&publication->report, on_report);
	ev_idle_init(&publication->fetch, on_fetch);
	/* Idle or not: all else would have to wait for the next turn. */
	ev_set_priority(&publication->report, EV_MAXPRI);
	ev_set_priority(&publication->fetch, EV_MAXPRI);
	publication->report.data = publication;
	publication->fetch.data = publication;
	publication->next = solvers->publications;
	solvers->publications = publication;
	publication->solver->present(publication);
	return publication;
}

void solver_withdraw(struct publication *publication)
{
	forget(publication);
}

/* All of them. */

void solvers_adopt_socket(struct solvers *solvers, const char *name, int fd)
{
	assert(streq(name, "http01"));
	(void)name;
	doors_adopt(solvers->doors, fd);
}

static void on_trouble(
	void *data, const char *certificate, const struct error *err)
{
	solvers_complain(data, certificate, err);
}

struct solvers *solvers_new(struct ev_loop *loop, struct events *events)
{
	struct solvers *solvers = mem_new(sizeof(*solvers));
	const struct responder_source source = {
		.find = on_find,
		.on_fetch = on_served,
		.data = solvers,
	};

	solvers->loop = loop;
	solvers->events = events;
	solvers->responder = responder_new(loop, &source);
	solvers->doors = doors_new(responder_reception(solvers->responder));
	solvers->conversations = conversations_new(loop);
	solvers->hooks = hook_queue_new(
		loop, solvers->conversations, on_trouble, solvers);
	return solvers;
}

void solvers_free(struct solvers *solvers)
{
	if (!solvers)
		return;
	while (solvers->publications)
		forget(solvers->publications);
	doors_free(solvers->doors);
	responder_free(solvers->responder);
	hook_queue_free(solvers->hooks);
	conversations_free(solvers->conversations);
	free(solvers);
}
