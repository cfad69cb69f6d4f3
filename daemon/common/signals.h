/* SPDX-License-Identifier: MIT */
#pragma once

/* In a child before exec: every signal does what it does by default, and none
 * is blocked. */
void signals_reset(void);
