/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What `acmectl status` shows, as the JSON of the control interface
 * (org.acmed.Control, types Certificate and Failure). Times are RFC 3339
 * UTC; what does not apply is left out.
 */

#include "lineage.h"

/* {"name","state","identifiers","ca","key","action","why","next","renewal",
 * "installed":{"version","serial","issuer","not_before","not_after",
 * "placeholder"},"attempts","error":Failure,"deploy":{"step","outcome",
 * "failures","next","deadline","waits_for","error":Failure},"endpoints",
 * "held","held_until","waits_for_file","problem","warn_at","slack",
 * "renewal_info":{"start","end","selected","explanation"}}: a new
 * reference. */
json_t *status_of(const struct lineage *lineage, int64_t now);

/* {"kind","code","text","cause","remedy"}; NULL for kind NONE. */
json_t *status_of_error(const struct error *err);
