/* SPDX-License-Identifier: MIT */
#include "dns_lookup.h"
#include "publication.h"

/* A persistent record that somebody sets by hand, once: it is shown until it
 * is seen, and nothing is needed then. */

static bool fail_missing(
	const struct publication *publication, struct error *err)
{
	const struct challenge *answer = publication->wish.answer;

	return fail_cause(err, ERROR_VALIDATION, "D11",
		"set this record once: %s. TXT \"%s\"", answer->record_name,
		answer->record_value);
}

static void on_answer(
	void *data, struct dns_answer *answer, const struct error *failed)
{
	struct publication *publication = data;
	const char *value = publication->wish.answer->record_value;
	struct error err;

	publication->lookup = NULL;
	if (failed) {
		publication_report(publication, failed);
		return;
	}
	if (dns_answer_has_persistent(answer, value)) {
		publication_report(publication, NULL);
		return;
	}
	fail_missing(publication, &err);
	publication_report(publication, &err);
}

static void present(struct publication *publication)
{
	publication->lookup = dns_lookup_start(&publication->solvers->tools,
		publication->wish.answer->record_name, DNS_TYPE_TXT, on_answer,
		publication);
}

static void withdraw(struct publication *publication)
{
	dns_lookup_cancel(publication->lookup);
}

const struct solver solver_persist = {
	.present = present,
	.withdraw = withdraw,
};
