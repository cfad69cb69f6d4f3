/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * A certificate as its CA sees it: what went wrong last and in whose words,
 * when it is tried again, what the CA's limits leave.
 */

#include "finding.h"
#include "fleet.h"

/* Tells at once; the end is not told. Without a fleet nothing is known of
 * what limits leave. */
enum finding_verdict past_look(const struct fleet *fleet,
	const struct lineage *lineage, const struct finding_listener *listener);
