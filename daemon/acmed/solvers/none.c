/* SPDX-License-Identifier: MIT */
#include "publication.h"

/* Names that the CA validates elsewhere: nothing to publish. */

static void present(struct publication *publication)
{
	publication_report(publication, NULL);
}

static void withdraw(struct publication *publication)
{
	(void)publication;
}

const struct solver solver_none = {
	.present = present,
	.withdraw = withdraw,
};
