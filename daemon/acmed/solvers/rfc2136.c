/* SPDX-License-Identifier: MIT */
#include "publication.h"

/* TXT records by dynamic update: the vault signs, the loop sends, and the CA
 * is told when every name server has them. */

static void on_present(void *data, const struct error *err)
{
	publication_report(data, err);
}

static void present(struct publication *publication)
{
	const struct publication_wish *wish = &publication->wish;

	publication->record_run = records_present(publication->solvers->records,
		wish->certificate, wish->challenge, wish->answer, on_present,
		publication);
}

static void withdraw(struct publication *publication)
{
	record_run_withdraw(publication->record_run);
}

const struct solver solver_rfc2136 = {
	.present = present,
	.withdraw = withdraw,
};
