/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * ReloadSignal=: a signal to the process whose number stands in a file.
 */

#include "error.h"

/* The file has to belong to root or to the user of that process, and nobody
 * else may write it: else its writer could signal anybody. */
bool pid_signal_send(int signal, const char *pid_file, struct error *err);
