/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Why a renewal that a human asks for is not begun.
 */

#include "fleet.h"

/* What acmectl renew asks for. */
struct renew_wish {
	bool is_forced; /* although it is not due */
	bool is_dry; /* in the CA's staging directory, and nothing is kept */
	bool ignores_limits; /* past a Retry-After and the CA's limits, too */
};

/* False with kind NONE: it is not due, the text says why; else REFUSED: no
 * file, on hold, or its CA would have it wait. */
bool refusal_is_none(struct fleet *fleet, const struct lineage *lineage,
	const struct renew_wish *wish, int64_t now, struct error *why);
