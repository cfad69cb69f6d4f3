/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The wall around system calls: seccomp. What is needed is allowed, what is
 * known and never needed is refused with EPERM, what nobody but an intruder
 * would call kills, and all else is answered ENOSYS, as by an older kernel.
 */

#include "sandbox.h"

/* Puts it up; false with errno. With only_logs every call is made, and those
 * that are not allowed are logged by the kernel. */
bool sandbox_calls_filter(enum sandbox_calls calls, bool only_logs);
