/* SPDX-License-Identifier: MIT */
#include "probe_kind.h"

#include "dns_alias.h"
#include "dns_change.h"
#include "mem.h"

#define CHECK "dns"

/* A record of dns-01 or its kin: where the alias of its name leads; and, when
 * records may be written, one that every name server of the zone is to have,
 * which is the solver's own way of being done. On other days the name server
 * that takes updates is asked to remove a record that is not there, which
 * changes nothing (RFC 2136 section 3.4.2.4), but is refused like any other to
 * who may not (D1), and by who has no such zone. */
struct record_walk {
	const struct probe_wish *wish; /* borrowed */
	struct finding_listener listener;
	struct challenge challenge; /* owned */
	struct publication *publication; /* or NULL */
	struct dns_alias *alias; /* under way, or NULL */
	struct dns_change *change; /* likewise */
	char *name; /* owned: where the alias leads */
	bool is_alias; /* it does, */
	bool is_missing; /* and nothing is there */
	ev_timer start;
	struct error err; /* there is no such record */
};

static void cancel(void *data)
{
	struct record_walk *walk = data;

	dns_alias_cancel(walk->alias);
	dns_change_cancel(walk->change);
	if (walk->publication)
		solver_withdraw(walk->publication);
	ev_timer_stop(walk->wish->tools->loop, &walk->start);
	challenge_clear(&walk->challenge);
	free(walk->name);
	free(walk);
}

static void end(struct record_walk *walk)
{
	struct finding_listener listener = walk->listener;

	cancel(walk);
	listener.on_end(listener.data, FINDING_UNKNOWN);
}

static const char *subject(const struct record_walk *walk)
{
	return walk->wish->path.identifier->value;
}

static void tell_bad(struct record_walk *walk, const struct error *err)
{
	finding_error(&walk->listener, CHECK, subject(walk), FINDING_BAD, err);
	end(walk);
}

static void on_published(void *data, const struct error *err, bool sees_fetches)
{
	struct record_walk *walk = data;

	(void)sees_fetches;
	if (err) {
		walk->publication = NULL;
		tell_bad(walk, err);
		return;
	}
	finding_good(&walk->listener, CHECK, subject(walk),
		"a TXT record at '%s' was written and found at every name "
		"server",
		walk->challenge.record_name);
	end(walk);
}

static void write_record(struct record_walk *walk)
{
	const struct probe_wish *wish = walk->wish;

	walk->publication = solver_present(wish->tools->solvers,
		&(struct publication_wish){
			.certificate = wish->path.certificate,
			.challenge = wish->path.challenge,
			.answer = &walk->challenge,
			.on_published = on_published,
			.data = walk,
		});
}

/* The days between. */

static void on_refused_or_not(
	void *data, const char *zone, const struct error *err)
{
	struct record_walk *walk = data;
	struct error own;

	walk->change = NULL;
	if (err) {
		own = *err;
		if (!zone && walk->is_alias)
			dns_alias_explain(walk->name, walk->is_missing, &own);
		tell_bad(walk, &own);
		return;
	}
	finding_good(&walk->listener, CHECK, subject(walk),
		"the name server takes updates of '%s' from us", zone);
	end(walk);
}

/* A persistent record is written once, and that may be long ago. */
static bool can_ask(const struct record_walk *walk)
{
	const struct probe_wish *wish = walk->wish;
	const struct config_challenge *settings = wish->path.challenge;

	return wish->tools->solvers && wish->tools->dns->vault &&
		settings->solver == SOLVER_RFC2136 &&
		settings->type != CHALLENGE_DNS_PERSIST_01;
}

static void ask_server(struct record_walk *walk)
{
	const struct probe_wish *wish = walk->wish;
	const struct config_challenge *settings = wish->path.challenge;

	walk->change = dns_change_start(&(struct dns_change_wish){
		.tools = wish->tools->dns,
		.certificate = wish->path.certificate,
		.identifier = wish->path.identifier->value,
		.server = settings->server,
		.port = settings->server_port,
		.zone = settings->zone,
		.record = walk->name,
		.value = walk->challenge.record_value,
		.is_removal = true,
		.on_end = on_refused_or_not,
		.data = walk,
	});
}

/* Servers that cannot be asked from here say nothing of the CA's view. */
static void on_alias(
	void *data, const struct dns_alias_end *found, const struct error *err)
{
	struct record_walk *walk = data;

	walk->alias = NULL;
	if (err)
		finding_error(&walk->listener, CHECK, subject(walk),
			err->kind == ERROR_TRANSIENT ? FINDING_UNKNOWN
						     : FINDING_BAD,
			err);
	else if (found->is_another)
		finding_good(&walk->listener, CHECK, subject(walk),
			"the alias of '%s' leads to '%s'",
			walk->challenge.record_name, found->name);
	if (err) {
		end(walk);
		return;
	}
	walk->name = mem_string(found->name);
	walk->is_alias = found->is_another;
	walk->is_missing = found->is_missing;
	if (probe_publishes(walk->wish))
		write_record(walk);
	else if (can_ask(walk))
		ask_server(walk);
	else
		end(walk);
}

static void on_start(struct ev_loop *loop, ev_timer *timer, int events)
{
	struct record_walk *walk = timer->data;

	(void)loop;
	(void)events;
	if (walk->err.kind != ERROR_NONE) {
		tell_bad(walk, &walk->err);
		return;
	}
	walk->alias = dns_alias_start(walk->wish->tools->dns,
		walk->challenge.record_name, on_alias, walk);
}

static void *start(const struct probe_setup *setup)
{
	struct record_walk *walk = mem_new(sizeof(*walk));

	walk->wish = setup->wish;
	walk->listener = setup->listener;
	probe_challenge_make(&setup->wish->path, &walk->challenge, &walk->err);
	ev_timer_init(&walk->start, on_start, 0., 0.);
	walk->start.data = walk;
	ev_timer_start(setup->wish->tools->loop, &walk->start);
	return walk;
}

const struct probe_kind probe_record = {start, cancel};
