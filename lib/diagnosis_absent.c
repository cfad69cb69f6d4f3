/* SPDX-License-Identifier: MIT */
#include "diagnosis.h"

/* What never reaches an administrator has no remedy to be told. */
static const struct diagnosis_absent ABSENT[] = {
	{"N12", "no failure: renewals are spread over a twentieth of the time"},
	{"R8", "arithmetic of acmed's own: every wait has a floor, by test"},
	{"M3", "a network call that hangs ends at its deadline, as N1 or N5"},
	{"M4", "helpers are units of their own: systemd reaps what they start"},
	{"M8", "messages are joined: one a day for each cause and level"},
	{"M10", "one certificate never holds up another; it has its own cause"},
	{"K5", "no failure: acmed reads what is already valid, and goes on"},
	{"X2", "acmed has no fixed interval; RenewBefore= too long is X1"},
	{"X3", "acmed looks at its schedule at least once a minute"},
};

const struct diagnosis_absent *diagnosis_absent(size_t *count)
{
	*count = sizeof(ABSENT) / sizeof(*ABSENT);
	return ABSENT;
}
