/* SPDX-License-Identifier: MIT */
#pragma once

/* A poll() that failed, by errno: the kernel may lack memory for it, and again
 * at once. Waits a tenth of a second, but after a signal. */
void rest_after_poll(void);
