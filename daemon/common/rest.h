/* SPDX-License-Identifier: MIT */
#pragma once

/* A poll() or an accept() that failed, by errno: the kernel may lack memory for
 * it, or a descriptor, and again at once. Waits a tenth of a second, but after
 * a signal. */
void rest_after_failure(void);
