/* SPDX-License-Identifier: MIT */
#include "hook_queue.h"
#include "publication.h"

/* A program of the administrator publishes the answer; its end means that it
 * is to be found. The hand runs it. */

static void on_present(void *data, const struct error *err)
{
	publication_report(data, err);
}

static void present(struct publication *publication)
{
	const struct publication_wish *wish = &publication->wish;

	publication->hook_run = hook_queue_present(publication->solvers->hooks,
		wish->certificate, wish->challenge, wish->answer, on_present,
		publication);
}

static void withdraw(struct publication *publication)
{
	hook_run_withdraw(publication->hook_run);
}

const struct solver solver_exec = {
	.present = present,
	.withdraw = withdraw,
};
