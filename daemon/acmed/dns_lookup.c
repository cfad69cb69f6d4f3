/* SPDX-License-Identifier: MIT */
#include "dns_lookup.h"

#include "mem.h"

#include <sys/random.h>

struct dns_lookup {
	const struct dns_tools *tools; /* borrowed */
	char *name; /* owned */
	struct dns_question question; /* its name is that above */
	struct dns_server servers[DNS_SERVERS];
	size_t count;
	size_t next;
	struct dns_call *call; /* or NULL */
	ev_timer turn; /* of the next server */
	struct error err; /* of the last one */
	void (*on_end)(
		void *data, struct dns_answer *answer, const struct error *err);
	void *data; /* borrowed */
};

uint16_t dns_lookup_number(void)
{
	uint16_t number = 0;

	/* Two bytes never come short once the machine is up. */
	if (getrandom(&number, sizeof(number), 0) != sizeof(number))
		abort();
	return number;
}

void dns_lookup_cancel(struct dns_lookup *lookup)
{
	if (!lookup)
		return;
	dns_call_cancel(lookup->call);
	ev_timer_stop(lookup->tools->loop, &lookup->turn);
	free(lookup->name);
	free(lookup);
}

static void end(struct dns_lookup *lookup, struct dns_answer *answer)
{
	void *data = lookup->data;
	void (*on_end)(void *, struct dns_answer *, const struct error *) =
		lookup->on_end;
	struct error err = lookup->err;

	dns_lookup_cancel(lookup);
	on_end(data, answer, answer ? NULL : &err);
}

static void on_reply(void *data, const unsigned char *reply, size_t length,
	const struct error *err)
{
	struct dns_lookup *lookup = data;
	struct dns_answer answer;

	lookup->call = NULL;
	if (err)
		lookup->err = *err;
	else if (dns_answer_open(&answer, reply, length, &lookup->question,
			 &lookup->err) &&
		dns_answer_check(&answer, &lookup->question, &lookup->err)) {
		end(lookup, &answer);
		return;
	}
	ev_timer_start(lookup->tools->loop, &lookup->turn);
}

static bool ask(struct dns_lookup *lookup)
{
	const struct dns_server *server = &lookup->servers[lookup->next];
	struct dns_message message;

	if (!dns_question_write(&lookup->question, &message, &lookup->err))
		return false;
	lookup->call = dns_call_start(&(struct dns_call_wish){
		.tools = lookup->tools,
		.server = server->address.text,
		.port = server->port,
		.message = message.bytes,
		.length = message.length,
		.on_end = on_reply,
		.data = lookup,
	});
	lookup->next++;
	return true;
}

static void on_turn(struct ev_loop *loop, ev_timer *timer, int events)
{
	struct dns_lookup *lookup = timer->data;

	(void)loop;
	(void)events;
	if (lookup->next == lookup->count || !ask(lookup))
		end(lookup, NULL);
}

struct dns_lookup *dns_lookup_start(const struct dns_tools *tools,
	const char *name, uint16_t type,
	void (*on_end)(
		void *data, struct dns_answer *answer, const struct error *err),
	void *data)
{
	struct dns_lookup *lookup = mem_new(sizeof(*lookup));

	lookup->tools = tools;
	lookup->name = mem_string(name);
	lookup->question = (struct dns_question){
		.id = dns_lookup_number(),
		.type = type,
		.name = lookup->name,
		.wants_recursion = true,
	};
	lookup->on_end = on_end;
	lookup->data = data;
	lookup->count = dns_servers(tools->dns, lookup->servers, &lookup->err);
	ev_timer_init(&lookup->turn, on_turn, 0., 0.);
	lookup->turn.data = lookup;
	ev_timer_start(tools->loop, &lookup->turn);
	return lookup;
}
