/* SPDX-License-Identifier: MIT */
#include "dns_spread.h"

#include "dns_lookup.h"
#include "dns_target.h"
#include "duration.h"
#include "mem.h"

#include <stdio.h>

#define MOST_HOSTS 13
#define MOST_TARGETS (MOST_HOSTS * 4)

/* A name server by its name, while its addresses are looked up. */
struct host {
	struct dns_spread *spread;
	char name[DNS_NAME_SIZE];
	struct dns_query *query; /* or NULL */
};

struct dns_spread {
	struct dns_spread_wish wish;
	struct dns_question question; /* for the NS records */
	struct dns_call *call; /* or NULL */
	struct dns_lookup *lookup; /* or NULL */
	struct host hosts[MOST_HOSTS];
	size_t host_count;
	struct dns_target *targets[MOST_TARGETS]; /* owned */
	size_t target_count;
	bool is_told[MOST_TARGETS]; /* on_wait was called for it */
	ev_timer deadline;
	ev_timer turn; /* looks whether it is over */
};

void dns_spread_cancel(struct dns_spread *spread)
{
	struct ev_loop *loop;

	if (!spread)
		return;
	loop = spread->wish.tools->loop;
	ev_timer_stop(loop, &spread->deadline);
	ev_timer_stop(loop, &spread->turn);
	dns_call_cancel(spread->call);
	dns_lookup_cancel(spread->lookup);
	for (size_t i = 0; i < spread->host_count; i++)
		if (spread->hosts[i].query)
			dns_cancel(spread->hosts[i].query);
	for (size_t i = 0; i < spread->target_count; i++)
		dns_target_free(spread->targets[i]);
	free(spread);
}

static void end(struct dns_spread *spread, const struct error *failed)
{
	struct dns_spread_wish wish = spread->wish;
	struct error err = failed ? *failed : (struct error){0};

	dns_spread_cancel(spread);
	wish.on_end(wish.data, failed ? &err : NULL);
}

/* Who does not have it. */

static bool has_state(
	const struct dns_spread *spread, size_t i, enum dns_target_state state)
{
	return dns_target_state(spread->targets[i]) == state;
}

/* Who keeps us: one that lacks it says more than one that fails. None is
 * target_count. */
static size_t find_fault(const struct dns_spread *spread)
{
	size_t fault = spread->target_count;

	for (size_t i = 0; i < spread->target_count; i++) {
		if (has_state(spread, i, DNS_TARGET_LACKS))
			return i;
		if (has_state(spread, i, DNS_TARGET_FAILS))
			fault = i;
	}
	return fault;
}

static bool is_over(const struct dns_spread *spread)
{
	for (size_t i = 0; i < spread->host_count; i++)
		if (spread->hosts[i].query)
			return false;
	for (size_t i = 0; i < spread->target_count; i++)
		if (!has_state(spread, i, DNS_TARGET_HAS) &&
			!has_state(spread, i, DNS_TARGET_IS_AWAY))
			return false;
	return !spread->call && !spread->lookup;
}

static void look(struct dns_spread *spread)
{
	ev_timer_start(spread->wish.tools->loop, &spread->turn);
}

static void on_change(void *data)
{
	look(data);
}

static void on_turn(struct ev_loop *loop, ev_timer *timer, int events)
{
	struct dns_spread *spread = timer->data;
	size_t fault = find_fault(spread);

	(void)loop;
	(void)events;
	if (is_over(spread)) {
		end(spread, NULL);
		return;
	}
	if (fault == spread->target_count || spread->is_told[fault])
		return;
	spread->is_told[fault] = true;
	spread->wish.on_wait(
		spread->wish.data, dns_target_error(spread->targets[fault]));
}

/* Who never answered is left to the CA. */
static void on_deadline(struct ev_loop *loop, ev_timer *timer, int events)
{
	struct dns_spread *spread = timer->data;
	size_t fault = find_fault(spread);
	char waited[DURATION_SIZE];
	struct error err;

	(void)loop;
	(void)events;
	if (fault == spread->target_count) {
		end(spread, NULL);
		return;
	}
	err = *dns_target_error(spread->targets[fault]);
	duration_format((int64_t)spread->wish.patience, waited);
	error_prefix(&err, "acmed has waited %s", waited);
	end(spread, &err);
}

/* Targets: the addresses of the hosts. */

static void add_target(
	struct dns_spread *spread, const char *host, const char *address)
{
	if (spread->target_count == MOST_TARGETS)
		return;
	spread->targets[spread->target_count++] =
		dns_target_new(&(struct dns_target_wish){
			.tools = spread->wish.tools,
			.host = host,
			.address = address,
			.record = spread->wish.record,
			.value = spread->wish.value,
			.on_change = on_change,
			.data = spread,
		});
}

/* A host without an address is no server that anybody could ask. */
static void on_addresses(void *data, const struct dns_address *addresses,
	size_t count, const struct error *err)
{
	struct host *host = data;
	struct dns_spread *spread = host->spread;

	(void)err;
	host->query = NULL;
	for (size_t i = 0; i < count; i++)
		add_target(spread, host->name, addresses[i].text);
	look(spread);
}

static void add_host(struct dns_spread *spread, const char *name)
{
	if (spread->host_count == MOST_HOSTS)
		return;
	struct host *host = &spread->hosts[spread->host_count++];
	host->spread = spread;
	snprintf(host->name, sizeof(host->name), "%s", name);
	host->query =
		dns_resolve(spread->wish.tools->dns, name, on_addresses, host);
}

/* The hosts: the NS records of the zone. */

static void read_hosts(struct dns_spread *spread, struct dns_answer *answer)
{
	struct dns_record record;
	char name[DNS_NAME_SIZE];

	while (dns_answer_next(answer, DNS_TYPE_NS, &record))
		if (dns_answer_target(answer, &record, name))
			add_host(spread, name);
	look(spread);
}

static void on_hosts(void *data, const unsigned char *reply, size_t length,
	const struct error *failed)
{
	struct dns_spread *spread = data;
	struct dns_answer answer;
	struct error err;

	spread->call = NULL;
	if (failed)
		end(spread, failed);
	else if (!dns_answer_open(
			 &answer, reply, length, &spread->question, &err) ||
		!dns_answer_check(&answer, &spread->question, &err))
		end(spread, &err);
	else
		read_hosts(spread, &answer);
}

static void on_lookup(
	void *data, struct dns_answer *answer, const struct error *err)
{
	struct dns_spread *spread = data;

	spread->lookup = NULL;
	if (err)
		end(spread, err);
	else
		read_hosts(spread, answer);
}

static void look_hosts_up(struct dns_spread *spread)
{
	spread->lookup = dns_lookup_start(spread->wish.tools, spread->wish.zone,
		DNS_TYPE_NS, on_lookup, spread);
}

static void ask_hosts(struct dns_spread *spread)
{
	const struct dns_spread_wish *wish = &spread->wish;
	struct dns_message message;
	struct error err; /* the zone is a name: it was written to */

	spread->question = (struct dns_question){
		.id = dns_lookup_number(),
		.type = DNS_TYPE_NS,
		.name = wish->zone,
	};
	dns_question_write(&spread->question, &message, &err);
	spread->call = dns_call_start(&(struct dns_call_wish){
		.tools = wish->tools,
		.server = wish->server,
		.port = wish->port,
		.message = message.bytes,
		.length = message.length,
		.on_end = on_hosts,
		.data = spread,
	});
}

struct dns_spread *dns_spread_start(const struct dns_spread_wish *wish)
{
	struct dns_spread *spread = mem_new(sizeof(*spread));

	spread->wish = *wish;
	ev_timer_init(&spread->deadline, on_deadline, wish->patience, 0.);
	ev_timer_init(&spread->turn, on_turn, 0., 0.);
	spread->deadline.data = spread->turn.data = spread;
	ev_timer_start(wish->tools->loop, &spread->deadline);
	if (wish->server)
		ask_hosts(spread);
	else
		look_hosts_up(spread);
	return spread;
}
