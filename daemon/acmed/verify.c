/* SPDX-License-Identifier: MIT */
#include "verify.h"

#include "handshake.h"
#include "mem.h"
#include "verify_seen.h"
#include "verify_wish.h"

#include <sys/queue.h>

#define HANDSHAKE_DEADLINE 10.0 /* seconds */

/* One address of an endpoint; what was seen of it is at the same index. */
struct target {
	struct dns_address address;
	unsigned started; /* handshakes */
};

struct lookup {
	struct verify_look *look; /* borrowed */
	size_t endpoint;
	struct dns_query *query; /* NULL: answered */
};

/* A handshake under way. */
struct attempt {
	LIST_ENTRY(attempt) entry;
	struct verify_look *look; /* borrowed */
	size_t target;
	struct handshake *handshake;
};

struct verify_look {
	TAILQ_ENTRY(verify_look) entry;
	struct verify *verify; /* borrowed */
	struct verify_wish wish; /* owned */
	struct lookup *lookups; /* owned; one an endpoint */
	size_t unresolved;
	struct target *targets; /* owned */
	struct verify_seen *seen; /* owned; one a target */
	size_t target_count;
	LIST_HEAD(, attempt) attempts;
	ev_timer timer; /* delivers */
	void (*on_seen)(
		void *data, const struct verify_seen *seen, size_t count);
	void *data; /* borrowed */
};

struct verify {
	struct ev_loop *loop; /* borrowed */
	struct dns *dns; /* borrowed */
	SSL_CTX *context; /* owned; made for the first look */
	double deadline;
	unsigned running;
	ev_timer pump;
	TAILQ_HEAD(, verify_look) looks;
};

/* Nothing of the look happens any more. */
static void stop(struct verify_look *look)
{
	struct attempt *attempt;

	while ((attempt = LIST_FIRST(&look->attempts))) {
		handshake_cancel(attempt->handshake);
		LIST_REMOVE(attempt, entry);
		look->verify->running--;
		free(attempt);
	}
	for (size_t i = 0; i < look->wish.endpoint_count; i++)
		if (look->lookups[i].query)
			dns_cancel(look->lookups[i].query);
	ev_timer_stop(look->verify->loop, &look->timer);
	TAILQ_REMOVE(&look->verify->looks, look, entry);
}

static void destroy(struct verify_look *look)
{
	verify_wish_clear(&look->wish);
	free(look->lookups);
	free(look->targets);
	free(look->seen);
	free(look);
}

static void on_timer(struct ev_loop *loop, ev_timer *timer, int events)
{
	struct verify_look *look = timer->data;

	(void)loop;
	(void)events;
	stop(look);
	look->on_seen(look->data, look->seen, look->target_count);
	destroy(look);
}

/* Handshakes. */

/* A MySQL server is one process, and counts visits of strangers. */
static unsigned handshakes_for(const struct config_endpoint *endpoint)
{
	return endpoint->starttls == STARTTLS_MYSQL ? 1 : VERIFY_HANDSHAKES;
}

static bool is_wanting(const struct verify_look *look, size_t target)
{
	unsigned started = look->targets[target].started;
	const struct verify_seen *seen = &look->seen[target];

	return started == 0 ||
		(seen->answered &&
			started <
				handshakes_for(
					&look->wish.endpoints[seen->endpoint]));
}

/* The next handshakes begin from the loop. */
static void pump(struct verify *verify)
{
	if (!ev_is_active(&verify->pump))
		ev_timer_start(verify->loop, &verify->pump);
}

static void finish_if_complete(struct verify_look *look)
{
	if (look->unresolved || !LIST_EMPTY(&look->attempts))
		return;
	for (size_t i = 0; i < look->target_count; i++)
		if (is_wanting(look, i))
			return;
	if (!ev_is_active(&look->timer))
		ev_timer_start(look->verify->loop, &look->timer);
}

static void on_chain(void *data, STACK_OF(X509) * chain)
{
	struct attempt *attempt = data;

	verify_seen_note_chain(&attempt->look->seen[attempt->target],
		&attempt->look->wish, chain);
}

static void on_end(void *data, X509 *leaf, const struct error *err)
{
	struct attempt *attempt = data;
	struct verify_look *look = attempt->look;
	struct verify_seen *seen = &look->seen[attempt->target];

	LIST_REMOVE(attempt, entry);
	look->verify->running--;
	free(attempt);
	if (leaf)
		verify_seen_note(seen, &look->wish, leaf);
	else
		seen->err = *err;
	pump(look->verify);
	finish_if_complete(look);
}

static void start_attempt(struct verify_look *look, size_t target)
{
	struct attempt *attempt = mem_new(sizeof(*attempt));
	const struct verify_seen *seen = &look->seen[target];

	attempt->look = look;
	attempt->target = target;
	look->targets[target].started++;
	look->verify->running++;
	LIST_INSERT_HEAD(&look->attempts, attempt, entry);
	const struct config_endpoint *endpoint =
		&look->wish.endpoints[seen->endpoint];
	attempt->handshake = handshake_start(look->verify->loop,
		&(struct handshake_wish){
			.context = look->verify->context,
			.address = &look->targets[target].address,
			.port = seen->port,
			.starttls = endpoint->starttls,
			.sni = verify_server_name(endpoint),
			.deadline = look->verify->deadline,
			.key_type = look->wish.key_type,
			.on_chain = on_chain,
			.on_end = on_end,
			.data = attempt,
		});
}

static bool start_one(struct verify *verify)
{
	struct verify_look *look;

	TAILQ_FOREACH(look, &verify->looks, entry)
	for (size_t i = 0; i < look->target_count; i++)
		if (is_wanting(look, i)) {
			start_attempt(look, i);
			return true;
		}
	return false;
}

static void on_pump(struct ev_loop *loop, ev_timer *timer, int events)
{
	struct verify *verify = timer->data;

	(void)loop;
	(void)events;
	while (verify->running < VERIFY_AT_ONCE && start_one(verify))
		;
}

/* Addresses. */

static void grow(struct verify_look *look)
{
	size_t count = look->target_count + 1;
	void *targets =
		reallocarray(look->targets, count, sizeof(*look->targets));
	void *seen = reallocarray(look->seen, count, sizeof(*look->seen));

	if (!targets || !seen)
		abort();
	look->targets = targets;
	look->seen = seen;
	for (size_t i = 0; i < look->target_count; i++)
		look->seen[i].address = look->targets[i].address.text;
}

/* Without an address: one that has been tried already. */
static void add_target(struct verify_look *look, size_t endpoint,
	const struct dns_address *address, const struct error *err)
{
	if (look->target_count == VERIFY_ADDRESSES)
		return;
	grow(look);
	struct target *target = &look->targets[look->target_count];
	struct verify_seen *seen = &look->seen[look->target_count];
	*target = (struct target){.started = address ? 0 : 1};
	if (address)
		target->address = *address;
	*seen = (struct verify_seen){
		.host = look->wish.endpoints[endpoint].host,
		.port = look->wish.endpoints[endpoint].port,
		.endpoint = endpoint,
		.address = target->address.text,
	};
	if (err)
		seen->err = *err;
	look->target_count++;
}

static void on_answer(void *data, const struct dns_address *addresses,
	size_t count, const struct error *err)
{
	struct lookup *lookup = data;
	struct verify_look *look = lookup->look;

	lookup->query = NULL;
	look->unresolved--;
	for (size_t i = 0; i < count; i++)
		add_target(look, lookup->endpoint, &addresses[i], NULL);
	if (err)
		add_target(look, lookup->endpoint, NULL, err);
	pump(look->verify);
	finish_if_complete(look);
}

static void resolve(struct verify_look *look)
{
	for (size_t i = 0; i < look->wish.endpoint_count; i++)
		look->lookups[i] = (struct lookup){
			.look = look,
			.endpoint = i,
			.query = dns_resolve(look->verify->dns,
				look->wish.endpoints[i].host, on_answer,
				&look->lookups[i]),
		};
}

struct verify_look *verify_start(struct verify *verify,
	const struct verify_wish *wish,
	void (*on_seen)(
		void *data, const struct verify_seen *seen, size_t count),
	void *data)
{
	struct verify_look *look = mem_new(sizeof(*look));

	if (!verify->context)
		verify->context = handshake_context();
	look->verify = verify;
	look->on_seen = on_seen;
	look->data = data;
	LIST_INIT(&look->attempts);
	ev_timer_init(&look->timer, on_timer, 0., 0.);
	look->timer.data = look;
	verify_wish_copy(&look->wish, wish);
	look->unresolved = wish->endpoint_count;
	look->lookups =
		mem_new((wish->endpoint_count + 1) * sizeof(*look->lookups));
	TAILQ_INSERT_TAIL(&verify->looks, look, entry);
	resolve(look);
	finish_if_complete(look);
	return look;
}

void verify_cancel(struct verify_look *look)
{
	if (!look)
		return;
	struct verify *verify = look->verify;
	stop(look);
	destroy(look);
	pump(verify);
}

struct verify *verify_new(struct ev_loop *loop, struct dns *dns)
{
	struct verify *verify = mem_new(sizeof(*verify));

	verify->loop = loop;
	verify->dns = dns;
	verify->deadline = HANDSHAKE_DEADLINE;
	ev_timer_init(&verify->pump, on_pump, 0., 0.);
	verify->pump.data = verify;
	TAILQ_INIT(&verify->looks);
	return verify;
}

void verify_set_deadline(struct verify *verify, double seconds)
{
	verify->deadline = seconds;
}

void verify_free(struct verify *verify)
{
	struct verify_look *look;

	if (!verify)
		return;
	while ((look = TAILQ_FIRST(&verify->looks))) {
		stop(look);
		destroy(look);
	}
	ev_timer_stop(verify->loop, &verify->pump);
	SSL_CTX_free(verify->context);
	free(verify);
}
