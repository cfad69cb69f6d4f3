/* SPDX-License-Identifier: MIT */
#include "probe_kind.h"

#include "mem.h"
#include "own_addresses.h"

#include <stdio.h>

#define CHECK "names"
#define DEADLINE 30.0 /* seconds */
#define HOOK_DEADLINE 300.0
#define RECORD_DEADLINE 1200.0 /* a zone may take its time */

struct probe {
	struct probe_wish wish;
	struct name_look *look; /* under way, or NULL */
	const struct probe_kind *kind;
	void *walk; /* of that kind, or NULL */
	enum finding_verdict verdict;
	ev_timer deadline;
};

void probe_cancel(struct probe *probe)
{
	if (!probe)
		return;
	name_look_cancel(probe->look);
	if (probe->walk)
		probe->kind->cancel(probe->walk);
	ev_timer_stop(probe->wish.tools->loop, &probe->deadline);
	free(probe);
}

static void end(struct probe *probe)
{
	struct finding_listener listener = probe->wish.listener;
	enum finding_verdict verdict = probe->verdict;

	probe_cancel(probe);
	listener.on_end(listener.data, verdict);
}

bool probe_publishes(const struct probe_wish *wish)
{
	const struct config_challenge *settings = wish->path.challenge;

	if (!wish->tools->solvers || settings->solver == SOLVER_NONE ||
		settings->type == CHALLENGE_DNS_PERSIST_01)
		return false;
	if (challenge_type_is_dns(settings->type))
		return wish->writes_records;
	return settings->solver != SOLVER_EXEC || wish->runs_hooks;
}

static const char *subject(const struct probe *probe)
{
	return probe->wish.path.identifier->value;
}

/* Everything that is told goes through here. */

static void on_finding(void *data, const struct finding *finding)
{
	struct probe *probe = data;
	const struct finding_listener *listener = &probe->wish.listener;

	probe->verdict = finding_join(probe->verdict, finding->verdict);
	listener->on_finding(listener->data, finding);
}

static void on_walked(void *data, enum finding_verdict verdict)
{
	struct probe *probe = data;

	(void)verdict;
	probe->walk = NULL;
	end(probe);
}

static struct finding_listener listener_of(struct probe *probe)
{
	return (struct finding_listener){
		.on_finding = on_finding,
		.on_end = on_walked,
		.data = probe,
	};
}

/* The name. That it leads here is no proof of a way, and that it does not is
 * none of a fault: behind address translation it never does. */

static bool is_ours(const struct name_addresses *found)
{
	for (size_t i = 0; i < found->count; i++)
		if (own_addresses_have(&found->list[i]))
			return true;
	return false;
}

static void tell_addresses(
	struct probe *probe, const struct name_addresses *found)
{
	const struct finding_listener listener = listener_of(probe);
	char addresses[256];
	struct error err;

	name_addresses_describe(found, addresses, sizeof(addresses));
	fail_cause(&err, ERROR_NONE, "H15",
		"leads to %s%s%s%s: none of them is an address of this machine",
		addresses, *found->alias ? " (alias of " : "", found->alias,
		*found->alias ? ")" : "");
	if (is_ours(found))
		listener.on_finding(probe,
			&(struct finding){
				.check = CHECK,
				.subject = subject(probe),
				.verdict = FINDING_UNKNOWN,
				.code = "",
				.text = addresses,
			});
	else
		finding_error(&listener, CHECK, subject(probe), FINDING_UNKNOWN,
			&err);
}

static void walk(struct probe *probe, const struct name_addresses *addresses)
{
	const struct probe_setup setup = {
		.wish = &probe->wish,
		.addresses = addresses,
		.listener = listener_of(probe),
	};

	probe->walk = probe->kind->start(&setup);
}

static void on_addresses(void *data, const struct name_addresses *found)
{
	struct probe *probe = data;
	const struct finding_listener listener = listener_of(probe);

	probe->look = NULL;
	if (found->count > 0) {
		tell_addresses(probe, found);
		walk(probe, found);
		return;
	}
	/* A resolver that does not answer tells nothing of the CA's. */
	finding_error(&listener, CHECK, subject(probe),
		found->err.kind == ERROR_TRANSIENT ? FINDING_UNKNOWN
						   : FINDING_BAD,
		&found->err);
	end(probe);
}

static void on_deadline(struct ev_loop *loop, ev_timer *timer, int events)
{
	struct probe *probe = timer->data;
	const struct finding_listener listener = listener_of(probe);
	struct error err;

	(void)loop;
	(void)events;
	fail(&err, ERROR_TRANSIENT, "no end of the look within %g s",
		timer->repeat);
	finding_error(&listener, CHECK, subject(probe), FINDING_UNKNOWN, &err);
	end(probe);
}

static double deadline_of(const struct config_challenge *settings)
{
	if (challenge_type_is_dns(settings->type))
		return RECORD_DEADLINE;
	return settings->solver == SOLVER_EXEC ? HOOK_DEADLINE : DEADLINE;
}

static const struct probe_kind *kind_of(enum challenge_type type)
{
	switch (type) {
	case CHALLENGE_HTTP_01:
		return &probe_http;
	case CHALLENGE_TLS_ALPN_01:
		return &probe_alpn;
	case CHALLENGE_DNS_01:
	case CHALLENGE_DNS_ACCOUNT_01:
	case CHALLENGE_DNS_PERSIST_01:
		break;
	}
	return &probe_record;
}

struct probe *probe_start(const struct probe_wish *wish)
{
	const struct identifier *identifier = wish->path.identifier;
	struct probe *probe = mem_new(sizeof(*probe));
	struct name_addresses addresses = {.count = 0};
	bool is_of_dns = challenge_type_is_dns(wish->path.challenge->type);

	probe->wish = *wish;
	probe->kind = kind_of(wish->path.challenge->type);
	probe->verdict = FINDING_UNKNOWN;
	ev_init(&probe->deadline, on_deadline);
	probe->deadline.repeat = deadline_of(wish->path.challenge);
	probe->deadline.data = probe;
	ev_timer_again(wish->tools->loop, &probe->deadline);
	if (identifier->type == IDENTIFIER_IP)
		name_addresses_of(identifier, &addresses);
	if (identifier->type == IDENTIFIER_DNS && !is_of_dns)
		probe->look = name_look_start(wish->tools->dns,
			identifier->value, on_addresses, probe);
	else
		walk(probe, &addresses);
	return probe;
}
