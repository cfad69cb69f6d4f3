/* SPDX-License-Identifier: MIT */
#include "solver.h"

#include "hook_queue.h"
#include "mem.h"
#include "publication.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static const struct solver *const SOLVERS[] = {
#define SOLVER_OF(id, name, types, keys, needs) [SOLVER_##id] = &solver_##name,
	SOLVER_LIST(SOLVER_OF)
#undef SOLVER_OF
};

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
	if (publication->wish.on_fetch)
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

void publication_fetched(struct publication *publication)
{
	if (publication->state == PUBLICATION_PUBLISHED)
		ev_idle_start(publication->solvers->loop, &publication->fetch);
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

void solvers_tell_wait(struct solvers *solvers, const char *certificate,
	const struct error *err)
{
	const struct event event = {
		.name = "dns-wait",
		.priority = LOG_INFO,
		.certificate = certificate,
		.err = err,
	};

	events_emit(solvers->events, &event,
		"the CA is not told of the TXT record yet: %s", err->text);
}

struct publication *solver_present(
	struct solvers *solvers, const struct publication_wish *wish)
{
	struct publication *publication = mem_new(sizeof(*publication));

	publication->solvers = solvers;
	publication->solver = SOLVERS[wish->challenge->solver];
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

void solver_explain(const struct publication *publication, struct error *cause)
{
	if (publication->solver->explain)
		publication->solver->explain(publication, cause);
}

void solver_withdraw(struct publication *publication)
{
	forget(publication);
}

/* All of them. */

void solvers_adopt_socket(struct solvers *solvers, const char *name, int fd)
{
	entrances_adopt(solvers->entrances, name, fd);
}

static void on_trouble(
	void *data, const char *certificate, const struct error *err)
{
	solvers_complain(data, certificate, err);
}

struct solvers *solvers_new(struct ev_loop *loop, struct events *events)
{
	struct solvers *solvers = mem_new(sizeof(*solvers));

	solvers->loop = loop;
	solvers->events = events;
	solvers->entrances = entrances_new(solvers);
	solvers->conversations = conversations_new(loop);
	solvers->hooks = hook_queue_new(
		loop, solvers->conversations, on_trouble, solvers);
	return solvers;
}

static void on_wait(
	void *data, const char *certificate, const struct error *err)
{
	solvers_tell_wait(data, certificate, err);
}

static void on_others(
	void *data, const char *certificate, const struct error *err)
{
	const struct solvers *solvers = data;
	const struct event event = {
		.name = "dns-others",
		.priority = LOG_WARNING,
		.certificate = certificate,
		.err = err,
	};

	events_emit(solvers->events, &event, "%s", err->text);
}

const struct dns_tools *solvers_tools(const struct solvers *solvers)
{
	return &solvers->tools;
}

void solvers_set_tools(struct solvers *solvers, const struct dns_tools *tools)
{
	const struct records_listener listener = {
		.on_trouble = on_trouble,
		.on_wait = on_wait,
		.on_others = on_others,
		.data = solvers,
	};

	solvers->tools = *tools;
	solvers->records = records_new(tools, &listener);
}

void solvers_sweep(struct solvers *solvers)
{
	records_sweep(solvers->records);
}

void solvers_free(struct solvers *solvers)
{
	if (!solvers)
		return;
	while (solvers->publications)
		forget(solvers->publications);
	hook_queue_free(solvers->hooks);
	entrances_free(solvers->entrances);
	records_free(solvers->records);
	conversations_free(solvers->conversations);
	free(solvers);
}
