/* SPDX-License-Identifier: MIT */
#include "path_sum.h"

void path_sum_add(struct path_sum *sum, const struct finding *finding)
{
	bool was_bad = sum->is_seen && sum->verdict == FINDING_BAD;

	sum->verdict = sum->is_seen
		? finding_join(sum->verdict, finding->verdict)
		: finding->verdict;
	sum->is_seen = true;
	if (finding->verdict == FINDING_BAD && !was_bad)
		fail_cause(&sum->err, ERROR_VALIDATION, finding->code, "%s",
			finding->text);
}
