/* SPDX-License-Identifier: MIT */
#include "order_degrade.h"

#include "problem.h"

/* CAs refuse `replaces` in many ways, some with an error of their own. One
 * that names a time wants to be asked then, for the same: Let's Encrypt does so
 * when it is down. */
static bool is_disliked(const struct reply *reply)
{
	static const char *const types[] = {
		"malformed", "unauthorized", "serverInternal"};

	if (reply->status == 409 || problem_is(reply, "alreadyReplaced"))
		return true;
	if (reply->retry_after > 0)
		return false;
	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
		if (problem_is(reply, types[i]))
			return true;
	return false;
}

bool order_drops_replaces(struct order *order, const struct result *result)
{
	struct order_plan *plan = &order->copy.plan;

	if (!plan->replaces || !result->reply || !is_disliked(result->reply))
		return false;
	plan->replaces = NULL;
	return true;
}

/* The CA has dropped it since its directory was read. */
bool order_drops_profile(struct order *order, const struct result *result)
{
	struct order_plan *plan = &order->copy.plan;

	if (!plan->profile || plan->requires_profile || !result->reply ||
		!problem_is(result->reply, "invalidProfile"))
		return false;
	order_warn(order, "the CA has no profile '%.100s'", plan->profile);
	plan->profile = NULL;
	return true;
}
