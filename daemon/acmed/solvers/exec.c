/* SPDX-License-Identifier: MIT */
#include "dns_lookup.h"
#include "hook_queue.h"
#include "publication.h"

/* A program of the administrator publishes the answer; its end means that it
 * is to be found: a record by every name server. The hand runs it. */

static void on_wait(void *data, const struct error *err)
{
	const struct publication *publication = data;

	solvers_tell_wait(
		publication->solvers, publication->wish.certificate, err);
}

static void on_seen(void *data)
{
	struct publication *publication = data;

	publication->look = NULL;
	publication_report(publication, NULL);
}

static void look_at_servers(struct publication *publication)
{
	const struct challenge *answer = publication->wish.answer;

	publication->look = record_look_start(&(struct record_look_wish){
		.tools = &publication->solvers->tools,
		.record = answer->record_name,
		.value = answer->record_value,
		.on_wait = on_wait,
		.on_end = on_seen,
		.data = publication,
	});
}

static void on_present(void *data, const struct error *err)
{
	struct publication *publication = data;

	if (!err && challenge_type_is_dns(publication->wish.answer->type))
		look_at_servers(publication);
	else
		publication_report(publication, err);
}

static void run_hook(struct publication *publication)
{
	const struct publication_wish *wish = &publication->wish;

	publication->hook_run = hook_queue_present(publication->solvers->hooks,
		wish->certificate, wish->challenge, wish->answer, on_present,
		publication);
}

/* A persistent record is written once. */
static void on_look(
	void *data, struct dns_answer *answer, const struct error *err)
{
	struct publication *publication = data;
	const char *value = publication->wish.answer->record_value;

	publication->lookup = NULL;
	if (!err && dns_answer_has_persistent(answer, value))
		publication_report(publication, NULL);
	else
		run_hook(publication);
}

static void present(struct publication *publication)
{
	const struct challenge *answer = publication->wish.answer;

	if (answer->type == CHALLENGE_DNS_PERSIST_01)
		publication->lookup = dns_lookup_start(
			&publication->solvers->tools, answer->record_name,
			DNS_TYPE_TXT, on_look, publication);
	else
		run_hook(publication);
}

static void withdraw(struct publication *publication)
{
	dns_lookup_cancel(publication->lookup);
	record_look_cancel(publication->look);
	if (publication->hook_run)
		hook_run_withdraw(publication->hook_run);
}

const struct solver solver_exec = {
	.present = present,
	.withdraw = withdraw,
};
