/* SPDX-License-Identifier: MIT */
#include "dns_alias.h"

#include "dns_delegation.h"
#include "dns_lookup.h"
#include "mem.h"
#include "text.h"

#include <stdio.h>

struct dns_alias {
	const struct dns_tools *tools; /* borrowed */
	struct dns_delegation delegation;
	struct dns_lookup *lookup; /* or NULL */
	ev_timer turn; /* of the next name */
	struct error err; /* kind NONE: none */
	bool is_missing; /* the last name */
	void (*on_end)(void *data, const struct dns_alias_end *end,
		const struct error *err);
	void *data; /* borrowed */
};

void dns_alias_cancel(struct dns_alias *alias)
{
	if (!alias)
		return;
	dns_lookup_cancel(alias->lookup);
	ev_timer_stop(alias->tools->loop, &alias->turn);
	free(alias);
}

static void end(struct dns_alias *alias)
{
	void (*on_end)(void *, const struct dns_alias_end *,
		const struct error *) = alias->on_end;
	void *data = alias->data;
	struct dns_delegation delegation = alias->delegation;
	struct error err = alias->err;
	const struct dns_alias_end result = {
		.name = dns_delegation_name(&delegation),
		.is_another = delegation.hops > 0,
		.is_missing = alias->is_missing,
	};

	dns_alias_cancel(alias);
	if (err.kind == ERROR_NONE)
		on_end(data, &result, NULL);
	else
		on_end(data, NULL, &err);
}

/* Is there one more step? Else the end, with or without err. */
static bool follow(struct dns_alias *alias, struct dns_answer *answer)
{
	struct dns_record record;
	char target[DNS_NAME_SIZE];

	alias->is_missing = answer->code == DNS_NXDOMAIN;
	if (!dns_answer_next(answer, DNS_TYPE_CNAME, &record) ||
		!dns_answer_target(answer, &record, target))
		return false;
	return dns_delegation_follow(&alias->delegation, target, &alias->err);
}

static void on_answer(
	void *data, struct dns_answer *answer, const struct error *err)
{
	struct dns_alias *alias = data;

	alias->lookup = NULL;
	if (err)
		alias->err = *err;
	if (!err && follow(alias, answer))
		ev_timer_start(alias->tools->loop, &alias->turn);
	else
		end(alias);
}

static void on_turn(struct ev_loop *loop, ev_timer *timer, int events)
{
	struct dns_alias *alias = timer->data;

	(void)loop;
	(void)events;
	if (alias->err.kind != ERROR_NONE) {
		end(alias);
		return;
	}
	alias->lookup = dns_lookup_start(alias->tools,
		dns_delegation_name(&alias->delegation), DNS_TYPE_CNAME,
		on_answer, alias);
}

struct dns_alias *dns_alias_start(const struct dns_tools *tools,
	const char *name,
	void (*on_end)(void *data, const struct dns_alias_end *end,
		const struct error *err),
	void *data)
{
	struct dns_alias *alias = mem_new(sizeof(*alias));

	alias->tools = tools;
	alias->on_end = on_end;
	alias->data = data;
	dns_delegation_start(&alias->delegation, name, &alias->err);
	ev_timer_init(&alias->turn, on_turn, 0., 0.);
	alias->turn.data = alias;
	ev_timer_start(tools->loop, &alias->turn);
	return alias;
}

void dns_alias_explain(const char *name, bool is_missing, struct error *err)
{
	if (streq(err->code, "D1"))
		snprintf(err->code, sizeof(err->code), "D5");
	error_prefix(err, "the challenge's name is an alias of '%s'%s", name,
		is_missing ? " (NXDOMAIN)" : "");
}
