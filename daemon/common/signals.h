/* SPDX-License-Identifier: MIT */
#pragma once

/* In a helper: it ends when its conversation does, and not before. HUP, INT,
 * TERM and PIPE are ignored from now on. */
void signals_ignore(void);

/* In a child before exec: every signal does what it does by default, and none
 * is blocked. */
void signals_reset(void);
