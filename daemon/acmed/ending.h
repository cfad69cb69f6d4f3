/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The end of a certificate, and how bad it is that nothing has taken its place
 * yet. Its date is one end. It may be dead to clients long before, for it is
 * revoked, or its CA is about to do that (K3).
 */

#include "lineage.h"
#include "telling_level.h"

/* How bad it is to lose this certificate at `end`. */
enum alert_level ending_level_at(
	const struct lineage *lineage, int64_t end, int64_t now);

/* How bad it is that what is installed is still that. */
enum alert_level ending_level(const struct lineage *lineage, int64_t now);

/* Must it be replaced long before its date? */
bool ending_is_early(const struct lineage *lineage, int64_t now);

/* Adds "; it expires in 29d 4h" to a text, or what else there is to say. */
void ending_describe(
	const struct lineage *lineage, int64_t now, char *text, size_t size);
