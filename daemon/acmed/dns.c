/* SPDX-License-Identifier: MIT */
#include "dns.h"

#include "dns_channel.h"
#include "mem.h"
#include "text.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/queue.h>

#define RESOLV_CONF "/etc/resolv.conf"
#define DEADLINE 10.0
/* How long the answer for one family waits for the other (RFC 8305 section 3
 * has the idea): some name servers never answer for AAAA. */
#define PATIENCE 0.3

enum {
	FAMILIES = 2,
};

/* In the order in which addresses are reported (RFC 6724). */
static const int FAMILY[FAMILIES] = {AF_INET6, AF_INET};

/* One half of a query. */
struct lookup {
	struct dns_query *query; /* borrowed */
	bool is_pending; /* c-ares will call back */
	int status;
	struct dns_address addresses[DNS_ADDRESSES];
	size_t count;
};

struct dns_query {
	TAILQ_ENTRY(dns_query) entry;
	struct dns *dns; /* borrowed */
	char *name; /* owned */
	struct lookup lookups[FAMILIES];
	bool is_starting; /* what is answered now comes too early */
	bool is_over; /* stays only until c-ares has called back */
	ev_timer timer; /* deadline, then delivery */
	void (*on_answer)(void *data, const struct dns_address *addresses,
		size_t count, const struct error *err);
	void *data; /* borrowed */
};

struct dns {
	struct ev_loop *loop; /* borrowed */
	char *resolv_conf; /* owned */
	struct dns_channel *channel; /* owned */
	double deadline; /* seconds */
	struct dns_server server; /* instead of those of resolv.conf, unless
				   * its family is 0 */
	TAILQ_HEAD(, dns_query) queries;
};

static bool is_pending(const struct dns_query *query)
{
	return query->lookups[0].is_pending || query->lookups[1].is_pending;
}

/* Frees the query when nobody knows of it any more. */
static void release(struct dns_query *query)
{
	if (!query->is_over || is_pending(query) || query->is_starting)
		return;
	TAILQ_REMOVE(&query->dns->queries, query, entry);
	free(query->name);
	free(query);
}

static void finish(struct dns_query *query)
{
	ev_timer_stop(query->dns->loop, &query->timer);
	query->is_over = true;
	release(query);
}

static void set_timer(struct dns_query *query, double seconds)
{
	ev_timer_stop(query->dns->loop, &query->timer);
	ev_timer_set(&query->timer, seconds, 0.);
	ev_timer_start(query->dns->loop, &query->timer);
}

static bool add_address(struct lookup *lookup, int family, const void *bytes)
{
	struct dns_address *address = &lookup->addresses[lookup->count];

	if (lookup->count == DNS_ADDRESSES / FAMILIES)
		return false;
	address->family = family;
	if (!inet_ntop(family, bytes, address->text, sizeof(address->text)))
		return false;
	lookup->count++;
	return true;
}

static void add_node(
	struct lookup *lookup, const struct ares_addrinfo_node *node)
{
	const void *address = node->ai_addr;
	const struct sockaddr_in *in = address;
	const struct sockaddr_in6 *in6 = address;

	if (node->ai_family == AF_INET)
		add_address(lookup, AF_INET, &in->sin_addr);
	else if (node->ai_family == AF_INET6)
		add_address(lookup, AF_INET6, &in6->sin6_addr);
}

/* From inside c-ares: only remembers, and sets the timer. */
static void on_lookup(
	void *data, int status, int timeouts, struct ares_addrinfo *result)
{
	struct lookup *lookup = data;
	struct dns_query *query = lookup->query;

	(void)timeouts;
	lookup->is_pending = false;
	lookup->status = status;
	if (status == ARES_SUCCESS)
		for (const struct ares_addrinfo_node *node = result->nodes;
			node; node = node->ai_next)
			add_node(lookup, node);
	if (result)
		ares_freeaddrinfo(result);
	if (query->is_over) {
		release(query);
		return;
	}
	if (status == ARES_EDESTRUCTION || query->is_starting)
		return;
	if (!is_pending(query))
		set_timer(query, 0.);
	else if (lookup->count > 0)
		set_timer(query, PATIENCE);
}

static void start(struct dns_query *query)
{
	query->is_starting = true;
	for (size_t i = 0; i < FAMILIES; i++) {
		query->lookups[i] = (struct lookup){
			.query = query,
			.is_pending = true,
		};
		dns_channel_ask(query->dns->channel, query->name, FAMILY[i],
			on_lookup, &query->lookups[i]);
	}
	query->is_starting = false;
	if (!is_pending(query))
		set_timer(query, 0.);
	else if (query->lookups[0].count + query->lookups[1].count > 0)
		set_timer(query, PATIENCE);
}

/* Queries that the old channel dropped go on with the new one. */
static void restart_dropped(struct dns *dns)
{
	struct dns_query *next;

	for (struct dns_query *query = TAILQ_FIRST(&dns->queries); query;
		query = next) {
		next = TAILQ_NEXT(query, entry);
		bool dropped = query->lookups[0].status == ARES_EDESTRUCTION ||
			query->lookups[1].status == ARES_EDESTRUCTION;
		if (dropped && !query->is_over)
			start(query);
	}
}

static void refresh(struct dns *dns)
{
	if (dns_channel_refresh(dns->channel))
		restart_dropped(dns);
}

static bool is_absence(int status)
{
	return status == ARES_ENOTFOUND || status == ARES_ENODATA;
}

/* Why there is no address. */
static void explain(const struct dns_query *query, struct error *err)
{
	const struct lookup *lookups = query->lookups;
	int unreadable = dns_channel_unreadable(query->dns->channel);

	if (unreadable != 0)
		fail_cause(err, ERROR_TRANSIENT, "N3",
			"cannot resolve '%s': cannot read '%s': %s",
			query->name, query->dns->resolv_conf,
			strerror(unreadable));
	else if (is_pending(query))
		fail_cause(err, ERROR_TRANSIENT, "N3",
			"cannot resolve '%s': no name server answered within "
			"%g s",
			query->name, query->dns->deadline);
	else if (!is_absence(lookups[0].status) ||
		!is_absence(lookups[1].status))
		fail_cause(err, ERROR_TRANSIENT, "N3",
			"cannot resolve '%s': %s", query->name,
			ares_strerror(is_absence(lookups[1].status)
					? lookups[0].status
					: lookups[1].status));
	else if (lookups[0].status == ARES_ENODATA ||
		lookups[1].status == ARES_ENODATA)
		fail_cause(err, ERROR_TRANSIENT, "H14",
			"'%s' has no A and no AAAA record", query->name);
	else
		fail_cause(err, ERROR_TRANSIENT, "H14",
			"'%s' does not exist in DNS (NXDOMAIN)", query->name);
}

static size_t collect(const struct dns_query *query,
	struct dns_address addresses[static DNS_ADDRESSES])
{
	size_t count = 0;

	for (size_t i = 0; i < FAMILIES; i++)
		for (size_t j = 0; j < query->lookups[i].count; j++)
			addresses[count++] = query->lookups[i].addresses[j];
	return count;
}

/* The answer, or the deadline. The callback comes last. */
static void on_timer(struct ev_loop *loop, ev_timer *timer, int events)
{
	struct dns_query *query = timer->data;
	struct dns_address addresses[DNS_ADDRESSES];
	size_t count = collect(query, addresses);
	struct error err;
	void *data = query->data;
	void (*on_answer)(void *, const struct dns_address *, size_t,
		const struct error *) = query->on_answer;

	(void)loop;
	(void)events;
	if (count == 0)
		explain(query, &err);
	finish(query);
	if (count > 0)
		on_answer(data, addresses, count, NULL);
	else
		on_answer(data, NULL, 0, &err);
}

/* What needs no look-up: literals, and localhost (RFC 6761 section 6.3). */
static bool take_literal(struct dns_query *query)
{
	unsigned char bytes[sizeof(struct in6_addr)];

	if (strcasecmp(query->name, "localhost") == 0)
		return add_address(&query->lookups[0], AF_INET6,
			       &in6addr_loopback) &&
			add_address(&query->lookups[1], AF_INET,
				&(struct in_addr){htonl(INADDR_LOOPBACK)});
	for (size_t i = 0; i < FAMILIES; i++)
		if (inet_pton(FAMILY[i], query->name, bytes) == 1)
			return add_address(
				&query->lookups[i], FAMILY[i], bytes);
	return false;
}

struct dns *dns_new(struct ev_loop *loop)
{
	struct dns *dns = mem_new(sizeof(*dns));

	dns->loop = loop;
	dns->deadline = DEADLINE;
	TAILQ_INIT(&dns->queries);
	dns_set_resolv_conf(dns, RESOLV_CONF, 0);
	return dns;
}

void dns_free(struct dns *dns)
{
	struct dns_query *next;

	if (!dns)
		return;
	for (struct dns_query *query = TAILQ_FIRST(&dns->queries); query;
		query = next) {
		next = TAILQ_NEXT(query, entry);
		finish(query);
	}
	dns_channel_free(dns->channel);
	free(dns->resolv_conf);
	free(dns);
}

void dns_set_resolv_conf(struct dns *dns, const char *path, uint16_t port)
{
	dns_channel_free(dns->channel);
	free(dns->resolv_conf);
	dns->resolv_conf = mem_string(path);
	dns->channel = dns_channel_new(dns->loop, path, port);
}

void dns_set_deadline(struct dns *dns, double seconds)
{
	dns->deadline = seconds;
}

struct dns_query *dns_resolve(struct dns *dns, const char *name,
	void (*on_answer)(void *data, const struct dns_address *addresses,
		size_t count, const struct error *err),
	void *data)
{
	struct dns_query *query = mem_new(sizeof(*query));

	query->dns = dns;
	query->name = mem_string(name);
	query->on_answer = on_answer;
	query->data = data;
	ev_timer_init(&query->timer, on_timer, 0., 0.);
	query->timer.data = query;
	TAILQ_INSERT_TAIL(&dns->queries, query, entry);
	if (take_literal(query)) {
		set_timer(query, 0.);
		return query;
	}
	set_timer(query, dns->deadline);
	refresh(dns);
	start(query);
	return query;
}

void dns_cancel(struct dns_query *query)
{
	finish(query);
}

void dns_set_server(struct dns *dns, const char *address, uint16_t port)
{
	struct dns_address *place = &dns->server.address;

	dns->server = (struct dns_server){.port = port ? port : DNS_PORT};
	if (!address)
		return;
	place->family = strchr(address, ':') ? AF_INET6 : AF_INET;
	snprintf(place->text, sizeof(place->text), "%s", address);
}

size_t dns_servers(struct dns *dns, struct dns_server servers[DNS_SERVERS],
	struct error *err)
{
	if (dns->server.address.family) {
		servers[0] = dns->server;
		return 1;
	}
	refresh(dns);
	int unreadable = dns_channel_unreadable(dns->channel);
	size_t count =
		unreadable ? 0 : dns_channel_servers(dns->channel, servers);
	if (count == 0)
		fail_cause(err, ERROR_TRANSIENT, "N3",
			"there is no name server to ask: '%s': %s",
			dns->resolv_conf,
			unreadable ? strerror(unreadable) : "names none");
	return count;
}
