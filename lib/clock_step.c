/* SPDX-License-Identifier: MIT */
#include "clock_step.h"

#define LEAST 60. /* seconds */

struct clock_step clock_step_between(
	const struct clock_reading *before, const struct clock_reading *now)
{
	double passed = now->boot - before->boot;
	double jumped = now->wall - before->wall - passed;
	double slept = passed - (now->awake - before->awake);

	return (struct clock_step){
		.jumped = jumped >= LEAST || jumped <= -LEAST ? jumped : 0,
		.slept = slept >= LEAST ? slept : 0,
	};
}
