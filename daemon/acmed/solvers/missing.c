/* SPDX-License-Identifier: MIT */
#include "publication.h"

/* What can be configured, but not be answered in this version. */

static void present(struct publication *publication)
{
	struct error err = {0};

	fail(&err, ERROR_REFUSED, "%s for '%s' is not in this version",
		challenge_type_name(publication->wish.answer->type),
		publication->wish.answer->identifier.value);
	publication_report(publication, &err);
}

static void withdraw(struct publication *publication)
{
	(void)publication;
}

const struct solver solver_rfc2136 = {
	.present = present,
	.withdraw = withdraw,
};

const struct solver solver_persist = {
	.present = present,
	.withdraw = withdraw,
};
